/** Surveys all planes at one ε: their scores, and quantiles of their curves. */

import { meanCosineError } from "../base/numbers.ts";
import type { Score } from "../protocol/frames.ts";
import {
  BAND_QUANTILES,
  DEFAULT_RESOLUTION,
  HUB,
  LEAST_OF_HUB,
  LOW_EPSILON,
  MOST_HUBS,
} from "../protocol/limits.ts";
import { countArcs, litArcs } from "./arcs.ts";
import { candidateSteps } from "./candidates.ts";
import { coactivations } from "./coactivation.ts";
import { CountHistogram } from "./count-histogram.ts";
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
  /** the `BAND_QUANTILES` of f over the lit planes at each angle, in turn; empty if none is lit */
  ensemble: Float32Array;
  /** of all samples, whatever ε; undefined if the basis is not orthonormal */
  moments: FourthMoments | undefined;
}

// Samples times planes above which a survey takes this page more than some seconds: where anchors
// spare most of them, and where they can not. The kernel, which has torch, measures projections.
const COSTLY_IN_PAGE = 2e9;
const COSTLY_IN_PAGE_DENSE = 1e8;

// Bytes that a plane takes in survey and map, and a count in the histogram; and those that a page takes unasked, and at all.
const BYTES_OF_PLANE = 48;
const BYTES_OF_COUNT = Int32Array.BYTES_PER_ELEMENT * DEFAULT_RESOLUTION;
const UNASKED_BYTES = 5e8;
const MOST_BYTES = 2e9;

/** The bytes that a survey of all planes takes at most, with its map. */
export function surveyBytes(layer: LayerSamples): number {
  const planes = planeCount(layer);
  const counts = Math.min(layer.nSamples, DEFAULT_RESOLUTION * planes);
  return BYTES_OF_PLANE * planes + BYTES_OF_COUNT * counts;
}

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
  readonly #histogram = new CountHistogram(DEFAULT_RESOLUTION);

  add(position: number, alpha: number, points: PlanePoints, epsilon: number): void {
    const found = litArcs(points, epsilon, alpha);
    if (found.samples.length === 0) return;
    const counts = countArcs(found, DEFAULT_RESOLUTION);
    this.#histogram.add(counts);
    this.lit.position.push(position);
    this.lit.nLit.push(found.samples.length);
    this.lit.fourfold.push(fourfoldSum(found.fourfold));
    this.lit.nBetween.push(found.fourfold.reduce((n, cosine) => n + Number(cosine < 0), 0));
    this.lit.peak.push(counts.reduce((most, count) => Math.max(most, count), 0));
  }

  ensemble(nSamples: number): Float32Array {
    const found = this.#histogram.quantiles(BAND_QUANTILES, this.lit.position.length);
    return Float32Array.from(found, (count) => count / nSamples);
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
  const ensemble = totals.ensemble(layer.nSamples);
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
