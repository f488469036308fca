/** The curve of one plane and the samples under its spotlight, as the kernel would answer. */

import { wrapAngle } from "../geometry.ts";
import * as arcs from "./arcs.ts";
import type { Plane } from "./layer.ts";

export interface Cone {
  epsilon: number;
  resolution: number;
}

/** What the curve is, whatever the spotlight's angle. */
export interface Curve extends Cone {
  plane: Plane;
  arcs: arcs.Arcs;
  counts: Int32Array;
  signed: Int32Array;
  /** counts of each class group, group after group; empty without groups */
  byClass: Int32Array;
  alignment: number | null;
  peak: number;
  peakAngle: number;
}

/** The four basis directions of a plane, and the four bisectors between them. */
export function probes(alpha: number): { axes: number[]; between: number[] } {
  const turns = [0, 1, 2, 3];
  return {
    axes: [0, alpha, Math.PI, Math.PI + alpha].map(wrapAngle),
    between: turns.map((k) => wrapAngle((alpha + k * Math.PI) / 2)),
  };
}

/** Mean of the counts on the axes minus that between them, over their sum; null where both are 0. */
export function contrast(axes: number, between: number): number | null {
  return axes + between > 0 ? (axes - between) / (axes + between) : null;
}

// What rounding makes of angles that are one.
const SAME = 1e-14;

/** Samples lit at angles, all together: read off the counts where they stand on the grid of those. */
export function lit(found: arcs.Arcs, counts: Int32Array, angles: readonly number[]): number {
  const step = (2 * Math.PI) / counts.length;
  return angles.reduce((sum, angle) => {
    const nearest = Math.round(angle / step);
    const onGrid = Math.abs(angle - nearest * step) <= SAME;
    return sum + (onGrid ? (counts[nearest % counts.length] ?? 0) : arcs.countAt(found, angle));
  }, 0);
}

export function curveOf(
  plane: Plane,
  { epsilon, resolution }: Cone,
  groups: Uint8Array,
  nGroups: number,
): Curve {
  const found = arcs.litArcs(plane.points, epsilon);
  const counts = arcs.countArcs(found, resolution);
  const { axes, between } = probes(plane.alpha);
  const peak = counts.reduce((most, count) => Math.max(most, count), 0);
  return {
    plane,
    epsilon,
    resolution,
    arcs: found,
    counts,
    signed: arcs.signedCounts(found, counts),
    byClass: nGroups ? arcs.countArcs(found, resolution, groups, nGroups) : new Int32Array(),
    alignment: contrast(lit(found, counts, axes), lit(found, counts, between)),
    peak,
    peakAngle: (counts.indexOf(peak) * 2 * Math.PI) / resolution,
  };
}
