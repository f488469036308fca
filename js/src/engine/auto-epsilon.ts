/** The ε that `epsilon="auto"` chooses from the activations. */

import { evenlySpaced } from "../base/numbers.ts";
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

function product(rows: Float64Array, one: number, other: number, n: number): number {
  let sum = 0;
  for (let d = 0; d < n; d += 1) sum += (rows[one + d] ?? 0) * (rows[other + d] ?? 0);
  return sum;
}

/** Cosines of four samples, each nDims long in `four`, with each direction: four sums at a time. */
function* cosinesOfFour(basis: Float64Array, nDims: number, four: Float64Array) {
  const nDirections = basis.length / nDims;
  const found = Array.from({ length: 4 }, () => new Float64Array(nDirections));
  const [second, third, last] = [nDims, 2 * nDims, 3 * nDims];
  for (let i = 0; i < nDirections; i += 1) {
    let [a, b, c, e] = [0, 0, 0, 0];
    const from = i * nDims;
    for (let d = 0; d < nDims; d += 1) {
      const weight = basis[from + d] as number;
      a += weight * (four[d] as number);
      b += weight * (four[second + d] as number);
      c += weight * (four[third + d] as number);
      e += weight * (four[last + d] as number);
    }
    [a, b, c, e].forEach((sum, k) => {
      const cosines = found[k];
      if (cosines) cosines[i] = sum;
    });
    if (((i + 1) * nDims) % AT_ONCE < nDims) yield;
  }
  return found;
}

/** A sample's radius in the plane of its two nearest directions. */
function obliqueRadius(basis: Float64Array, nDims: number, cosines: Float64Array): number {
  const { i, j } = twoLargest(cosines, 0, cosines.length);
  const [one = 0, other = 0] = [cosines[i], cosines[j]];
  const g = product(basis, i * nDims, j * nDims, nDims);
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

/** How many samples ε is chosen from: fewer where directions are very many. */
export function nSamplesOfEpsilon(nDirections: number, nDims: number): number {
  const inTime = Math.floor(MOST_PRODUCTS / (nDirections * nDims));
  return Math.min(AUTO_EPSILON_SAMPLES, Math.max(FEWEST_SAMPLES, inTime));
}

/**
 * The ε at which nine samples in ten are lit in some plane, on arcs of ±45° at most; see
 * `automatic_epsilon`.
 *
 * @param rows at most `AUTO_EPSILON_SAMPLES` samples, evenly spaced
 * @param basis (M, D) unit rows; undefined for the coordinate axes
 * @param most samples that it is chosen from
 */
export function* automaticEpsilon(
  rows: UnitRows,
  basis: Float64Array | undefined,
  most: number,
): Generator<void, number> {
  const { nDims, values } = rows;
  const lit = nonzero(rows);
  if (lit.length === 0) return WITHOUT_SAMPLES;
  const taken = evenlySpaced(lit.length, most);
  const radii = new Float64Array(taken.length);
  const four = new Float64Array(4 * nDims);
  const startOf = (k: number) => (lit[taken[k] ?? 0] ?? 0) * nDims;
  for (let k = 0; k < taken.length; k += 4) {
    const several = Math.min(4, taken.length - k);
    if (basis) {
      for (let m = 0; m < several; m += 1) {
        four.set(values.subarray(startOf(k + m), startOf(k + m) + nDims), m * nDims);
      }
      const cosines = yield* cosinesOfFour(basis, nDims, four);
      for (let m = 0; m < several; m += 1) {
        radii[k + m] = obliqueRadius(basis, nDims, cosines[m] ?? new Float64Array());
      }
    } else {
      for (let m = 0; m < several; m += 1) {
        radii[k + m] = twoLargest(values, startOf(k + m), nDims).radius;
      }
    }
    if (k % 256 === 0) yield;
  }
  radii.sort();
  const epsilon = Math.max(quantile(radii, 0.1), WIDEST_ARC * quantile(radii, 0.95));
  return Math.min(Math.max(Math.floor(epsilon * 100 + 1e-4) / 100, 0), LARGEST_EPSILON);
}
