/** Reads the literals that NumPy writes into the header of a file. */

/** A tuple, which is no list. */
export class PythonTuple {
  readonly items: readonly Literal[];

  constructor(items: readonly Literal[]) {
    this.items = items;
  }
}

/** What a header holds. */
export type Literal =
  | string
  | number
  | boolean
  | null
  | Literal[]
  | PythonTuple
  | { [key: string]: Literal };

/** Whether a literal is a dictionary. */
export const isDictionary = (literal: Literal): literal is { [key: string]: Literal } =>
  typeof literal === "object" &&
  literal !== null &&
  !Array.isArray(literal) &&
  !(literal instanceof PythonTuple);

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
  const sequence = (close: string, depth: number) => {
    const items: Literal[] = [];
    let commas = 0;
    while (peekSign() !== close) {
      items.push(value(depth));
      if (peekSign() !== ",") break;
      commas += 1;
      next();
    }
    if (next()[4] !== close) throw new Error("no end");
    return { items, commas };
  };
  // Parentheses around one value make no tuple: a comma does.
  const tuple = (depth: number): Literal => {
    const { items, commas } = sequence(")", depth);
    return items.length === 1 && commas === 0 ? (items[0] ?? null) : new PythonTuple(items);
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
    if (sign === "(") return tuple(depth + 1);
    if (sign === "[") return sequence("]", depth + 1).items;
    if (sign === "{") return dictionary(depth + 1);
    throw new Error("no value");
  };
  const read = value(0);
  if (text.slice(at).trim() !== "") throw new Error("more than one literal");
  return read;
}
