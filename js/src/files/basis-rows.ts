/** A basis brought to unit length, as `basis.py`, `geometry/basis.py` and `export/payload.py` do. */

import { commas, firstFew } from "../base/python-text.ts";
import { MIN_SQUARED_SINE } from "../protocol/limits.ts";
import type { NumberTable } from "./table-of-numbers.ts";

const ROUNDING = 1e-6;
const AXES_ROUNDING = 1e-12;
const AT_ONCE = 1 << 17;

/** Unit directions. */
export interface BasisRows {
  nDirections: number;
  nDims: number;
  name: string;
  /** (M, D), row by row; undefined for the coordinate axes */
  rows: Float64Array | undefined;
  isOrthonormal: boolean;
  /** whether they are so precisely orthonormal that projections are coordinates */
  areAxes: boolean;
  /** the first plane that two of them span */
  firstPlane: [i: number, j: number];
}

/** The coordinate axes. */
export const standardBasis = (nDims: number): BasisRows => ({
  nDirections: nDims,
  nDims,
  name: "standard basis",
  rows: undefined,
  isOrthonormal: true,
  areAxes: true,
  firstPlane: [0, 1],
});

function refuseNonFinite(bad: readonly number[], m: number): never {
  const rows = bad.length === 1 ? "row" : "rows";
  throw new Error(
    `expected a basis of finite numbers, got NaN or infinity in ${commas(bad.length)} ${rows} of ` +
      `${commas(m)} (${firstFew(bad)}); matrix[np.isfinite(matrix).all(axis=1)] leaves them out, ` +
      "and zeros in their place keep the numbers of the others: rows of zeros span no plane",
  );
}

/** Unit rows; of each, first divided by its largest magnitude, so that no square overflows. */
function* unitRows({ nRows: m, nColumns: d, at }: NumberTable): Generator<void, Float64Array> {
  const rows = new Float64Array(m * d);
  const bad: number[] = [];
  let nonzero = 0;
  for (let i = 0; i < m; i += 1) {
    let [largest, isSound] = [0, true];
    for (let k = 0; k < d; k += 1) {
      const value = at(i, k);
      rows[i * d + k] = value;
      if (!Number.isFinite(value)) isSound = false;
      largest = Math.max(largest, Math.abs(value));
    }
    if (!isSound) bad.push(i);
    if (largest > 0) nonzero += 1;
    const row = rows.subarray(i * d, (i + 1) * d);
    let sum = 0;
    for (let k = 0; k < d; k += 1) {
      const value = (row[k] ?? 0) / (largest || 1);
      row[k] = value;
      sum += value * value;
    }
    const norm = Math.sqrt(sum) || 1;
    for (let k = 0; k < d; k += 1) row[k] = (row[k] ?? 0) / norm;
    if (i % 64 === 0) yield;
  }
  if (bad.length > 0) refuseNonFinite(bad, m);
  if (nonzero === 0) {
    throw new Error(`expected a basis with a direction, got ${m} rows of zeros alone`);
  }
  return rows;
}

function cosine(rows: Float64Array, d: number, i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < d; k += 1) sum += (rows[i * d + k] ?? 0) * (rows[j * d + k] ?? 0);
  return sum;
}

/** The largest |cosine| of two directions that differ, or one beyond `ROUNDING`. */
function* largestCosine(rows: Float64Array, m: number, d: number): Generator<void, number> {
  let [largest, work] = [0, 0];
  for (let i = 0; i < m; i += 1) {
    for (let j = 0; j < i; j += 1) {
      largest = Math.max(largest, Math.abs(cosine(rows, d, i, j)));
      if (largest > ROUNDING) return largest;
      work += d;
      if (work > AT_ONCE) {
        work = 0;
        yield;
      }
    }
  }
  return largest;
}

/** The first two directions that span a plane. */
function firstPlaneOf(rows: Float64Array, m: number, d: number): [i: number, j: number] {
  const live = Array.from({ length: m }, (_, i) => i).filter((i) =>
    rows.subarray(i * d, (i + 1) * d).some(Boolean),
  );
  const [first = 0, ...others] = live;
  for (const j of others) {
    const g = cosine(rows, d, first, j);
    let rest = 0;
    for (let k = 0; k < d; k += 1) {
      rest += ((rows[j * d + k] ?? 0) - g * (rows[first * d + k] ?? 0)) ** 2;
    }
    if (rest >= MIN_SQUARED_SINE) return [first, j];
  }
  const dead = live.length < m ? ` and ${commas(m - live.length)} rows of zeros` : "";
  throw new Error(
    `expected a basis whose directions span a plane, got ${commas(live.length)} parallel ones${dead}`,
  );
}

function areCoordinateAxes(rows: Float64Array, m: number, d: number): boolean {
  return m === d && rows.every((value, k) => value === (k % (d + 1) === 0 ? 1 : 0));
}

/** The directions that the rows of a table are, each divided by its norm. */
export function* basisOf(table: NumberTable): Generator<void, BasisRows> {
  const { nRows: m, nColumns: d } = table;
  const rows = yield* unitRows(table);
  if (areCoordinateAxes(rows, m, d)) return standardBasis(d);
  const firstPlane = firstPlaneOf(rows, m, d);
  const hasDead = Array.from({ length: m }, (_, i) => i).some(
    (i) => !rows.subarray(i * d, (i + 1) * d).some(Boolean),
  );
  const off = m > d || hasDead ? 1 : yield* largestCosine(rows, m, d);
  return {
    nDirections: m,
    nDims: d,
    name: "own basis",
    rows,
    isOrthonormal: off <= ROUNDING,
    areAxes: off < AXES_ROUNDING,
    firstPlane,
  };
}

/** Adds four weighted columns to a sum: of those that are not there the weight is 0. */
function addWeighted(
  sum: Float64Array,
  [a, b, c, e]: readonly Float32Array[],
  [first = 0, second = 0, third = 0, last = 0]: readonly number[],
): void {
  if (!a || !b || !c || !e) return;
  for (let k = 0; k < sum.length; k += 1) {
    sum[k] =
      (sum[k] as number) +
      first * (a[k] as number) +
      second * (b[k] as number) +
      third * (c[k] as number) +
      last * (e[k] as number);
  }
}

/** Coordinates of samples along directions that are axes: (M, n), column by column. */
export function* projected(
  columns: Float32Array,
  n: number,
  { rows, nDirections, nDims }: BasisRows,
): Generator<void, Float32Array> {
  if (!rows) return columns;
  const found = new Float32Array(nDirections * n);
  const sum = new Float64Array(n);
  const each = Array.from({ length: nDims }, (_, d) => columns.subarray(d * n, (d + 1) * n));
  for (let i = 0; i < nDirections; i += 1) {
    sum.fill(0);
    for (let d = 0; d < nDims; d += 4) {
      const four = [0, 1, 2, 3].map((k) => each[Math.min(d + k, nDims - 1)] ?? new Float32Array(n));
      const end = Math.min(d + 4, nDims);
      addWeighted(sum, four, [...rows.subarray(i * nDims + d, i * nDims + end)]);
      if ((d * n) % AT_ONCE < n) yield;
    }
    found.set(sum, i * n);
    yield;
  }
  return found;
}
