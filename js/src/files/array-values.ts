/** The values of an array in a file, as numbers and texts. */

import type { FileArray } from "./npy.ts";

const HALF_INFINITE = 31;

/** A half float from its bits. */
function halfFloat(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === HALF_INFINITE) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const viewOf = ({ bytes }: FileArray) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A function that reads the k-th number of an array of numbers. */
export function numberReader(array: FileArray): (k: number) => number {
  const { kind, size, isBigEndian } = array;
  const [view, little] = [viewOf(array), !isBigEndian];
  const high = (k: number) => (little ? 8 * k + 4 : 8 * k);
  const low = (k: number) => (little ? 8 * k : 8 * k + 4);
  const readers: Record<string, (k: number) => number> = {
    b1: (k) => (view.getUint8(k) ? 1 : 0),
    i1: (k) => view.getInt8(k),
    u1: (k) => view.getUint8(k),
    i2: (k) => view.getInt16(2 * k, little),
    u2: (k) => view.getUint16(2 * k, little),
    i4: (k) => view.getInt32(4 * k, little),
    u4: (k) => view.getUint32(4 * k, little),
    i8: (k) => view.getInt32(high(k), little) * 2 ** 32 + view.getUint32(low(k), little),
    u8: (k) => view.getUint32(high(k), little) * 2 ** 32 + view.getUint32(low(k), little),
    f2: (k) => halfFloat(view.getUint16(2 * k, little)),
    f4: (k) => view.getFloat32(4 * k, little),
    f8: (k) => view.getFloat64(8 * k, little),
  };
  const reader = readers[`${kind}${size}`];
  if (!reader) throw new Error(`expected numbers, got ${array.type}`);
  return reader;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Bytes, a character each, as the text they are in UTF-8, what is none as `\x…`: `utils/text.py`. */
export function bytesAsText(text: string): string {
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const whole = utf8Text(bytes);
  if (whole !== undefined) return whole;
  const letters: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = [1, 2, 3, 4].find((n) => utf8Text(bytes.subarray(at, at + n)) !== undefined);
    const code = (bytes[at] ?? 0).toString(16).padStart(2, "0");
    letters.push(size ? (utf8Text(bytes.subarray(at, at + size)) ?? "") : `\\x${code}`);
    at += size ?? 1;
  }
  return letters.join("");
}

/** A text of four bytes a character, or of one for bytes; zeros at its end are none of it. */
function textAt(view: DataView, { kind, size, isBigEndian }: FileArray, k: number): string {
  const width = kind === "U" ? 4 : 1;
  const codes: number[] = [];
  for (let at = k * size; at < (k + 1) * size; at += width) {
    codes.push(width === 4 ? view.getUint32(at, !isBigEndian) : view.getUint8(at));
  }
  while (codes.at(-1) === 0) codes.pop();
  const strange = codes.find((code) => code > 0x10ffff);
  if (strange !== undefined) throw new Error(`expected characters of Unicode, got ${strange}`);
  return codes.map((code) => String.fromCodePoint(code)).join("");
}

/** All texts of an array of texts. */
export function textsOf(array: FileArray): string[] {
  const view = viewOf(array);
  const n = array.shape.reduce((all, each) => all * each, 1);
  return Array.from({ length: n }, (_, k) => textAt(view, array, k));
}

/** All integers of an array of integers; those beyond 2⁵³ as `bigint`. */
export function integersOf(array: FileArray): (number | bigint)[] {
  const n = array.shape.reduce((all, each) => all * each, 1);
  const read = numberReader(array);
  if (array.size < 8) return Array.from({ length: n }, (_, k) => read(k));
  const view = viewOf(array);
  const whole = (k: number) =>
    array.kind === "u"
      ? view.getBigUint64(8 * k, !array.isBigEndian)
      : view.getBigInt64(8 * k, !array.isBigEndian);
  return Array.from({ length: n }, (_, k) => {
    const value = read(k);
    return Number.isSafeInteger(value) ? value : whole(k);
  });
}
