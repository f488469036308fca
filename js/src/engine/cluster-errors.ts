/**
 * Computes how far a curve and its alignment may be off where samples hang together in clusters,
 * as the kernel does: "groups" for the user, who gives them.
 */

import { FOURFOLD_UNIT, QUANTILE } from "../protocol/limits.ts";
import type { Arcs } from "./arcs.ts";
import { countArcs } from "./arcs.ts";

/** The clusters of some samples. */
export interface Clusters {
  /** of each sample */
  codes: Int32Array;
  /** samples of each cluster, also those that are not held here */
  sizes: ArrayLike<number>;
}

// Quantiles of Student's t for 95 % at 1, 2, … degrees of freedom.
const STUDENT_QUANTILES = [
  12.7062047, 4.3026527, 3.1824463, 2.7764451, 2.5705818, 2.4469119, 2.3646243, 2.3060041,
  2.2621572, 2.2281389, 2.2009852, 2.1788128,
];

// The expansion of Cornish and Fisher: off by less than 3e-6 from where the table ends.
const TERMS = [1.589533, 2.55585, 2.822499, 2.372271, QUANTILE];

const studentQuantile = (degrees: number): number =>
  STUDENT_QUANTILES[degrees - 1] ?? TERMS.reduce((sum, term) => sum / degrees + term, 0);

/** Positions of the arcs of each cluster that has any. */
function arcsByCluster({ samples }: Arcs, { codes }: Clusters): Map<number, number[]> {
  const found = new Map<number, number[]>();
  samples.forEach((sample, k) => {
    const code = codes[sample] ?? 0;
    const own = found.get(code);
    if (own) own.push(k);
    else found.set(code, [k]);
  });
  return found;
}

/** As how many independent samples n of them tell at each angle, for an interval of Wilson's. */
export function effectiveNumbers(
  arcs: Arcs,
  counts: Int32Array,
  n: number,
  clusters: Clusters,
): Float64Array {
  const { sizes } = clusters;
  const resolution = counts.length;
  const [apart, lit, products, known] = Array.from(
    { length: 4 },
    () => new Float64Array(resolution),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (const [code, own] of arcsByCluster(arcs, clusters)) {
    const size = sizes[code] ?? 0;
    const [start, stop] = [arcs.start, arcs.stop].map((ends) =>
      Float64Array.from(own, (k) => ends[k] ?? 0),
    );
    countArcs({ ...arcs, start, stop, samples: Int32Array.from(own) } as Arcs, resolution).forEach(
      (count, k) => {
        if (count === 0) return;
        // Whole numbers, as far as they go: that clusters are alike is seen for sure.
        apart[k] = (apart[k] ?? 0) + (n * count - (counts[k] ?? 0) * size) ** 2;
        lit[k] = (lit[k] ?? 0) + count * count;
        products[k] = (products[k] ?? 0) + count * size;
        known[k] = (known[k] ?? 0) + size * size;
      },
    );
  }
  let all = 0;
  for (let code = 0; code < sizes.length; code += 1) all += (sizes[code] ?? 0) ** 2;
  return Float64Array.from(counts, (count, k) => {
    const squares = lit[k] ?? 0;
    const spread = (apart[k] ?? 0) + count * count * (all - (known[k] ?? 0));
    if (spread === 0) return (n * n) / all;
    const dark = all - 2 * (products[k] ?? 0) + squares;
    const on = Math.min((count * count) / squares, (n - count) ** 2 / dark);
    const t = studentQuantile(Math.max(1, Math.floor(on) - 1));
    const found = (count * (n - count) * n * n * (1 - 1 / sizes.length)) / spread;
    return Math.min(n, found * (QUANTILE / t) ** 2);
  });
}

// Share of Σ n² up to which the squares of how far clusters are from their mean are rounding.
const ALIKE = 2 ** -90;

/**
 * The standard error of an alignment; infinite where a single cluster is lit. Where clusters do not
 * differ, that of as many samples as clusters of one size.
 */
export function clusterError(arcs: Arcs, alignment: number, clusters: Clusters): number {
  const lit = arcsByCluster(arcs, clusters);
  let apart = 0;
  let squares = 0;
  for (const own of lit.values()) {
    const sum = own.reduce((total, k) => total + (arcs.fourfold[k] ?? 0), 0);
    apart += (sum / FOURFOLD_UNIT - alignment * own.length) ** 2;
    squares += own.length ** 2;
  }
  if (lit.size < 2) return Number.POSITIVE_INFINITY;
  const variance = apart > ALIKE * squares ? (lit.size / (lit.size - 1)) * apart : squares / 2;
  return Math.sqrt(variance) / arcs.samples.length;
}
