/** Reads NumPy's .npy files: the header checked against the bytes before anything is allocated. */

import { commas, quoted, tupleText } from "../base/python-text.ts";
import { isDictionary, type Literal, PythonTuple, parseLiteral } from "./python-literal.ts";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const MOST_HEADER = 10_000;
/** Characters of a header that a message repeats. */
const MOST_SHOWN = 120;

/** An array as it stands in a file. */
export interface FileArray {
  shape: number[];
  /** letter of NumPy's kind: "b", "i", "u", "f", "U", "S", and others that are refused later */
  kind: string;
  /** bytes of an item */
  size: number;
  isBigEndian: boolean;
  isFortran: boolean;
  /** name of the type, as NumPy prints it */
  type: string;
  bytes: Uint8Array;
}

/** Whether these are the bytes of a .npy file. */
export const isNpy = (bytes: Uint8Array): boolean => MAGIC.every((value, k) => bytes[k] === value);

const NAMES: Record<string, string> = {
  b: "bool",
  i: "int",
  u: "uint",
  f: "float",
  c: "complex",
  M: "datetime",
  m: "timedelta",
};
/** Bytes that an item of a kind may have; texts and records have any. */
const SIZES: Record<string, number[]> = {
  b: [1],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  f: [2, 4, 8, 16],
  c: [8, 16, 32],
  M: [8],
  m: [8],
};
const KINDS_OF_ANY_SIZE = "USV";

/** The name that NumPy prints for a type. */
function typeName(isSwapped: boolean, kind: string, size: number, unit: string): string {
  if (kind === "b") return "bool";
  if (kind in NAMES && !isSwapped) return `${NAMES[kind]}${8 * size}${unit}`;
  const sign = kind === "S" || kind === "V" ? "|" : isSwapped ? ">" : "<";
  return `${sign}${kind}${kind === "U" ? size / 4 : size}${unit}`;
}

function refuseHeader(why: string): never {
  throw new Error(`expected the header of a .npy file, as np.save writes it, got ${why}`);
}

interface HeaderOfArray {
  header: Record<string, Literal>;
  /** the header as it stands, for messages */
  text: string;
  start: number;
}

/** The dictionary of a header, and where the numbers begin. */
function readHeader(bytes: Uint8Array): HeaderOfArray {
  if (bytes.length < 10) refuseHeader(`a file of ${bytes.length} bytes`);
  const [major = 0, minor = 0] = bytes.subarray(6, 8);
  if (major < 1 || major > 3 || minor !== 0) {
    refuseHeader(`version ${major}.${minor}; versions 1.0, 2.0 and 3.0 are known`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const from = major === 1 ? 10 : 12;
  if (bytes.length < from) refuseHeader(`a file of ${bytes.length} bytes`);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MOST_HEADER)
    refuseHeader(`one of ${commas(length)} bytes, more than ${commas(MOST_HEADER)}`);
  const start = from + length;
  if (start > bytes.length) {
    refuseHeader(`one of ${commas(length)} bytes in a file of ${commas(bytes.length)}`);
  }
  const decoder = new TextDecoder(major === 3 ? "utf-8" : "latin1");
  const text = decoder.decode(bytes.subarray(from, start)).trim();
  const shown = quoted(text, MOST_SHOWN);
  try {
    const header = parseLiteral(text);
    if (isDictionary(header)) return { header, text: shown, start };
  } catch {
    // said below
  }
  return refuseHeader(shown);
}

function readShape(shape: Literal | undefined, header: string): number[] {
  if (shape instanceof PythonTuple) {
    const sizes = shape.items.filter((n) => Number.isSafeInteger(n) && Number(n) >= 0) as number[];
    if (sizes.length === shape.items.length) return sizes;
  }
  return refuseHeader(`the shape in ${header}`);
}

/** The type of the items; one that holds objects could run code when it is read. */
function readType(descr: Literal | undefined, header: string) {
  if (Array.isArray(descr)) {
    throw new Error("expected an array of numbers, got records with fields; save each by itself");
  }
  if (typeof descr !== "string") refuseHeader(`the type in ${header}`);
  const found = /^([<>|=]?)([a-zA-Z?])(\d{0,9})(\[\w+\])?$/.exec(descr);
  const [, order = "", kind = "", digits = "", unit = ""] = found ?? [];
  if (kind === "O") {
    throw new Error(
      "expected an array of numbers, got Python objects, which are pickled and could run code when " +
        "they are read; np.save(…, np.asarray(x, dtype=np.float32)) saves numbers",
    );
  }
  const size = Number(digits) * (kind === "U" ? 4 : 1);
  const isKnown = KINDS_OF_ANY_SIZE.includes(kind) ? size > 0 : SIZES[kind]?.includes(size);
  if (!found || !isKnown) refuseHeader(`the type in ${header}`);
  const isBigEndian = order === ">" && (kind === "U" || size > 1) && !"SV".includes(kind);
  return { kind, size, isBigEndian, type: typeName(isBigEndian, kind, size, unit) };
}

/** Reads the array of a .npy file; throws what is wrong with it. */
export function readNpy(bytes: Uint8Array): FileArray {
  const { header, text, start } = readHeader(bytes);
  if (Object.keys(header).sort().join() !== "descr,fortran_order,shape") {
    refuseHeader(`the keys in ${text}`);
  }
  const { fortran_order: isFortran } = header;
  if (typeof isFortran !== "boolean") refuseHeader(`the order in ${text}`);
  const shape = readShape(header.shape, text);
  const type = readType(header.descr, text);
  // A product beyond 2⁵³ is rounded, and still far more than there are bytes.
  const expected = shape.reduce((all, n) => all * n, 1) * type.size;
  const given = bytes.length - start;
  if (expected !== given) {
    throw new Error(
      `expected ${commas(expected)} bytes, of ${type.type} in the shape ${tupleText(shape)}, got ` +
        `${commas(given)}: the file was cut or its header is wrong; save it again with np.save`,
    );
  }
  return { ...type, shape, isFortran: isFortran && shape.length > 1, bytes: bytes.subarray(start) };
}
