/** The fraction that isotropic data would light, from a series fitted to SciPy's values. */

/** Sum of a Chebyshev series at x in [-1, 1], by Clenshaw's recurrence. */
export function chebyshev(series: readonly number[], x: number): number {
  let [one, two] = [0, 0];
  for (let k = series.length - 1; k > 0; k -= 1) {
    [one, two] = [2 * x * one - two + (series[k] ?? 0), one];
  }
  return x * one - two + (series[0] ?? 0);
}

/**
 * Fraction f0 of directions spread evenly in D dimensions that a spotlight of ε lights. For ε ≥ 0 it is
 * (1 − ε²)^((D − 1) / 2) times exp of the series at 2 asinh(ε √D) / asinh(√D) − 1.
 */
export function isotropicFraction(
  epsilon: number,
  nDims: number,
  series: readonly number[],
): number {
  if (epsilon < 0) return 1 - isotropicFraction(-epsilon, nDims, series);
  if (epsilon >= 1) return 0;
  const root = Math.sqrt(nDims);
  const place = (2 * Math.asinh(epsilon * root)) / Math.asinh(root) - 1;
  const power = ((nDims - 1) / 2) * Math.log1p(-epsilon * epsilon);
  return Math.exp(power + chebyshev(series, place));
}
