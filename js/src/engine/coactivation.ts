/**
 * Coactivation: how far the samples between two directions are more than the two would give by
 * themselves. Were their projections drawn independently, each from its own column, E samples would
 * be lit and between: E = Σ_ab H_ia R_ab H_jb / N, with H the columns' histograms over bins of |p| of
 * either sign, and R the share of two bins in which a sample would be so.
 */

import {
  BINS_PER_OCTAVE,
  CENTRE,
  COSINES_PER_UNIT,
  LAST_BIN,
  LEAST_EXPECTED,
  LEAST_OBLIQUE,
  LEAST_ORTHONORMAL,
  LOWEST_OCTAVE,
  MOST_POINTS_TRIED,
  POINTS_PER_BIN,
  STEEPEST,
} from "../protocol/limits.ts";
import type { LayerSamples } from "./layer-samples.ts";
import { planeOfIndex } from "./plane-index.ts";

// Exponent and first digits of a float32 are the number of its bin.
const DIGITS = 23 - Math.log2(BINS_PER_OCTAVE);
const OFFSET = (127 + LOWEST_OCTAVE) * BINS_PER_OCTAVE;
const SLACK = 1e-5;

const edgeOf = (bin: number): number =>
  2 ** (Math.floor(bin / BINS_PER_OCTAVE) + LOWEST_OCTAVE) *
  (1 + (bin % BINS_PER_OCTAVE) / BINS_PER_OCTAVE);

function binsOf(values: Float32Array): Int32Array {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  return bits.map((each) => ((each & 0x7fffffff) >>> DIGITS) - OFFSET);
}

/** A matrix, row by row. */
interface Matrix {
  values: Float64Array;
  width: number;
}

function dot(one: Matrix, i: number, other: Matrix, j: number): number {
  const { width } = one;
  let sum = 0;
  for (let k = 0; k < width; k += 1) {
    sum += (one.values[i * width + k] ?? 0) * (other.values[j * width + k] ?? 0);
  }
  return sum;
}

/** What is expected of planes at one ε, from the histograms of all directions. */
class ColumnHistograms {
  readonly #layer: LayerSamples;
  readonly #epsilon: number;
  readonly #first: number;
  readonly #isOblique: boolean;
  readonly #columns: Matrix;
  /** the columns times R, of each step of the cosine */
  readonly #times = new Map<number, Matrix>();

  constructor(layer: LayerSamples, epsilon: number) {
    this.#layer = layer;
    this.#epsilon = epsilon;
    this.#isOblique = !layer.step.isOrthonormal;
    const share = this.#isOblique ? LEAST_OBLIQUE : LEAST_ORTHONORMAL;
    const least = Math.max(epsilon * share, 2 ** LOWEST_OCTAVE) * (1 - SLACK);
    this.#first = Math.max(0, binsOf(Float32Array.of(least))[0] ?? 0);
    this.#columns = this.#histograms();
  }

