/** Searches all planes for the samples that may be lit in them at one ε. */

import type { Pair } from "../protocol/frames.ts";
import { LOW_EPSILON, NEAR_COSINE } from "../protocol/limits.ts";
import { type LayerSamples, type PlaneFrame, spansPlane } from "./layer-samples.ts";
import { planeCount } from "./plane-index.ts";
import type { PlanePoints } from "./plane-points.ts";

const ANCHOR_MARGIN = 1e-6;

// Samples looked at between two yields, and as how many a plane counts without any: a stretch of the
// page's time is to be some milliseconds, however many samples a plane has.
const SAMPLES_PER_STEP = 20_000;
const COST_OF_PLANE = 600;

/** Of each direction, the samples near enough to it to be lit in a plane through it. */
type Anchors = readonly Int32Array[];

/** Least |p| of an anchor on one of two directions of cosine g: r² ≤ (p_i² + p_j²) / (1 − |g|). */
const leastAnchor = (epsilon: number, g: number): number =>
  epsilon * Math.sqrt((1 - Math.abs(g)) / 2) - ANCHOR_MARGIN;

function* anchorSteps(
  layer: LayerSamples,
  epsilon: number,
): Generator<number, Anchors | undefined> {
  if (epsilon < LOW_EPSILON) return undefined; // anchors would spare nothing
  // Directions nearer to each other would spoil the bound for all the others.
  const least = leastAnchor(epsilon, layer.step.basis ? NEAR_COSINE : 0);
  const anchors: Int32Array[] = [];
  for (let i = 0; i < layer.nDirections; i += 1) {
    const column = layer.projection(i);
    const found: number[] = [];
    for (let k = 0; k < column.length; k += 1) if (Math.abs(column[k] ?? 0) >= least) found.push(k);
    anchors.push(Int32Array.from(found));
    yield 0;
  }
  return anchors;
}

/** Finds the samples that may be lit in a plane. */
class CandidateSearch {
  readonly #layer: LayerSamples;
  readonly #epsilon: number;
  readonly #anchors: Anchors | undefined;
  readonly #picked: Int32Array;

  constructor(layer: LayerSamples, epsilon: number, anchors: Anchors | undefined) {
    this.#layer = layer;
    this.#epsilon = epsilon;
    this.#anchors = anchors;
    this.#picked = new Int32Array(layer.nSamples);
  }

  candidates(pair: Pair, frame: PlaneFrame): PlanePoints {
    return this.#layer.points(pair, frame, this.#pick(pair, frame.g));
  }

  /** The anchors of either direction; undefined stands for all samples. */
  #pick([i, j]: Pair, g: number): Int32Array | undefined {
    const [one, other] = [this.#anchors?.[i], this.#anchors?.[j]];
    if (!one || !other || Math.abs(g) > NEAR_COSINE) return undefined;
    // Where they are most of the samples it would only be work to pick them.
    if (2 * (one.length + other.length) > this.#layer.nSamples) return undefined;
    const [first, second] = [this.#layer.projection(i), this.#layer.projection(j)];
    const least = leastAnchor(this.#epsilon, g);
    const picked = this.#picked;
    let n = 0;
    for (const sample of one) if (Math.abs(first[sample] ?? 0) >= least) picked[n++] = sample;
    for (const sample of other) {
      const [p, q] = [first[sample] ?? 0, second[sample] ?? 0];
      if (Math.abs(q) >= least && Math.abs(p) < least) picked[n++] = sample;
    }
    return picked.subarray(0, n);
  }
}

/**
 * Calls `visit` with the samples that may be lit in a plane, plane by plane in the order of their
 * indices, if there are any; yields the share done, every few milliseconds of work.
 *
 * @returns the pairs of directions that span no plane
 */
export function* candidateSteps(
  layer: LayerSamples,
  epsilon: number,
  visit: (position: number, frame: PlaneFrame, points: PlanePoints) => void,
): Generator<number, [number, number][]> {
  const m = layer.nDirections;
  const all = planeCount(layer);
  const search = new CandidateSearch(layer, epsilon, yield* anchorSteps(layer, epsilon));
  const skipped: [number, number][] = [];
  let [position, work] = [0, 0];
  for (let i = 0; i < m; i += 1) {
    for (let j = i + 1; j < m; j += 1) {
      const frame = layer.planeFrame(i, j);
      if (!spansPlane(frame)) skipped.push([i, j]);
      else {
        const points = search.candidates([i, j], frame);
        if (points.length > 0) visit(position, frame, points);
        work += points.length;
      }
      position += 1;
      work += COST_OF_PLANE;
      if (work >= SAMPLES_PER_STEP) {
        work = 0;
        yield position / all;
      }
    }
  }
  return skipped;
}
