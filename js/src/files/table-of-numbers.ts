/** Numbers that came in a file, row by row, whatever they were read from. */

import { tupleText } from "../base/python-text.ts";
import { numberReader } from "./array-values.ts";
import type { FileArray } from "./npy.ts";

/** An (N, D) table of real numbers. */
export interface NumberTable {
  nRows: number;
  nColumns: number;
  /** whether they are doubles: others are computed in float32 */
  isDouble: boolean;
  /** name of their type, as NumPy prints it */
  type: string;
  /** number in a row and column */
  at: (row: number, column: number) => number;
}

/** The table that an array of two dimensions is. */
function tableOf(array: FileArray): NumberTable {
  const [nRows = 0, nColumns = 0] = array.shape;
  const read = numberReader(array);
  const isDouble = array.kind === "f" && array.size === 8;
  const narrowed = isDouble ? read : (k: number) => Math.fround(read(k));
  return {
    nRows,
    nColumns,
    isDouble,
    type: array.type,
    at: array.isFortran
      ? (row, column) => narrowed(column * nRows + row)
      : (row, column) => narrowed(row * nColumns + column),
  };
}

const isReal = ({ kind, size }: FileArray): boolean => "biuf".includes(kind) && size <= 8;

/** The activations in an array; throws as `as_activations` in Python does. */
export function asActivations(array: FileArray): NumberTable {
  const { shape, type } = array;
  if (!isReal(array)) {
    throw new Error(`expected activations that are dense real numbers, got ${type}`);
  }
  if (shape.length !== 2) {
    throw new Error(
      `expected activations of shape (N, D), got ${tupleText(shape)}; reshape to one sample a row`,
    );
  }
  checkSize(shape);
  return tableOf(array);
}

/** Throws unless there is a sample, in two dimensions. */
export function checkSize(shape: readonly number[]): void {
  const [n = 0, d = 0] = shape;
  if (n >= 1 && d >= 2) return;
  throw new Error(
    "expected activations of shape (N, D) with N ≥ 1 samples and D ≥ 2 dimensions, " +
      `got ${tupleText(shape)}`,
  );
}

/** The rows of a basis in an array; throws as `basis.of` in Python does. */
export function asBasisRows(array: FileArray): NumberTable {
  const { shape, type } = array;
  if (!isReal(array)) {
    throw new Error(`expected a basis of dense real numbers, got ndarray of ${type}`);
  }
  const [m = 0, d = 0] = shape;
  if (shape.length !== 2 || m < 2 || d < 2) {
    throw new Error(
      "expected a basis of shape (M, D) with M ≥ 2 and D ≥ 2, one direction a row, got shape " +
        tupleText(shape),
    );
  }
  return { ...tableOf(array), isDouble: true };
}
