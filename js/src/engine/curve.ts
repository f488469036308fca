/** Computes the curve of one plane and its alignment, as the kernel does. */

import { meanCosineError } from "../base/numbers.ts";
import { type Arcs, countArcs, litArcs, signedCounts } from "./arcs.ts";
import { type Clusters, clusterError } from "./cluster-errors.ts";
import { alignmentOf, fourfoldSum } from "./fourfold.ts";
import type { Plane } from "./layer-samples.ts";

/** The arcs of a plane at one ε, whatever the resolution. */
export interface PlaneArcs {
  plane: Plane;
  epsilon: number;
  arcs: Arcs;
  /** mean of cos 4φ over the samples of the arcs; null where there are none */
  alignment: number | null;
  /** its standard error; null where nothing is known of it */
  alignmentError: number | null;
}

/** The curve of a plane, sampled at equal angles. */
export interface Curve extends PlaneArcs {
  resolution: number;
  counts: Int32Array;
  signed: Int32Array;
  /** counts of each class group, group after group; empty without groups */
  byClass: Int32Array;
  peak: number;
  peakAngle: number;
}

/** The mean half-width of n arcs, from the counts that they make at equal angles; null without any. */
export function meanArc(counts: Int32Array, n: number): number | null {
  let sum = 0;
  for (const count of counts) sum += count;
  return n > 0 ? (Math.PI * (sum / counts.length)) / n : null;
}

const NO_COUNTS = new Int32Array();

/** Computes the arcs of a plane and its alignment. */
export function planeArcs(plane: Plane, epsilon: number, clusters?: Clusters): PlaneArcs {
  const found = litArcs(plane.points, epsilon, plane.alpha);
  const n = found.samples.length;
  const alignment = n > 0 ? alignmentOf(fourfoldSum(found.fourfold), n) : null;
  const error =
    clusters && alignment !== null ? clusterError(found, alignment, clusters) : meanCosineError(n);
  const alignmentError = Number.isFinite(error) ? error : null;
  return { plane, epsilon, arcs: found, alignment, alignmentError };
}

/** Computes the curve of a plane from its arcs. */
export function curveOf(
  lit: PlaneArcs,
  resolution: number,
  groups: Uint8Array,
  nGroups: number,
): Curve {
  const counts = countArcs(lit.arcs, resolution);
  const peak = counts.reduce((most, count) => Math.max(most, count), 0);
  return {
    ...lit,
    resolution,
    counts,
    signed: signedCounts(lit.arcs, counts),
    byClass: nGroups ? countArcs(lit.arcs, resolution, groups, nGroups) : NO_COUNTS,
    peak,
    peakAngle: (counts.indexOf(peak) * 2 * Math.PI) / resolution,
  };
}
