/** The samples of a plane as points, or as a density of cells. */

import { evenlySpaced } from "../base/numbers.ts";
import type { CloudFrame, CloudKind } from "../protocol/frames.ts";
import { BINS, MOST_POINTS } from "../protocol/limits.ts";
import { codedDensity, densityCellOf, isotropicShare } from "./coded-density.ts";
import type { Plane } from "./layer-samples.ts";
import type { PlanePoints } from "./plane-points.ts";

/** Points or cells to draw, and the frame that describes them. */
export interface SamplesInPlane {
  frame: CloudFrame;
  points: Float32Array;
  groups: Uint8Array;
  density: Uint8Array;
}

function pointsOf({ a, c }: PlanePoints, groups: Uint8Array) {
  const picked = evenlySpaced(a.length, MOST_POINTS);
  const points = new Float32Array(2 * picked.length);
  picked.forEach((sample, k) => {
    points[2 * k] = a[sample] ?? 0;
    points[2 * k + 1] = c[sample] ?? 0;
  });
  const own = groups.length ? Uint8Array.from(picked, (sample) => groups[sample] ?? 0) : groups;
  return { points, groups: own };
}

/** The number of samples in each cell, row by row from the lowest. */
function cellCounts({ a, c }: PlanePoints): Int32Array {
  const counts = new Int32Array(BINS * BINS);
  for (let k = 0; k < a.length; k += 1) {
    const cell = densityCellOf(a[k] ?? 0, c[k] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return counts;
}

/** The samples of a plane as they are to be drawn. */
export function samplesInPlane(
  { pair, points }: Plane,
  kind: CloudKind,
  groups: Uint8Array,
  isotropicCells: Float32Array,
): SamplesInPlane {
  const none = { points: new Float32Array(), groups: new Uint8Array(), density: new Uint8Array() };
  const frame: CloudFrame = { pair, kind, bins: BINS, n_points: 0 };
  if (kind === "off") return { frame, ...none };
  if (kind === "points") {
    const drawn = pointsOf(points, groups);
    return { frame: { ...frame, n_points: drawn.points.length >> 1 }, ...none, ...drawn };
  }
  const isRatio = kind === "ratio";
  const expected = (cell: number) => points.length * isotropicShare(isotropicCells, cell);
  const coded = codedDensity(cellCounts(points), isRatio ? expected : undefined);
  if (!coded) return { frame, ...none };
  const { low, high, density } = coded;
  return { frame: { ...frame, low, high }, ...none, density };
}
