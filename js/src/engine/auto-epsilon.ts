/** The ε that `epsilon="auto"` chooses from the activations, and the plane shown first. */

import { evenlySpaced } from "../base/numbers.ts";
import type { Pair } from "../protocol/frames.ts";
import {
  AUTO_EPSILON_SAMPLES,
  CLOSING_MARGIN,
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

/** Cosines of a sample with two directions, and of these with each other. */
type Cosines = readonly [one: number, other: number, g: number];

/** A sample's radius in the plane of two directions; along their line where they span none. */
function obliqueRadius([one, other, g]: Cosines): number {
  const squaredSine = 1 - g * g;
  if (squaredSine < MIN_SQUARED_SINE) return Math.abs(one);
  const squared = (one * one + other * other - 2 * g * one * other) / squaredSine;
  return Math.sqrt(Math.min(Math.max(squared, 0), 1));
}

function haveAPlane(basis: Float64Array, nDims: number, i: number, j: number): boolean {
  const cosine = (k: number, l: number) => product(basis, k * nDims, l * nDims, nDims);
  const g = cosine(i, j);
  return cosine(i, i) > 0 && cosine(j, j) > 0 && 1 - g * g >= MIN_SQUARED_SINE;
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

/** Samples that ε is chosen from, each in the plane of the two directions that it is nearest to. */
interface NearestPlanes {
  radii: Float64Array;
  pairs: Pair[];
}

/** Finds the planes of the rows that begin at `starts`. */
function* nearestPlanes(
  { nDims, values }: UnitRows,
  basis: Float64Array | undefined,
  starts: readonly number[],
): Generator<void, NearestPlanes> {
  const radii = new Float64Array(starts.length);
  const pairs: Pair[] = [];
  const four = new Float64Array(4 * nDims);
  for (let k = 0; k < starts.length; k += 4) {
    const several = starts.slice(k, k + 4);
    if (basis) {
      several.forEach((start, m) => {
        four.set(values.subarray(start, start + nDims), m * nDims);
      });
      const found = yield* cosinesOfFour(basis, nDims, four);
      several.forEach((_, m) => {
        const cosines = found[m] ?? new Float64Array();
        const { i, j } = twoLargest(cosines, 0, cosines.length);
        const g = product(basis, i * nDims, j * nDims, nDims);
        radii[k + m] = obliqueRadius([cosines[i] ?? 0, cosines[j] ?? 0, g]);
        pairs.push(i < j ? [i, j] : [j, i]);
      });
    } else {
      several.forEach((start, m) => {
        const { i, j, radius } = twoLargest(values, start, nDims);
        radii[k + m] = radius;
        pairs.push(i < j ? [i, j] : [j, i]);
      });
    }
    if (k % 256 === 0) yield;
  }
  return { radii, pairs };
}

/** A sample's radius in the plane (i, j). */
function radiusIn(
  { nDims, values }: UnitRows,
  basis: Float64Array | undefined,
  start: number,
  [i, j]: Pair,
): number {
  if (!basis) return Math.fround(Math.hypot(values[start + i] ?? 0, values[start + j] ?? 0));
  let [one, other] = [0, 0];
  for (let d = 0; d < nDims; d += 1) {
    one += (values[start + d] ?? 0) * (basis[i * nDims + d] ?? 0);
    other += (values[start + d] ?? 0) * (basis[j * nDims + d] ?? 0);
  }
  return obliqueRadius([one, other, product(basis, i * nDims, j * nDims, nDims)]);
}

/** The plane that most of the samples lit are nearest to, of several the first. */
function fullest(pairs: readonly Pair[], spans: (pair: Pair) => boolean): Pair | undefined {
  const votes = new Map<string, number>();
  for (const pair of pairs) votes.set(pair.join(), (votes.get(pair.join()) ?? 0) + 1);
  const order = ([i, j]: Pair, [k, l]: Pair) => i - k || j - l;
  const planes = new Map(pairs.map((pair) => [pair.join(), pair]));
  return [...planes.values()]
    .sort((p, q) => (votes.get(q.join()) ?? 0) - (votes.get(p.join()) ?? 0) || order(p, q))
    .find(spans);
}

/**
 * The ε at which nine samples in ten are lit in some plane, on arcs of ±45° at most, and a plane that
 * is lit there: see `automatic_epsilon` and `lit_plane`.
 *
 * @param rows at most `AUTO_EPSILON_SAMPLES` samples, evenly spaced
 * @param basis (M, D) unit rows; undefined for the coordinate axes
 * @param most samples that they are chosen from
 * @param first the plane if something is lit in it, or nothing is known to be in any
 */
export function* automaticStart(
  rows: UnitRows,
  basis: Float64Array | undefined,
  most: number,
  first: Pair,
): Generator<void, { epsilon: number; pair: Pair }> {
  const { nDims } = rows;
  const lit = nonzero(rows);
  if (lit.length === 0) return { epsilon: WITHOUT_SAMPLES, pair: first };
  const starts = Array.from(evenlySpaced(lit.length, most), (k) => (lit[k] ?? 0) * nDims);
  const { radii, pairs } = yield* nearestPlanes(rows, basis, starts);
  const rising = radii.slice().sort();
  const wanted = Math.max(quantile(rising, 0.1), WIDEST_ARC * quantile(rising, 0.95));
  const rounded = Math.floor(wanted * 100 + 1e-4) / 100;
  const epsilon = Math.min(Math.max(rounded, 0), LARGEST_EPSILON);
  const least = epsilon * (1 - CLOSING_MARGIN);
  if (starts.some((start) => radiusIn(rows, basis, start, first) >= least)) {
    return { epsilon, pair: first };
  }
  const spans = ([i, j]: Pair) => !basis || haveAPlane(basis, nDims, i, j);
  const ofLit = pairs.filter((_, k) => (radii[k] ?? 0) >= least);
  return { epsilon, pair: fullest(ofLit, spans) ?? first };
}
