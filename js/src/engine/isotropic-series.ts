/** The series that fractions lit of isotropic data are computed from, for any number of dimensions. */

import { betaFraction, isLeftOfBulk, logBeta, regularisedBeta } from "./incomplete-beta.ts";
import { chebyshev } from "./isotropy.ts";

const DEGREES = [15, 31, 47, 63];
const TOLERANCE = 1e-8;
const TESTED = 500;

/** The logarithm of f0 divided by its power of 1 − ε², at the x of the series. */
function logFactor(x: number, nDims: number, beta: number): number {
  const root = Math.sqrt(nDims);
  const sinh = Math.sinh(((x + 1) / 2) * Math.asinh(root)) / root;
  const epsilon = Math.min(Math.max(sinh, 0), 1);
  const power = (nDims - 1) / 2;
  const squaredSine = 1 - epsilon * epsilon;
  if (isLeftOfBulk(power, 0.5, squaredSine)) {
    const fraction = betaFraction(power, 0.5, squaredSine);
    return Math.log((epsilon * fraction) / (2 * power)) - beta;
  }
  const outside = regularisedBeta(0.5, power, epsilon * epsilon, beta);
  return Math.log((1 - outside) / 2) - power * Math.log1p(-epsilon * epsilon);
}

/** Coefficients of the polynomial of a degree through the Chebyshev points of the first kind. */
function interpolated(values: (x: number) => number, degree: number): number[] {
  const n = degree + 1;
  const angles = Array.from({ length: n }, (_, k) => (Math.PI * (k + 0.5)) / n);
  const heights = angles.map((angle) => values(Math.cos(angle)));
  return Array.from({ length: n }, (_, j) => {
    const sum = heights.reduce(
      (all, height, k) => all + height * Math.cos(j * (angles[k] ?? 0)),
      0,
    );
    return ((j === 0 ? 1 : 2) / n) * sum;
  });
}

/** Coefficients of the series of `isotropicFraction` in D dimensions. */
export function isotropicSeries(nDims: number): number[] {
  const beta = logBeta((nDims - 1) / 2, 0.5);
  const exact = (x: number) => logFactor(x, nDims, beta);
  const tested = Array.from({ length: TESTED }, (_, k) => Math.cos((Math.PI * k) / (TESTED - 1)));
  const expected = tested.map(exact);
  let series: number[] = [];
  for (const degree of DEGREES) {
    series = interpolated(exact, degree);
    const off = tested.map((x, k) => Math.abs(chebyshev(series, x) - (expected[k] ?? 0)));
    if (Math.max(...off) < TOLERANCE) break;
  }
  return series;
}
