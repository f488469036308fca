/** The samples of a plane as points, or as a density of cells. */

import { evenlySpaced } from "../base/numbers.ts";
import type { CloudFrame, CloudKind } from "../protocol/frames.ts";
import { BINS, DENSITY_CODES, MOST_POINTS, MOST_POWERS } from "../protocol/limits.ts";
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

const binOf = (value: number): number =>
  Math.min(BINS - 1, Math.max(0, Math.floor(value * (BINS / 2)) + BINS / 2));

/** The number of samples in each cell, row by row from the lowest. */
function cellCounts({ a, c }: PlanePoints): Int32Array {
  const counts = new Int32Array(BINS * BINS);
  for (let k = 0; k < a.length; k += 1) {
    const cell = binOf(c[k] ?? 0) * BINS + binOf(a[k] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return counts;
}

/** The share of isotropic data in a cell; `quarter` holds those of positive coordinates. */
function isotropicShare(quarter: Float32Array, cell: number): number {
  const half = BINS / 2;
  const [row, column] = [Math.floor(cell / BINS), cell % BINS].map((k) =>
    k < half ? half - 1 - k : k - half,
  );
  return quarter[(row ?? 0) * half + (column ?? 0)] ?? 0;
}

/** The decimal logarithm of what each cell is drawn for: its count, or its ratio to isotropy. */
function powersOf(
  counts: Int32Array,
  cells: Int32Array,
  kind: CloudKind,
  n: number,
  isotropic: Float32Array,
): Float64Array {
  const powers = new Float64Array(cells.length);
  cells.forEach((cell, k) => {
    const power = Math.log10(counts[cell] ?? 0);
    if (kind !== "ratio") powers[k] = power;
    else {
      const ratio = power - Math.log10(n * isotropicShare(isotropic, cell));
      powers[k] = Math.min(MOST_POWERS, Math.max(-MOST_POWERS, ratio));
    }
  });
  return powers;
}

/** Indices of the cells with a sample. */
function filled(counts: Int32Array): Int32Array {
  const cells = new Int32Array(counts.length);
  let n = 0;
  counts.forEach((count, cell) => {
    if (count === 0) return;
    cells[n] = cell;
    n += 1;
  });
  return cells.subarray(0, n);
}

function densityOf(points: PlanePoints, kind: CloudKind, isotropic: Float32Array) {
  const counts = cellCounts(points);
  const cells = filled(counts);
  const powers = powersOf(counts, cells, kind, points.length, isotropic);
  const high = powers.reduce((most, power) => Math.max(most, power), Number.NEGATIVE_INFINITY);
  const least = powers.reduce((less, power) => Math.min(less, power), Number.POSITIVE_INFINITY);
  const low = kind === "ratio" ? least : 0;
  const density = new Uint8Array(counts.length);
  cells.forEach((cell, k) => {
    const level = high <= low ? 1 : ((powers[k] ?? 0) - low) / (high - low);
    density[cell] = 1 + Math.round((DENSITY_CODES - 1) * level);
  });
  return { low, high, density };
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
  const { low, high, density } = densityOf(points, kind, isotropicCells);
  return { frame: { ...frame, low, high }, ...none, density };
}
