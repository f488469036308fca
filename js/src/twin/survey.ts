/** All planes at one ε: their scores, and the mean of their curves. */

import type { Score } from "../map-data.ts";
import * as arcs from "./arcs.ts";
import { contrast, lit, probes } from "./curve.ts";
import { InPlane } from "./in-plane.ts";
import type { Layer } from "./layer.ts";

/** K of a survey, whatever that of the curve */
export const RESOLUTION = 360;

/** What is known of every plane that lights a sample, by rising number. */
export interface LitPlanes {
  position: number[];
  axes: number[];
  between: number[];
  peak: number[];
}

export interface Survey {
  layer: Layer;
  epsilon: number;
  isotropic: number;
  nPlanes: number;
  /** pairs of parallel directions, which span no plane */
  skipped: [number, number][];
  lit: LitPlanes;
  /** mean of f over all planes at each angle, then its standard deviation */
  ensemble: Float32Array;
}

// Below this ε most samples are lit in most planes, and anchors spare nothing.
const DENSE = 0.05;
// Directions nearer to each other than this cosine would spoil the bound for all the others.
const NEAR = 0.5;
const MARGIN = 1e-6;
const AT_ONCE = 32;

/** Samples near enough to each direction for the planes through it to be lit by them. */
interface Anchors {
  /** least |p| of such a sample */
  least: number;
  of: Int32Array[];
}

function anchorsOf(layer: Layer, epsilon: number): Anchors | undefined {
  if (epsilon < DENSE) return undefined;
  // r² ≤ (p_i² + p_j²) / (1 − |g|), so that one of the two projections reaches ε √((1 − |g|) / 2).
  const g = layer.step.basis ? NEAR : 0;
  const least = epsilon * Math.sqrt((1 - g) / 2) - MARGIN;
  const of = Array.from({ length: layer.nDirections }, (_, i) => {
    const found: number[] = [];
    layer.column(i).forEach((value, sample) => {
      if (Math.abs(value) >= least) found.push(sample);
    });
    return Int32Array.from(found);
  });
  return { least, of };
}

/** The samples of a plane that may be lit in it. */
function candidates(layer: Layer, i: number, j: number, anchors: Anchors | undefined): InPlane {
  const { points } = layer.passing(i, j);
  const [one, other] = [anchors?.of[i], anchors?.of[j]];
  // Where they are most of the samples it would only be work to pick them.
  if (!anchors || !one || !other || 2 * (one.length + other.length) > points.length) return points;
  if (Math.abs(layer.cosine(i, j)) > NEAR) return points;
  const first = layer.column(i);
  const rest = other.filter((sample) => Math.abs(first[sample] ?? 0) < anchors.least);
  const [a, c] = [points.a, points.c].map((values) => {
    const part = new Float32Array(one.length + rest.length);
    one.forEach((sample, k) => {
      part[k] = values[sample] ?? 0;
    });
    rest.forEach((sample, k) => {
      part[one.length + k] = values[sample] ?? 0;
    });
    return part;
  });
  return new InPlane(a ?? points.a, c ?? points.c);
}

class Totals {
  readonly lit: LitPlanes = { position: [], axes: [], between: [], peak: [] };
  readonly #sum = new Float64Array(RESOLUTION);
  readonly #squares = new Float64Array(RESOLUTION);

  add(position: number, alpha: number, points: InPlane, epsilon: number): void {
    const found = arcs.litArcs(points, epsilon);
    if (found.samples.length === 0) return;
    const counts = arcs.countArcs(found, RESOLUTION);
    let peak = 0;
    counts.forEach((count, k) => {
      this.#sum[k] = (this.#sum[k] ?? 0) + count;
      this.#squares[k] = (this.#squares[k] ?? 0) + count * count;
      peak = Math.max(peak, count);
    });
    const angles = probes(alpha);
    this.lit.position.push(position);
    this.lit.axes.push(lit(found, counts, angles.axes));
    this.lit.between.push(lit(found, counts, angles.between));
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

/** Goes through all planes; yields the share done, every few of them. */
export function* surveySteps(
  layer: Layer,
  epsilon: number,
  isotropic: number,
): Generator<number, Survey> {
  const m = layer.nDirections;
  const all = (m * (m - 1)) / 2;
  const anchors = anchorsOf(layer, epsilon);
  const totals = new Totals();
  const skipped: [number, number][] = [];
  let position = 0;
  for (let i = 0; i < m; i += 1) {
    for (let j = i + 1; j < m; j += 1) {
      if (!layer.spans(i, j)) skipped.push([i, j]);
      else {
        const alpha = Math.acos(Math.min(1, Math.max(-1, layer.cosine(i, j))));
        totals.add(position, alpha, candidates(layer, i, j, anchors), epsilon);
      }
      position += 1;
      if (position % AT_ONCE === 0) yield position / all;
    }
  }
  const nPlanes = all - skipped.length;
  const ensemble = totals.ensemble(nPlanes, layer.nSamples);
  return { layer, epsilon, isotropic, nPlanes, skipped, lit: totals.lit, ensemble };
}

/** The measure of every lit plane, NaN where it is undefined. */
export function scoresOf({ lit: planes, layer, isotropic }: Survey, by: Score): Float64Array {
  if (by === "alignment") {
    return Float64Array.from(
      planes.axes,
      (axes, k) => contrast(axes, planes.between[k] ?? 0) ?? Number.NaN,
    );
  }
  const unit = by === "gain" ? isotropic : 1;
  return Float64Array.from(planes.peak, (peak) => peak / layer.nSamples / unit);
}

/** Alignment of all planes together; NaN where nothing is lit on or between their axes. */
export function together({ lit: { axes, between } }: Survey): number {
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return contrast(sum(axes), sum(between)) ?? Number.NaN;
}
