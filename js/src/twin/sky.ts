/** The samples of a plane as they are drawn: points where they are few, else a density. */

import type { CloudFrame, CloudKind } from "../cloud-data.ts";
import type { InPlane } from "./in-plane.ts";
import type { Plane } from "./layer.ts";

// As the kernel draws them.
const MOST_POINTS = 2000;
const BINS = 128;
const FARTHEST = 6;
const CODES = 254;

export interface Sky {
  frame: CloudFrame;
  points: Float32Array;
  groups: Uint8Array;
  density: Uint8Array;
}

function evenlySpaced(n: number, most: number): Int32Array {
  const length = Math.min(n, most);
  return Int32Array.from({ length }, (_, k) => (n <= most ? k : Math.floor((k * n) / most)));
}

function pointsOf({ a, c }: InPlane, groups: Uint8Array) {
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

/** Samples in each cell, row by row from the least c on. */
function cellCounts({ a, c }: InPlane): Int32Array {
  const counts = new Int32Array(BINS * BINS);
  for (let k = 0; k < a.length; k += 1) {
    const cell = binOf(c[k] ?? 0) * BINS + binOf(a[k] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return counts;
}

/** Share of isotropic data in a cell, of which a quarter of the disc is held. */
function isotropicShare(quarter: Float32Array, cell: number): number {
  const half = BINS / 2;
  const [row, column] = [Math.floor(cell / BINS), cell % BINS].map((k) =>
    k < half ? half - 1 - k : k - half,
  );
  return quarter[(row ?? 0) * half + (column ?? 0)] ?? 0;
}

/** Powers of ten of what each cell that is not empty is drawn for; NaN for the others. */
function powersOf(counts: Int32Array, kind: CloudKind, n: number, isotropic: Float32Array) {
  return Float64Array.from(counts, (count, cell) => {
    if (count === 0) return Number.NaN;
    if (kind !== "ratio") return Math.log10(count);
    const power = Math.log10(count) - Math.log10(n * isotropicShare(isotropic, cell));
    return Math.min(FARTHEST, Math.max(-FARTHEST, power));
  });
}

function coded(powers: Float64Array, low: number, high: number): Uint8Array {
  const level = (power: number) => (high <= low ? 1 : (power - low) / (high - low));
  return Uint8Array.from(powers, (power) =>
    Number.isNaN(power) ? 0 : 1 + Math.round(CODES * level(power)),
  );
}

export function skyOf(
  { pair, points }: Plane,
  kind: CloudKind,
  groups: Uint8Array,
  isotropicCells: Float32Array,
): Sky {
  const none = { points: new Float32Array(), groups: new Uint8Array(), density: new Uint8Array() };
  const frame: CloudFrame = { pair, kind, bins: BINS, low: 0, high: 0, n_points: 0 };
  if (kind === "off") return { frame, ...none };
  if (kind === "points") {
    const drawn = pointsOf(points, groups);
    return { frame: { ...frame, n_points: drawn.points.length >> 1 }, ...none, ...drawn };
  }
  const powers = powersOf(cellCounts(points), kind, points.length, isotropicCells);
  const known = powers.filter((power) => !Number.isNaN(power));
  const high = known.reduce((most, power) => Math.max(most, power), Number.NEGATIVE_INFINITY);
  const least = known.reduce((less, power) => Math.min(less, power), Number.POSITIVE_INFINITY);
  const low = kind === "ratio" ? least : 0;
  return { frame: { ...frame, low, high }, ...none, density: coded(powers, low, high) };
}
