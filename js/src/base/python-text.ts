/** Values written as Python writes them, and texts made safe as it makes them safe. */

const FEW = 5;

/** The first few of some numbers, in words: "2, 5, 7, 8, 11, …". */
export const firstFew = (numbers: readonly number[]): string =>
  `${numbers.slice(0, FEW).join(", ")}${numbers.length > FEW ? ", …" : ""}`;

/** An integer with commas between its thousands. */
export const commas = (value: number): string => value.toLocaleString("en-US");

/** A tuple: "(3,)", "(3, 4)". */
export const tupleText = (values: readonly number[]): string =>
  values.length === 1 ? `(${values[0]},)` : `(${values.join(", ")})`;

/** A double as `str` writes it, whole numbers as integers. */
export function floatText(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  if (!Number.isFinite(value))
    return String(value).replace("Infinity", "inf").replace("NaN", "nan");
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 16) return String(value);
  return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** The picture of a control character, if it has one. */
function controlPicture(code: number): string {
  if (code === 0x7f) return "␡";
  return code < 0x20 ? String.fromCodePoint(0x2400 + code) : "\ufffd";
}

const isControl = (code: number): boolean =>
  code < 0x20 ? code !== 9 && code !== 10 : code >= 0x7f && code < 0xa0;

const isSurrogate = (code: number): boolean => code >= 0xd800 && code < 0xe000;

/** At most `most` characters of a text, with no control character and no half of a pair. */
export function printable(text: string, most: number): string {
  const letters = Array.from(text);
  const cut = letters.length > most ? [...letters.slice(0, most - 1), "…"] : letters;
  const shown = cut.map((letter) => {
    const code = letter.codePointAt(0) ?? 0;
    if (isControl(code)) return controlPicture(code);
    return isSurrogate(code) ? "\ufffd" : letter;
  });
  return shown.join("");
}

/** A text in quotation marks, cut: of names in messages. */
export const quoted = (text: string, most = 60): string => `“${printable(text, most)}”`;
