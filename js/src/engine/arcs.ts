/**
 * Computes at which angles each sample is lit, exactly as the Python engine does. A sample at (a,
 * c) = r (cos ψ, sin ψ) has the cosine r cos(θ − ψ) with the spotlight at θ, so it is lit on the
 * closed arc |θ − ψ| ≤ arccos(ε / r), and a curve is a count of overlapping arcs.
 */

import { TAU } from "../base/angles.ts";
import { CENTRE, CLOSING_MARGIN, NEARLY_FULL } from "../protocol/limits.ts";
import { fourfoldCosine } from "./fourfold.ts";
import type { PlanePoints } from "./plane-points.ts";

/** The lit samples and their closed arcs: counter-clockwise, through 0 if start > stop. */
export interface Arcs {
  /** radians in [0, 2π]; the whole circle is from 0 to 2π */
  start: Float64Array;
  stop: Float64Array;
  /** indices of the samples, rising */
  samples: Int32Array;
  /** cos 4φ of each, in units of 1 / `FOURFOLD_UNIT`; 0 at the centre, which stands at no angle */
  fourfold: Int32Array;
}

const unwrapped = (angle: number): number => (angle < 0 ? angle + TAU : angle);

/** Indices of the samples that a spotlight of ε > 0 lights at some angle. */
function litSamples(points: PlanePoints, epsilon: number): Int32Array {
  const least = epsilon * (1 - CLOSING_MARGIN);
  const found = new Int32Array(points.length);
  let n = 0;
  for (let k = 0; k < points.length; k += 1) {
    if (points.radius(k) >= least) {
      found[n] = k;
      n += 1;
    }
  }
  return found.subarray(0, n);
}

const allSamples = (n: number): Int32Array => new Int32Array(n).map((_, k) => k);

/** Indices of the samples that are lit at some angle. */
export const samplesLit = (points: PlanePoints, epsilon: number): Int32Array =>
  epsilon > 0 ? litSamples(points, epsilon) : allSamples(points.length);

/** The arcs of all samples that are lit at some angle of a plane whose second direction is at α. */
export function litArcs(points: PlanePoints, epsilon: number, alpha: number): Arcs {
  const samples = samplesLit(points, epsilon);
  const start = new Float64Array(samples.length);
  const stop = new Float64Array(samples.length);
  const fourfold = new Int32Array(samples.length);
  for (let k = 0; k < samples.length; k += 1) {
    const sample = samples[k] ?? 0;
    const radius = points.radius(sample);
    const middle = points.angle(sample);
    const half = Math.acos(Math.min(1, Math.max(-1, epsilon / radius))) + CLOSING_MARGIN;
    if (epsilon <= 0 && (radius <= -epsilon || half >= Math.PI - NEARLY_FULL)) stop[k] = TAU;
    else {
      start[k] = unwrapped(middle - half);
      stop[k] = unwrapped(middle + half);
    }
    if (radius < CENTRE) continue;
    fourfold[k] = fourfoldCosine(points.a[sample] ?? 0, points.c[sample] ?? 0, middle, alpha);
  }
  return { start, stop, samples, fourfold };
}

/**
 * Counts the arcs of each group at each of `resolution` equal angles, group after group; without
 * groups all arcs are of the first.
 */
export function countArcs(
  { start, stop, samples }: Arcs,
  resolution: number,
  groups: Uint8Array = new Uint8Array(),
  nGroups = 1,
): Int32Array {
  const room = resolution + 1;
  const steps = new Int32Array(nGroups * room);
  const through = new Int32Array(nGroups);
  const perTurn = resolution / TAU;
  for (let k = 0; k < samples.length; k += 1) {
    const from = start[k] ?? 0;
    const to = stop[k] ?? 0;
    const group = groups[samples[k] ?? 0] ?? 0;
    const first = group * room + Math.min(Math.ceil(from * perTurn), resolution);
    const after = group * room + Math.min(Math.floor(to * perTurn) + 1, resolution);
    steps[first] = (steps[first] ?? 0) + 1;
    steps[after] = (steps[after] ?? 0) - 1;
    if (from > to) through[group] = (through[group] ?? 0) + 1;
  }
  const counts = new Int32Array(nGroups * resolution);
  for (let group = 0; group < nGroups; group += 1) {
    let covered = through[group] ?? 0;
    for (let k = 0; k < resolution; k += 1) {
      covered += steps[group * room + k] ?? 0;
      counts[group * resolution + k] = covered;
    }
  }
  return counts;
}

/** The signed curve: counts at θ minus those at θ + π, at the angles of `counts`. */
export function signedCounts(arcs: Arcs, counts: Int32Array): Int32Array {
  const n = counts.length;
  // Half a turn from an angle of an odd number stands between two: in twice as many it is one.
  const [all, scale] = n % 2 ? [countArcs(arcs, 2 * n), 2] : [counts, 1];
  const half = all.length / 2;
  return counts.map((count, k) => count - (all[(scale * k + half) % all.length] ?? 0));
}

/** Whether the closed arc covers an angle in [0, 2π). */
const arcCovers = (from: number, to: number, angle: number): boolean =>
  from > to ? angle >= from || angle <= to : angle >= from && angle <= to;

/** Indices of the samples lit at an angle in [0, 2π), rising. */
export function samplesLitAt({ start, stop, samples }: Arcs, angle: number): Int32Array {
  const inside = new Int32Array(samples.length);
  let n = 0;
  for (let k = 0; k < samples.length; k += 1) {
    if (!arcCovers(start[k] ?? 0, stop[k] ?? 0, angle)) continue;
    inside[n] = samples[k] ?? 0;
    n += 1;
  }
  return inside.subarray(0, n);
}
