/** Computes the curve of one plane and its alignment, as the kernel does. */

import { wrapAngle } from "../base/angles.ts";
import { PROBES, SAME_ANGLE } from "../protocol/limits.ts";
import { type Arcs, countArcs, countLitAt, litArcs, signedCounts } from "./arcs.ts";
import type { Plane } from "./layer-samples.ts";

/** The arcs of a plane at one ε, whatever the resolution. */
export interface PlaneArcs {
  plane: Plane;
  epsilon: number;
  arcs: Arcs;
  alignment: number | null;
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

/** The angles of the four basis directions in a plane, and of the four bisectors between them. */
export function probeAngles(alpha: number): { axes: number[]; between: number[] } {
  const turns = [0, 1, 2, 3];
  return {
    axes: [0, alpha, Math.PI, Math.PI + alpha].map(wrapAngle),
    between: turns.map((k) => wrapAngle((alpha + k * Math.PI) / 2)),
  };
}

/**
 * Alignment contrast: counts on the axes minus those between them, over their sum; null where both
 * are 0.
 */
export function contrast(axes: number, between: number): number | null {
  return axes + between > 0 ? (axes - between) / (axes + between) : null;
}

const NO_COUNTS = new Int32Array();

/** The sum of the counts at some angles, read from `counts` where they are on its grid. */
export function countAtAngles(found: Arcs, counts: Int32Array, angles: readonly number[]): number {
  const step = (2 * Math.PI) / counts.length;
  return angles.reduce((sum, angle) => {
    const nearest = Math.round(angle / step);
    const onGrid = Math.abs(angle - nearest * step) <= SAME_ANGLE;
    return sum + (onGrid ? (counts[nearest % counts.length] ?? 0) : countLitAt(found, angle));
  }, 0);
}

/** Alignment contrast of a plane whose second direction is at α. */
export function alignmentOf(found: Arcs, alpha: number): number | null {
  const counts = countArcs(found, PROBES);
  const { axes, between } = probeAngles(alpha);
  return contrast(countAtAngles(found, counts, axes), countAtAngles(found, counts, between));
}

/** Computes the arcs of a plane and its alignment. */
export function planeArcs(plane: Plane, epsilon: number): PlaneArcs {
  const found = litArcs(plane.points, epsilon);
  return { plane, epsilon, arcs: found, alignment: alignmentOf(found, plane.alpha) };
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