  /** E of the plane (i, j), i < j. */
  expected(i: number, j: number): number {
    const n = this.#layer.nSamples;
    if (!this.#isOblique) return dot(this.#timesRegion(0), i, this.#columns, j) / n;
    // Quadratic interpolation between the nearest step of the cosine and its two neighbours.
    const scaled = this.#layer.planeFrame(i, j).g * COSINES_PER_UNIT;
    const nearest = Math.max(1 - STEEPEST, Math.min(STEEPEST - 1, Math.round(scaled)));
    const t = Math.max(-1, Math.min(1, scaled - nearest));
    const weights = [(t * (t - 1)) / 2, 1 - t * t, (t * (t + 1)) / 2];
    const found = weights.reduce(
      (sum, weight, k) =>
        sum + weight * dot(this.#timesRegion(nearest + k - 1), i, this.#columns, j),
      0,
    );
    return Math.max(0, found) / n;
  }

  get #nBins(): number {
    return LAST_BIN + 1 - this.#first;
  }

  /** Of an orthonormal basis bins of |p|; of others those of p > 0, of p < 0, and of p nearly 0. */
  #histograms(): Matrix {
    const { nDirections, nSamples } = this.#layer;
    const n = this.#nBins;
    const width = this.#isOblique ? 2 * n + 1 : n;
    const values = new Float64Array(nDirections * width);
    for (let i = 0; i < nDirections; i += 1) {
      const own = values.subarray(i * width, (i + 1) * width);
      const column = this.#layer.projection(i);
      binsOf(column).forEach((number, k) => {
        const bin = Math.min(number, LAST_BIN) - this.#first;
        if (bin < 0) return;
        const at = this.#isOblique && (column[k] ?? 0) < 0 ? n + bin : bin;
        own[at] = (own[at] ?? 0) + 1;
      });
      if (this.#isOblique) own[2 * n] = own.reduce((left, count) => left - count, nSamples);
    }
    return { values, width };
  }

  #timesRegion(step: number): Matrix {
    const known = this.#times.get(step);
    if (known) return known;
    const { width } = this.#columns;
    const region = this.#region(step / COSINES_PER_UNIT);
    const values = new Float64Array(this.#columns.values.length);
    for (let i = 0; i < this.#layer.nDirections; i += 1) {
      for (let a = 0; a < width; a += 1) {
        const count = this.#columns.values[i * width + a] ?? 0;
        if (count === 0) continue;
        for (let b = 0; b < width; b += 1) {
          const at = i * width + b;
          values[at] = (values[at] ?? 0) + count * (region[a * width + b] ?? 0);
        }
      }
    }
    const made = { values, width };
    this.#times.set(step, made);
    return made;
  }

  /** R of two directions at a cosine. */
  #region(cosine: number): Float64Array {
    const { width } = this.#columns;
    const perBin = Math.max(1, Math.min(POINTS_PER_BIN, Math.floor(MOST_POINTS_TRIED / width)));
    const points = Float64Array.from({ length: width * perBin }, (_, k) => {
      const bin = Math.floor(k / perBin);
      return this.#point(bin, ((k % perBin) + 0.5) / perBin);
    });
    const isLitBetween = litBetween(cosine, Math.max(this.#epsilon, CENTRE));
    const region = new Float64Array(width * width);
    points.forEach((x, k) => {
      const row = Math.floor(k / perBin) * width;
      points.forEach((y, l) => {
        const at = row + Math.floor(l / perBin);
        if (isLitBetween(x, y)) region[at] = (region[at] ?? 0) + 1 / perBin ** 2;
      });
    });
    return region;
  }

  #point(bin: number, share: number): number {
    const n = this.#nBins;
    const lowest = edgeOf(this.#first);
    if (bin === 2 * n) return lowest * (2 * share - 1);
    const number = this.#first + (bin % n);
    const magnitude = edgeOf(number) + share * (edgeOf(number + 1) - edgeOf(number));
    return bin < n ? magnitude : -magnitude;
  }
}

/** Tells whether a sample with two projections is lit, and stands between the directions. */
function litBetween(cosine: number, epsilon: number): (x: number, y: number) => boolean {
  const alpha = Math.acos(cosine);
  const sine = Math.sin(alpha);
  // The middle half of the sectors from 0 to α and from α to π, and of their opposites.
  const rays = [alpha / 4, (3 * alpha) / 4, (3 * alpha + Math.PI) / 4, (alpha + 3 * Math.PI) / 4];
  const turns = rays.map((ray) => [Math.cos(ray), Math.sin(ray)] as const);
  return (x, y) => {
    const e2 = (y - cosine * x) / sine;
    if (x * x + e2 * e2 < epsilon * epsilon) return false;
    const [a, b, c, d] = turns.map(([cos, sin]) => e2 * cos - x * sin > 0);
    return a !== b || c !== d;
  };
}

/** The signed root of the deviance of n samples from the E that are expected, E at least ¼. */
export function coactivationOf(n: number, expected: number): number {
  const e = Math.max(expected, LEAST_EXPECTED);
  const deviance = (n > 0 ? n * Math.log(n / e) : 0) - (n - e);
  return Math.sign(n - e) * Math.sqrt(2 * Math.max(0, deviance));
}

/** What is needed of a survey. */
export interface CountedPlanes {
  layer: LayerSamples;
  epsilon: number;
  lit: { position: number[]; nBetween: number[] };
}

const known = new WeakMap<CountedPlanes, Float64Array>();

/** The coactivation of every lit plane of a survey, worked out when it is first asked for. */
export function coactivations(survey: CountedPlanes): Float64Array {
  const found = known.get(survey);
  if (found) return found;
  const { layer, epsilon, lit } = survey;
  const histograms = new ColumnHistograms(layer, epsilon);
  const made = Float64Array.from(lit.position, (position, k) =>
    coactivationOf(
      lit.nBetween[k] ?? 0,
      histograms.expected(...planeOfIndex(position, layer.nDirections)),
    ),
  );
  known.set(survey, made);
  return made;
}
