/** Reads the literals that NumPy writes into the header of a file. */

/** What a header holds. */
export type Literal = string | number | boolean | null | Literal[] | { [key: string]: Literal };

const MOST_NESTED = 8;
const TOKEN =
  /\s*(?:('[^'\\\n]*'|"[^"\\\n]*")|(-?\d{1,20})L?(?![\w.])|(True|False|None)\b|([{}()[\]:,]))/y;

/** Throws unless `text` is one literal of strings, integers, booleans, tuples, lists and dictionaries. */
export function parseLiteral(text: string): Literal {
  let at = 0;
  const next = (): RegExpExecArray => {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (!found) throw new Error("no literal");
    at = TOKEN.lastIndex;
    return found;
  };
  const peekSign = (): string => {
    const before = at;
    const sign = next()[4] ?? "";
    at = before;
    return sign;
  };
  const sequence = (close: string, depth: number): Literal[] => {
    const found: Literal[] = [];
    while (peekSign() !== close) {
      found.push(value(depth));
      if (peekSign() !== ",") break;
      next();
    }
    if (next()[4] !== close) throw new Error("no end");
    return found;
  };
  const dictionary = (depth: number): Literal => {
    const found = new Map<string, Literal>();
    while (peekSign() !== "}") {
      const key = value(depth);
      if (typeof key !== "string" || found.has(key) || next()[4] !== ":") throw new Error("no key");
      found.set(key, value(depth));
      if (peekSign() !== ",") break;
      next();
    }
    if (next()[4] !== "}") throw new Error("no end");
    return Object.fromEntries(found);
  };
  const value = (depth: number): Literal => {
    if (depth > MOST_NESTED) throw new Error("too deep");
    const [, string, number, word, sign] = next();
    if (string !== undefined) return string.slice(1, -1);
    if (number !== undefined) return Number(number);
    if (word !== undefined) return word === "None" ? null : word === "True";
    if (sign === "(" || sign === "[") return sequence(sign === "(" ? ")" : "]", depth + 1);
    if (sign === "{") return dictionary(depth + 1);
    throw new Error("no value");
  };
  const read = value(0);
  if (text.slice(at).trim() !== "") throw new Error("more than one literal");
  return read;
}
