/** Surveys all planes at one ε: their scores, and the mean of their curves. */

import { meanCosineError } from "../base/numbers.ts";
import type { Score } from "../protocol/frames.ts";
import {
  DEFAULT_RESOLUTION,
  HUB,
  LEAST_OF_HUB,
  LOW_EPSILON,
  MOST_HUBS,
} from "../protocol/limits.ts";
import { countArcs, litArcs } from "./arcs.ts";
import { candidateSteps } from "./candidates.ts";
import { coactivations } from "./coactivation.ts";
import { alignmentOf, fourfoldSum } from "./fourfold.ts";
import { alphaOf, type LayerSamples } from "./layer-samples.ts";
import { type FourthMoments, momentSteps } from "./moments.ts";
import { planeCount, planeOfIndex } from "./plane-index.ts";
import type { PlanePoints } from "./plane-points.ts";

/** Counts and sums of every plane that lights a sample, by rising index. */
export interface LitPlanes {
  position: number[];
  /** samples lit at some angle */
  nLit: number[];
  /** sum of their cos 4φ, in units of 1 / `FOURFOLD_UNIT` */
  fourfold: number[];
  /** lit samples that stand between two directions */
  nBetween: number[];
  peak: number[];
}

/** The result of a survey. */
export interface Survey {
  layer: LayerSamples;
  epsilon: number;
  isotropic: number;
  nPlanes: number;
  /** pairs of directions that span no plane */
  skipped: [number, number][];
  lit: LitPlanes;
  /** mean of f over all planes at each angle, then its standard deviation */
  ensemble: Float32Array;
  /** of all samples, whatever ε; undefined if the basis is not orthonormal */
  moments: FourthMoments | undefined;
}

// Samples times planes above which a survey takes this page more than some seconds: where anchors
// spare most of them, and where they can not. The kernel, which has torch, measures projections.
const COSTLY_IN_PAGE = 2e9;
const COSTLY_IN_PAGE_DENSE = 1e8;

// Bytes that a plane takes in survey and map, and those that a page takes unasked, and at all.
const BYTES_OF_PLANE = 48;
const UNASKED_BYTES = 5e8;
const MOST_BYTES = 2e9;

/** The bytes that a survey of all planes takes, with its map. */
export const surveyBytes = (layer: LayerSamples): number => BYTES_OF_PLANE * planeCount(layer);

/** Whether a survey takes more memory than a page can be given. */
export const isTooLarge = (layer: LayerSamples): boolean => surveyBytes(layer) > MOST_BYTES;

/** Whether a survey may take so long, or so much, that it starts only when the user says so. */
export const isCostly = (layer: LayerSamples, epsilon: number): boolean =>
  surveyBytes(layer) > UNASKED_BYTES ||
  layer.nSamples * planeCount(layer) >
    (epsilon < LOW_EPSILON ? COSTLY_IN_PAGE_DENSE : COSTLY_IN_PAGE);

class SurveyTotals {
  readonly lit: LitPlanes = {
    position: [],
    nLit: [],
    fourfold: [],
    nBetween: [],
    peak: [],
  };
  readonly #sum = new Float64Array(DEFAULT_RESOLUTION);
  readonly #squares = new Float64Array(DEFAULT_RESOLUTION);

  add(position: number, alpha: number, points: PlanePoints, epsilon: number): void {
    const found = litArcs(points, epsilon, alpha);
    if (found.samples.length === 0) return;
    const counts = countArcs(found, DEFAULT_RESOLUTION);
    let peak = 0;
    for (let k = 0; k < DEFAULT_RESOLUTION; k += 1) {
      const count = counts[k] ?? 0;
      this.#sum[k] = (this.#sum[k] ?? 0) + count;
      this.#squares[k] = (this.#squares[k] ?? 0) + count * count;
      if (count > peak) peak = count;
    }
    this.lit.position.push(position);
    this.lit.nLit.push(found.samples.length);
    this.lit.fourfold.push(fourfoldSum(found.fourfold));
    this.lit.nBetween.push(found.fourfold.reduce((n, cosine) => n + Number(cosine < 0), 0));
    this.lit.peak.push(peak);
  }

  ensemble(nPlanes: number, nSamples: number): Float32Array {
    const all = nPlanes * nSamples;
    const mean = Float32Array.from(this.#sum, (sum) => sum / all);
    const spread = Float32Array.from(this.#squares, (squares, k) => {
      const sum = this.#sum[k] ?? 0;
      return Math.sqrt(Math.max(0, nPlanes * squares - sum * sum)) / all;
    });
    return Float32Array.from([...mean, ...spread]);
  }
}

/** Surveys all planes; yields the share done, every few milliseconds of work. */
export function* surveySteps(
  layer: LayerSamples,
  epsilon: number,
  isotropic: number,
): Generator<number, Survey> {
  const moments = layer.step.isOrthonormal ? yield* momentSteps(layer) : undefined;
  const totals = new SurveyTotals();
  const skipped = yield* candidateSteps(layer, epsilon, (position, frame, points) =>
    totals.add(position, alphaOf(frame), points, epsilon),
  );
  const nPlanes = planeCount(layer) - skipped.length;
  const ensemble = totals.ensemble(nPlanes, layer.nSamples);
  return { layer, epsilon, isotropic, nPlanes, skipped, lit: totals.lit, ensemble, moments };
}

/** The score of every lit plane. */
export function scoresOf(survey: Survey, by: Score): Float64Array {
  const { lit: planes, layer } = survey;
  if (by === "peak") return Float64Array.from(planes.peak, (peak) => peak / layer.nSamples);
  if (by === "coactivation") return coactivations(survey);
  const { nLit, fourfold } = planes;
  return Float64Array.from(fourfold, (sum, k) => alignmentOf(sum, nLit[k] ?? 0));
}

/**
 * How strong the score of every lit plane is, by which planes are ranked: the alignment in standard
 * errors, so that a few samples do not lead; others as they are.
 */
export function strengthsOf(survey: Survey, by: Score): Float64Array {
  const scores = scoresOf(survey, by);
  if (by !== "alignment") return scores;
  return scores.map((score, k) => score / meanCosineError(survey.lit.nLit[k] ?? 0));
}

/** The directions that are in far more lit planes than others, and in which share of these. */
export function hubsOf({ lit: { position }, layer: { nDirections: m } }: Survey) {
  const counts = new Int32Array(m);
  for (const index of position) {
    for (const k of planeOfIndex(index, m)) counts[k] = (counts[k] ?? 0) + 1;
  }
  const least = Math.max(LEAST_OF_HUB, ((HUB * 2) / m) * position.length);
  return [...counts.keys()]
    .filter((k) => (counts[k] ?? 0) >= least)
    .sort((one, other) => (counts[other] ?? 0) - (counts[one] ?? 0) || one - other)
    .slice(0, MOST_HUBS)
    .map((k): [number, number] => [k, (counts[k] ?? 0) / position.length]);
}

/** The alignment of all planes together; NaN where nothing is lit. */
export function overallAlignment({ lit: { nLit, fourfold } }: Survey): number {
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return alignmentOf(sum(fourfold), sum(nLit));
}
