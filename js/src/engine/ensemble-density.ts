/** The density of all planes laid over one another, of the samples that are lit in each. */

import { BINS } from "../protocol/limits.ts";
import { samplesLit } from "./arcs.ts";
import { candidateSteps } from "./candidates.ts";
import { densityCellOf, isotropicShare, quarterCell } from "./coded-density.ts";
import { shareBeyond, shareOfCell } from "./isotropic-cells.ts";
import type { LayerSamples } from "./layer-samples.ts";
import { planeCount } from "./plane-index.ts";

const HALF = BINS / 2;

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
    const place = quarterCell(cell);
    const [column, row] = place;
    const nearest = Math.hypot(column, row) / HALF;
    // In two dimensions all samples are at the rim.
    let share = isotropicShare(quarter, cell);
    if (nDims > 2 && nearest < epsilon) {
      const key = row * BINS + column;
      share = known.get(key) ?? shareOfCell(place, HALF, nDims, epsilon);
      known.set(key, share);
    }
    return nPlanes * nSamples * share;
  };
}
