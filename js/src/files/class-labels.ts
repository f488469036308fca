/** The classes that labels name, as `samples/labels.py` and `view/legend.py` tell them apart. */

import { floatText, printable, tupleText } from "../base/python-text.ts";
import { LONGEST_NAME, MOST_GROUPS, NO_LABEL } from "../protocol/limits.ts";
import { bytesAsText, integersOf, numberReader, textsOf } from "./array-values.ts";
import type { FileArray } from "./npy.ts";

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

type Label = string | number | bigint;

/** Names of the classes, the class of every row, and the groups that they are drawn in. */
export interface ClassLabels {
  names: string[];
  codes: Int32Array;
  missing: number | null;
  groupOf: number[];
  groups: string[];
  other: number | null;
}

/** Rising, texts by the numbers of their characters. */
function inOrder(one: Label, other: Label): number {
  if (typeof one !== "string" || typeof other !== "string") return one < other ? -1 : 1;
  const [first, second] = [Array.from(one), Array.from(other)];
  for (const [k, letter] of first.entries()) {
    const off = (letter.codePointAt(0) ?? 0) - (second[k]?.codePointAt(0) ?? -1);
    if (off !== 0) return off;
  }
  return first.length - second.length;
}

/** Groups of classes: every class is one if there are few; else the last is all the others. */
function groupsOf(names: string[], codes: Int32Array) {
  const shown = names.map((name) => printable(name, LONGEST_NAME));
  if (names.length <= MOST_GROUPS) {
    return { groups: shown, groupOf: [...names.keys()], other: null };
  }
  const sizes = names.map(() => 0);
  for (const code of codes) sizes[code] = (sizes[code] ?? 0) + 1;
  const bySize = [...names.keys()].sort((one, two) => (sizes[two] ?? 0) - (sizes[one] ?? 0));
  const largest = bySize.slice(0, MOST_GROUPS - 1).sort((one, two) => one - two);
  const groupOf = names.map((_, code) => {
    const place = largest.indexOf(code);
    return place < 0 ? largest.length : place;
  });
  const rest = (names.length - largest.length).toLocaleString("en-US");
  const groups = [...largest.map((code) => shown[code] ?? ""), `${rest} other classes`];
  return { groups, groupOf, other: largest.length };
}

/** The classes of rows: null is none. */
function classesOf(labels: readonly (Label | null)[], nameOf: (label: Label) => string) {
  const found = new Set<Label>();
  for (const label of labels) if (label !== null) found.add(label);
  const sorted = [...found].sort(inOrder);
  const codeOf = new Map(sorted.map((label, code) => [label, code]));
  const names = sorted.map(nameOf);
  let missing: number | null = null;
  const codes = Int32Array.from(labels, (label) => {
    if (label === null) missing = sorted.length;
    return label === null ? sorted.length : (codeOf.get(label) ?? 0);
  });
  if (missing !== null) {
    let name: string = NO_LABEL;
    while (names.includes(name)) name = `(${name})`;
    names.push(name);
  }
  const grouped = groupsOf(names, codes);
  return { ...grouped, names: names.map((name) => printable(name, LONGEST_NAME)), codes, missing };
}

const nameOfLabel = (label: Label): string =>
  typeof label === "number" ? floatText(label) : String(label);

function labelsOf(array: FileArray): (Label | null)[] {
  const { kind, size, shape } = array;
  if (kind === "U" || kind === "S") return textsOf(array);
  if (kind === "i" || kind === "u") return integersOf(array);
  const read = numberReader(array);
  const [n = 0] = shape;
  if (kind === "b") return Array.from({ length: n }, (_, k) => (read(k) ? "True" : "False"));
  // -0 is 0, as it is to pandas.
  const value = (k: number) => (Number.isNaN(read(k)) ? null : read(k) + 0);
  return size > 2 ? Array.from({ length: n }, (_, k) => value(k)) : refuseKind(array);
}

function refuseKind({ type }: FileArray): never {
  throw new Error(`expected integers, strings or categories as labels: got ${type}`);
}

/** The classes in a column of texts: of numbers, if all are, as pandas reads them. */
export function asTextLabels(texts: readonly (string | null)[]): ClassLabels {
  const numbers = texts.map((text) => (text === null ? null : Number(text)));
  const areNumbers = texts.every((text) => text === null || NUMBER.test(text));
  const isExact = numbers.every((value) => value === null || Number.isSafeInteger(value));
  const isRead = areNumbers && (isExact || texts.some((text) => text?.match(/[.eE]/)));
  return classesOf(isRead ? numbers.map((value) => value && value + 0) : texts, nameOfLabel);
}

/** Throws unless there is one label a row. */
export function checkLabels(n: number, nRows: number): void {
  if (n === nRows) return;
  throw new Error(`expected ${nRows} labels, one a row of activations, got ${n}`);
}

/** The classes in an array of labels, one a row of the activations. */
export function asLabels(array: FileArray, nRows: number): ClassLabels {
  const { kind, size, shape, isBigEndian, type } = array;
  if (shape.length !== 1) {
    throw new Error(`expected labels of one dimension, got shape ${tupleText(shape)}`);
  }
  if (!"biufUS".includes(kind) || (kind === "f" && (size === 2 || size === 16))) refuseKind(array);
  if (isBigEndian && kind !== "U") {
    throw new Error(
      `expected labels in little-endian bytes, got ${type}; labels.astype(int) has them`,
    );
  }
  checkLabels(shape[0] ?? 0, nRows);
  // In the order of their bytes, as Python has them.
  return classesOf(
    labelsOf(array),
    kind === "S" ? (label) => bytesAsText(String(label)) : nameOfLabel,
  );
}
