/** The density of all planes laid over one another, of the samples that are lit in each. */

import { BINS } from "../protocol/limits.ts";
import { samplesLit } from "./arcs.ts";
import { candidateSteps } from "./candidates.ts";
import { densityCellOf, isotropicShare, quarterCell } from "./coded-density.ts";
import type { LayerSamples } from "./layer-samples.ts";
import { planeCount } from "./plane-index.ts";

/** Samples counted in cells, in every plane in which they are lit. */
export interface EnsembleDensity {
  /** row by row from the lowest */
  counts: Float64Array;
  epsilon: number;
  nSamples: number;
  nDims: number;
  /** planes that two directions span */
  nPlanes: number;
  /** pairs of a plane and a sample that is lit in it */
  nLit: number;
}

/** Counts all planes; yields the share done, every few milliseconds of work. */
export function* ensembleDensitySteps(
  layer: LayerSamples,
  epsilon: number,
): Generator<number, EnsembleDensity> {
  const counts = new Float64Array(BINS * BINS);
  let nLit = 0;
  const skipped = yield* candidateSteps(layer, epsilon, (_position, _frame, points) => {
    const { a, c } = points;
    const lit = samplesLit(points, epsilon);
    for (const sample of lit) {
      const cell = densityCellOf(a[sample] ?? 0, c[sample] ?? 0);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    nLit += lit.length;
  });
  const nPlanes = planeCount(layer) - skipped.length;
  const { nSamples, nDims } = layer;
  return { counts, epsilon, nSamples, nDims, nPlanes, nLit };
}

// Nodes in (0, 1) and weights of Gauss-Legendre quadrature.
const NODES: readonly (readonly [node: number, weight: number])[] = [
  [0.0198550717512319, 0.0506142681451882],
  [0.1016667612931866, 0.1111905172266872],
  [0.2372337950418355, 0.1568533229389436],
  [0.4082826787521751, 0.181341891689181],
  [0.5917173212478249, 0.181341891689181],
  [0.7627662049581645, 0.1568533229389436],
  [0.8983332387068134, 0.1111905172266872],
  [0.9801449282487681, 0.0506142681451882],
];

/** The share of isotropic data in D > 2 dimensions farther from the centre of a plane. */
const shareBeyond = (radius: number, nDims: number): number =>
  Math.max(0, 1 - radius * radius) ** ((nDims - 2) / 2);

/**
 * The share of isotropic data in a cell of positive coordinates and not nearer to the centre than
 * ε. Angles are uniform, and of radii it is known what is beyond: along a ray the share is exact, and
 * rays are summed.
 */
function shareOfCell(column: number, row: number, epsilon: number, nDims: number): number {
  const [left, right, low, high] = [column, column + 1, row, row + 1].map(
    (k) => (2 * k) / BINS,
  ) as [number, number, number, number];
  const alongRay = (angle: number): number => {
    const [across, up] = [Math.cos(angle), Math.sin(angle)];
    const from = Math.max(epsilon, left / across, low / up);
    const to = Math.min(1, right / across, high / up);
    return from < to ? shareBeyond(from, nDims) - shareBeyond(to, nDims) : 0;
  };
  // Between these angles of the corners, and of where the edges meet the two circles, it is smooth.
  const [first, last] = [Math.atan2(low, right), Math.atan2(high, left)];
  const meets = [epsilon, 1].flatMap((radius) => [
    ...[left, right].map((x) => Math.acos(x / radius)),
    ...[low, high].map((y) => Math.asin(y / radius)),
  ]);
  const ends = [first, last, Math.atan2(low, left), Math.atan2(high, right), ...meets]
    .filter((angle) => angle >= first && angle <= last) // not so of NaN
    .sort((one, other) => one - other);
  let sum = 0;
  for (let k = 1; k < ends.length; k += 1) {
    const [start = 0, end = 0] = [ends[k - 1], ends[k]];
    for (const [node, weight] of NODES) {
      sum += weight * (end - start) * alongRay(start + node * (end - start));
    }
  }
  return sum / (2 * Math.PI);
}

type EnsembleSize = Pick<EnsembleDensity, "epsilon" | "nDims" | "nPlanes" | "nSamples">;

/** The number of pairs of a plane and a sample that isotropic data would light. */
export function isotropicCount({ epsilon, nDims, nPlanes, nSamples }: EnsembleSize): number {
  const share = nDims > 2 ? shareBeyond(Math.max(0, epsilon), nDims) : 1;
  return nPlanes * nSamples * share;
}

/**
 * The number of pairs of a plane and a sample that isotropic data would light in a cell; `quarter`
 * holds the shares of whole cells.
 */
export function isotropicCounts(
  { epsilon, nDims, nPlanes, nSamples }: EnsembleSize,
  quarter: Float32Array,
): (cell: number) => number {
  const known = new Map<number, number>();
  return (cell) => {
    const [column, row] = quarterCell(cell);
    const nearest = (2 * Math.hypot(column, row)) / BINS;
    // In two dimensions all samples are at the rim.
    let share = isotropicShare(quarter, cell);
    if (nDims > 2 && nearest < epsilon) {
      const key = row * BINS + column;
      share = known.get(key) ?? shareOfCell(column, row, epsilon, nDims);
      known.set(key, share);
    }
    return nPlanes * nSamples * share;
  };
}
