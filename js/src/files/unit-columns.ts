/** Activations brought to unit length, as `samples/activations.py` and `samples/store.py` do. */

import { evenlySpaced } from "../base/numbers.ts";
import { firstFew } from "../base/python-text.ts";
import type { UnitRows } from "../engine/auto-epsilon.ts";
import { AUTO_EPSILON_SAMPLES } from "../protocol/limits.ts";
import { Refusal } from "./refusal.ts";
import type { NumberTable } from "./table-of-numbers.ts";

const AT_ONCE = 1 << 15;

/** The unit rows of all samples, column by column. */
export interface UnitColumns {
  n: number;
  nDims: number;
  columns: Float32Array;
  nZero: number;
  /** those that ε is chosen from, as precise as the numbers came */
  some: UnitRows;
}

/** Brings numbers to unit length, from their largest magnitude on; returns the scale and the norm. */
function normOf(row: Float64Array, isDouble: boolean): { norm: number; scale: number } {
  let largest = 0;
  for (const value of row) {
    const size = Math.abs(value);
    if (!(size <= Number.MAX_VALUE)) return { norm: Number.NaN, scale: 1 };
    if (size > largest) largest = size;
  }
  // Squares of doubles may overflow or vanish; those of narrower numbers can not.
  const scale = isDouble && largest > 0 ? largest : 1;
  let sum = 0;
  for (const value of row) sum += (value / scale) * (value / scale);
  return { norm: Math.sqrt(sum), scale };
}

/** Divides rows by their norms; throws if one is not finite, as the engine in Python does. */
export function* unitColumns(table: NumberTable): Generator<void, UnitColumns> {
  const { nRows: n, nColumns: nDims, isDouble, at } = table;
  const columns = new Float32Array(n * nDims);
  const chosen = evenlySpaced(n, AUTO_EPSILON_SAMPLES);
  const values = new (isDouble ? Float64Array : Float32Array)(chosen.length * nDims);
  const row = new Float64Array(nDims);
  const bad: number[] = [];
  let [nZero, place, work] = [0, 0, 0];
  for (let k = 0; k < n; k += 1) {
    for (let d = 0; d < nDims; d += 1) row[d] = at(k, d);
    const { norm, scale } = normOf(row, isDouble);
    if (Number.isNaN(norm)) bad.push(k);
    if (norm === 0) nZero += 1;
    const length = norm || 1;
    for (let d = 0; d < nDims; d += 1) {
      const unit = (row[d] ?? 0) / scale / length;
      columns[d * n + k] = unit;
      row[d] = unit;
    }
    if (chosen[place] === k) {
      values.set(row, place * nDims);
      place += 1;
    }
    work += nDims;
    if (work > AT_ONCE) {
      work = 0;
      yield;
    }
  }
  if (bad.length > 0) {
    throw new Refusal(
      `expected finite activations, got NaN or infinity in ${bad.length} of ${n} rows ` +
        `(${firstFew(bad)}); nan_policy='drop' leaves such rows out`,
      "That is for Python; for this page, save the file without them, x[np.isfinite(x).all(axis=1)]",
    );
  }
  return { n, nDims, columns, nZero, some: { n: chosen.length, nDims, values } };
}
