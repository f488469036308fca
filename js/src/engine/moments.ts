/** Computes fourth moments of all samples: how they stand to an orthonormal basis, without an ε. */

import { roundHalfEven } from "../base/numbers.ts";
import type { LayerSamples } from "./layer-samples.ts";

/** What the fourth moments of a layer say. */
export interface FourthMoments {
  /**
   * A₄, the mean of cos 4ψ over planes and samples, weighed by r⁴: 1 for one-hot samples, 0 in the
   * mean for isotropic ones; NaN where no sample has a direction
   */
  alignment: number;
  /** n_eff, on how many directions a sample stands */
  participation: number;
}

// A sample's moments are rounded, once, to whole numbers of 1 / UNIT: sums of them are exact below
// 2⁵³, that is of fewer than 8·10⁶ samples. A page holds far fewer.
const UNIT = 2 ** 30;

// Products between two yields: a stretch of the page's time is to be some milliseconds.
const PRODUCTS_PER_STEP = 1 << 20;

// Products above which all of it takes this page more than some seconds.
const COSTLY_PRODUCTS = 4e9;

/**
 * The kurtosis of a direction, ⟨p⁴⟩ D (D + 2) / 3, over the samples that have a direction; NaN if
 * there are none, or for a row of zeros.
 */
export function kurtosisOf(layer: LayerSamples, direction: number): number {
  const { nSamples, nDims, step } = layer;
  if (layer.dead.has(direction)) return Number.NaN;
  let sum = 0;
  for (const p of layer.projection(direction)) {
    const square = p * p;
    sum += roundHalfEven(square * square * UNIT);
  }
  return (sum / UNIT / (nSamples - step.nZero)) * ((nDims * (nDims + 2)) / 3);
}

/** Products that the projections on a direction take. */
const productsOf = ({ nSamples, step: { basis, columns } }: LayerSamples): number =>
  nSamples * (basis ? columns.length : 1);

/** Whether the moments may take so long that nobody should wait for them unasked. */
export const areMomentsCostly = (layer: LayerSamples): boolean =>
  layer.nDirections * productsOf(layer) > COSTLY_PRODUCTS;

/** Sums over samples, in units of 1 / `UNIT`. */
interface MomentSums {
  /** of S_n = Σ p_i⁴ */
  fourth: number;
  /** of s_n = (Σ p_i²)² */
  squared: number;
}

/** Sums the moments of the samples, from Σ p_i² and Σ p_i⁴ of each. */
function summed(lengths: Float64Array, fourths: Float64Array, spansSpace: boolean): MomentSums {
  const sums = { fourth: 0, squared: 0 };
  for (let k = 0; k < lengths.length; k += 1) {
    const length = lengths[k] ?? 0;
    const total = length * length;
    // Rows are unit rows only up to rounding: what a basis of the whole space sees of them is 1.
    const scale = spansSpace && total > 0 ? total : 1;
    sums.fourth += roundHalfEven(((fourths[k] ?? 0) / scale) * UNIT);
    sums.squared += roundHalfEven((total / scale) * UNIT);
  }
  return sums;
}

// Since r⁴ cos 4ψ = p_i⁴ − 6 p_i² p_j² + p_j⁴ sums over i < j to (M + 2) Σ p_i⁴ − 3 (Σ p_i²)², and r⁴
// to (M − 2) Σ p_i⁴ + (Σ p_i²)².
function momentsOf(sums: MomentSums, m: number): FourthMoments {
  const [fourth, squared] = [sums.fourth / UNIT, sums.squared / UNIT];
  return {
    alignment: ((m + 2) * fourth - 3 * squared) / ((m - 2) * fourth + squared),
    participation: squared / fourth,
  };
}

function* sumSteps(layer: LayerSamples): Generator<0, MomentSums> {
  const { nSamples, nDirections, nDims } = layer;
  const lengths = new Float64Array(nSamples);
  const fourths = new Float64Array(nSamples);
  let work = 0;
  for (let i = 0; i < nDirections; i += 1) {
    const projected = layer.projection(i);
    for (let k = 0; k < nSamples; k += 1) {
      const p = projected[k] ?? 0;
      const square = p * p;
      lengths[k] = (lengths[k] ?? 0) + square;
      fourths[k] = (fourths[k] ?? 0) + square * square;
    }
    work += productsOf(layer);
    if (work < PRODUCTS_PER_STEP) continue;
    work = 0;
    yield 0;
  }
  return summed(lengths, fourths, nDirections === nDims);
}

const known = new WeakMap<LayerSamples, FourthMoments>();

/**
 * Computes the moments of a layer whose basis is orthonormal, once: they depend on no ε. Yields
 * every few milliseconds of work, 0 as the share done of what they are the beginning of.
 */
export function* momentSteps(layer: LayerSamples): Generator<0, FourthMoments> {
  const before = known.get(layer);
  if (before) return before;
  const moments = momentsOf(yield* sumSteps(layer), layer.nDirections);
  known.set(layer, moments);
  return moments;
}
