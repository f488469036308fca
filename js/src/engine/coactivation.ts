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
  PARTS_PER_BIN,
  PLACES_PER_PART,
  STEEPEST,
} from "../protocol/limits.ts";
import type { LayerSamples } from "./layer-samples.ts";
import { planeOfIndex } from "./plane-index.ts";

// Exponent and first digits of a float32 are the number of its bin, then of a part of it, the others
// its place in there.
const PARTS_PER_OCTAVE = BINS_PER_OCTAVE * PARTS_PER_BIN;
const OFFSET = (127 + LOWEST_OCTAVE) * PARTS_PER_OCTAVE;
const PLACE_DIGITS = Math.log2(PLACES_PER_PART);
const SLACK = 1e-5;
const RIM = 1e-6;

const edgeOf = (bin: number): number =>
  2 ** (Math.floor(bin / BINS_PER_OCTAVE) + LOWEST_OCTAVE) *
  (1 + (bin % BINS_PER_OCTAVE) / BINS_PER_OCTAVE);

const bitsOf = (values: Float32Array): Int32Array =>
  new Int32Array(values.buffer, values.byteOffset, values.length);

/** The part that a magnitude is in, of the parts of all bins. */
const partOf = (bits: number): number => ((bits & 0x7fffffff) >>> PLACE_DIGITS) - OFFSET;

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
  /** of the parts of all bins how many projections are there, and where in a part, summed up */
  readonly #parts: [Float64Array, Float64Array];
  /** the columns times R, of each step of the cosine */
  readonly #times = new Map<number, Matrix>();

  constructor(layer: LayerSamples, epsilon: number) {
    this.#layer = layer;
    this.#epsilon = epsilon;
    this.#isOblique = !layer.step.isOrthonormal;
    const share = this.#isOblique ? LEAST_OBLIQUE : LEAST_ORTHONORMAL;
    const least = Math.max(epsilon * share, 2 ** LOWEST_OCTAVE) * (1 - SLACK);
    const [bits = 0] = bitsOf(Float32Array.of(least));
    this.#first = Math.max(0, Math.floor(partOf(bits) / PARTS_PER_BIN));
    const nParts = this.#nBins * PARTS_PER_BIN;
    this.#parts = [new Float64Array(nParts), new Float64Array(nParts)];
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
      for (const bits of bitsOf(this.#layer.projection(i))) {
        const part = partOf(bits) - this.#first * PARTS_PER_BIN;
        if (part < 0) continue;
        // Rounding makes the length of a unit row a little more than 1.
        const kept = Math.min(part, n * PARTS_PER_BIN - 1);
        const bin = Math.floor(kept / PARTS_PER_BIN);
        const at = this.#isOblique && bits < 0 ? n + bin : bin;
        own[at] = (own[at] ?? 0) + 1;
        this.#note(kept, kept === part ? bits & (PLACES_PER_PART - 1) : PLACES_PER_PART - 1);
      }
      if (this.#isOblique) own[2 * n] = own.reduce((left, count) => left - count, nSamples);
    }
    return { values, width };
  }

  #note(part: number, place: number): void {
    const [counts, places] = this.#parts;
    counts[part] = (counts[part] ?? 0) + 1;
    places[part] = (places[part] ?? 0) + place;
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
    const isLitBetween = litBetween(cosine, Math.max(this.#epsilon, CENTRE) * (1 - RIM));
    const bins = Array.from({ length: width }, (_, bin) => this.#points(bin));
    const region = new Float64Array(width * width);
    bins.forEach((one, k) => {
      bins.forEach((other, l) => {
        let share = 0;
        for (const [x, weight] of one) {
          for (const [y, more] of other) if (isLitBetween(x, y)) share += weight * more;
        }
        region[k * width + l] = share;
      });
    });
    return region;
  }

  /** The points that stand for a bin, each with its share of it. */
  #points(bin: number): [point: number, share: number][] {
    const n = this.#nBins;
    const all = (this.#isOblique ? 2 * n : n) * PARTS_PER_BIN;
    const together = Math.min(PARTS_PER_BIN, 2 ** Math.ceil(Math.log2(all / MOST_POINTS_TRIED)));
    const step = Math.max(1, together);
    const firsts = Array.from({ length: PARTS_PER_BIN / step }, (_, k) => k * step);
    const lowest = edgeOf(this.#first);
    if (bin === 2 * n) {
      const m = firsts.length;
      return firsts.map((_, k) => [lowest * ((2 * (k + 0.5)) / m - 1), 1 / m]);
    }
    const number = this.#first + (bin % n);
    const [low, high] = [edgeOf(number), edgeOf(number + 1)];
    const sign = bin < n ? 1 : -1;
    const found = firsts.map((first) => {
      let [count, offset] = [0, 0];
      for (let part = first; part < first + step; part += 1) {
        const at = (bin % n) * PARTS_PER_BIN + part;
        const here = this.#parts[0][at] ?? 0;
        count += here;
        offset += part * here + (this.#parts[1][at] ?? 0) / PLACES_PER_PART;
      }
      return { count, inside: offset / Math.max(1, count) / PARTS_PER_BIN };
    });
    const sum = Math.max(
      1,
      found.reduce((total, { count }) => total + count, 0),
    );
    return found.map(({ count, inside }) => [sign * (low + inside * (high - low)), count / sum]);
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

/** The signed root of the deviance of n samples from the E that are expected, ¼ at least if n > 0. */
export function coactivationOf(n: number, expected: number): number {
  const e = n > 0 ? Math.max(expected, LEAST_EXPECTED) : expected;
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
