/** Samples counted in the cells of a plane's unit disc, and the codes that cells are drawn by. */

import { BINS, DENSITY_CODES, MOST_POWERS } from "../protocol/limits.ts";

/** Cells with their codes, and the decimal logarithms that the least and the greatest stand for. */
export interface CodedDensity {
  low: number;
  high: number;
  density: Uint8Array;
}

const HALF = BINS / 2;

const binOf = (value: number): number =>
  Math.min(BINS - 1, Math.max(0, Math.floor(value * HALF) + HALF));

/** The cell of a sample at (a, c), of all cells row by row from the lowest. */
export const densityCellOf = (a: number, c: number): number => binOf(c) * BINS + binOf(a);

/** The cell of positive coordinates that a cell is the mirror image of: its column, its row. */
export function quarterCell(cell: number): [column: number, row: number] {
  const fold = (bin: number) => (bin < HALF ? HALF - 1 - bin : bin - HALF);
  return [fold(cell % BINS), fold(Math.floor(cell / BINS))];
}

/** The share of isotropic data in a cell; `quarter` holds those of positive coordinates. */
export function isotropicShare(quarter: Float32Array, cell: number): number {
  const [column, row] = quarterCell(cell);
  return quarter[row * HALF + column] ?? 0;
}

/** Indices of the cells with a sample. */
function filled(counts: ArrayLike<number>): Int32Array {
  const cells = new Int32Array(counts.length);
  let n = 0;
  for (let cell = 0; cell < counts.length; cell += 1) {
    if (!counts[cell]) continue;
    cells[n] = cell;
    n += 1;
  }
  return cells.subarray(0, n);
}

/**
 * The codes of cells for their counts; or for their ratio to what isotropy would give in a cell,
 * if `expected` tells it. Undefined where there is no sample.
 */
export function codedDensity(
  counts: ArrayLike<number>,
  expected?: (cell: number) => number,
): CodedDensity | undefined {
  const cells = filled(counts);
  if (cells.length === 0) return undefined;
  const powers = Float64Array.from(cells, (cell) => {
    const power = Math.log10(counts[cell] ?? 0);
    if (!expected) return power;
    return Math.min(MOST_POWERS, Math.max(-MOST_POWERS, power - Math.log10(expected(cell))));
  });
  const high = powers.reduce((most, power) => Math.max(most, power));
  const low = expected ? powers.reduce((least, power) => Math.min(least, power)) : 0;
  const density = new Uint8Array(counts.length);
  cells.forEach((cell, k) => {
    const level = high <= low ? 1 : ((powers[k] ?? 0) - low) / (high - low);
    density[cell] = 1 + Math.round((DENSITY_CODES - 1) * level);
  });
  return { low, high, density };
}
