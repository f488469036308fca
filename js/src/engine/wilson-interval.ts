/** Confidence intervals of counted fractions. */

import { QUANTILE as Z } from "../protocol/limits.ts";

/**
 * Pointwise 95 % Wilson interval of counts of n samples, which at each angle tell as much as
 * `effective` independent ones: all lower ends, then all upper ones.
 */
export function wilsonInterval(
  counts: Int32Array,
  n: number,
  effective?: Float64Array,
): Float32Array {
  const size = counts.length;
  const band = new Float32Array(2 * size);
  counts.forEach((count, k) => {
    const p = count / n;
    const m = effective?.[k] ?? n;
    const shrink = 1 / (1 + (Z * Z) / m);
    const centre = (p + (Z * Z) / (2 * m)) * shrink;
    const spread = Z * shrink * Math.sqrt((p * (1 - p)) / m + (Z * Z) / (4 * m * m));
    band[k] = p === 0 ? 0 : Math.max(centre - spread, 0);
    band[size + k] = p === 1 ? 1 : Math.min(centre + spread, 1);
  });
  return band;
}
