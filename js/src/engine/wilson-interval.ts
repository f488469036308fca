/** Confidence intervals of counted fractions. */

import { QUANTILE as Z } from "../protocol/limits.ts";

/** Pointwise 95 % Wilson interval of counts of n samples: all lower ends, then all upper ones. */
export function wilsonInterval(counts: Int32Array, n: number): Float32Array {
  const size = counts.length;
  const band = new Float32Array(2 * size);
  const shrink = 1 / (1 + (Z * Z) / n);
  counts.forEach((count, k) => {
    const p = count / n;
    const centre = (p + (Z * Z) / (2 * n)) * shrink;
    const spread = Z * shrink * Math.sqrt((p * (1 - p)) / n + (Z * Z) / (4 * n * n));
    band[k] = p === 0 ? 0 : Math.max(centre - spread, 0);
    band[size + k] = p === 1 ? 1 : Math.min(centre + spread, 1);
  });
  return band;
}
