/** The ε that `epsilon="auto"` chooses from the activations. */

import {
  AUTO_EPSILON_SAMPLES,
  FEWEST_SAMPLES,
  LARGEST_EPSILON,
  MIN_SQUARED_SINE,
  MOST_PRODUCTS,
} from "../protocol/limits.ts";

const WIDEST_ARC = Math.cos(Math.PI / 4);
const WITHOUT_SAMPLES = 0.5;
const AT_ONCE = 1 << 16;

/** Unit rows of a few of the samples. */
export interface UnitRows {
  n: number;
  nDims: number;
  /** row by row */
  values: Float64Array | Float32Array;
}

/** At most `most` of the indices 0 … n − 1, evenly spaced. */
export const evenlySpaced = (n: number, most: number): number[] =>
  n <= most
    ? Array.from({ length: n }, (_, k) => k)
    : Array.from({ length: most }, (_, k) => Math.floor((k * n) / most));

/** The quantile of rising numbers, between two of them in proportion. */
function quantile(rising: Float64Array, share: number): number {
  const place = share * (rising.length - 1);
  const low = Math.floor(place);
  const [below = 0, above = below] = [rising[low], rising[low + 1]];
  return below + (above - below) * (place - low);
}

/** The two largest magnitudes, and where they stand. */
function twoLargest(values: ArrayLike<number>, from: number, n: number) {
  let [first, second, i, j] = [-1, -1, 0, 0];
  for (let k = 0; k < n; k += 1) {
    const size = Math.abs(values[from + k] ?? 0);
    if (size > first) [first, second, i, j] = [size, first, k, i];
    else if (size > second) [second, j] = [size, k];
  }
  return { i, j, radius: Math.fround(Math.hypot(first, second)) };
}

function product(one: Float64Array, from: number, other: ArrayLike<number>, at: number, n: number) {
  let sum = 0;
  for (let d = 0; d < n; d += 1) sum += (one[from + d] ?? 0) * (other[at + d] ?? 0);
  return sum;
}

/** A sample's radius in the plane of its two nearest directions. */
function obliqueRadius(basis: Float64Array, nDims: number, cosines: Float64Array): number {
  const { i, j } = twoLargest(cosines, 0, cosines.length);
  const [one = 0, other = 0] = [cosines[i], cosines[j]];
  const g = product(basis, i * nDims, basis, j * nDims, nDims);
  const squaredSine = 1 - g * g;
  if (squaredSine < MIN_SQUARED_SINE) return Math.abs(one);
  const squared = (one * one + other * other - 2 * g * one * other) / squaredSine;
  return Math.sqrt(Math.min(Math.max(squared, 0), 1));
}

/** The rows of `rows` that are not zero. */
function nonzero({ n, nDims, values }: UnitRows): number[] {
  const found: number[] = [];
  for (let row = 0; row < n; row += 1) {
    const end = (row + 1) * nDims;
    for (let k = row * nDims; k < end; k += 1) {
      if (values[k] !== 0) {
        found.push(row);
        break;
      }
    }
  }
  return found;
}

/**
 * The ε at which nine samples in ten are lit in some plane, on arcs of ±45° at most; see
 * `automatic_epsilon`.
 *
 * @param rows at most `AUTO_EPSILON_SAMPLES` samples, evenly spaced
 * @param basis (M, D) unit rows; undefined for the coordinate axes
 */
export function* automaticEpsilon(
  rows: UnitRows,
  basis: Float64Array | undefined,
): Generator<void, number> {
  const { nDims, values } = rows;
  const nDirections = basis ? basis.length / nDims : nDims;
  const lit = nonzero(rows);
  if (lit.length === 0) return WITHOUT_SAMPLES;
  const inTime = Math.floor(MOST_PRODUCTS / (nDirections * nDims));
  const most = basis ? Math.max(FEWEST_SAMPLES, inTime) : AUTO_EPSILON_SAMPLES;
  const taken = evenlySpaced(lit.length, Math.min(AUTO_EPSILON_SAMPLES, most));
  const radii = new Float64Array(taken.length);
  const cosines = new Float64Array(nDirections);
  let work = 0;
  for (const [k, place] of taken.entries()) {
    const from = (lit[place] ?? 0) * nDims;
    if (basis) {
      for (let i = 0; i < nDirections; i += 1) {
        cosines[i] = product(basis, i * nDims, values, from, nDims);
        work += nDims;
        if (work > AT_ONCE) {
          work = 0;
          yield;
        }
      }
      radii[k] = obliqueRadius(basis, nDims, cosines);
    } else radii[k] = twoLargest(values, from, nDims).radius;
  }
  radii.sort();
  const epsilon = Math.max(quantile(radii, 0.1), WIDEST_ARC * quantile(radii, 0.95));
  return Math.min(Math.max(Math.floor(epsilon * 100 + 1e-4) / 100, 0), LARGEST_EPSILON);
}
