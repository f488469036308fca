/** The regularised incomplete beta function, which fractions of isotropic data are made of. */

const LEAST = 1e-300;
const PRECISION = 1e-16;
const MOST_TERMS = 20_000;

/** Coefficients of Stirling's series: B₂ₖ / (2k (2k − 1)). */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360_360];
const STIRLING_FROM = 12;

/** The logarithm of Γ(x), x > 0. */
function logGamma(x: number): number {
  let [value, product] = [x, 1];
  for (; value < STIRLING_FROM; value += 1) product *= value;
  let [series, power] = [0, 1 / value];
  for (const coefficient of STIRLING) {
    series += coefficient * power;
    power /= value * value;
  }
  const stirling = (value - 0.5) * Math.log(value) - value + 0.5 * Math.log(2 * Math.PI);
  return stirling + series - Math.log(product);
}

/** The logarithm of B(a, b). */
export const logBeta = (a: number, b: number): number =>
  logGamma(a) + logGamma(b) - logGamma(a + b);

const away = (value: number): number => (Math.abs(value) < LEAST ? LEAST : value);

/** The continued fraction of a · B(a, b) · I / (xᵃ (1 − x)ᵇ) (DLMF 8.17.22), by Lentz's method. */
export function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < MOST_TERMS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return fraction;
}

/** Whether the fraction converges fast at x; else it does at 1 − x, with a and b swapped. */
export const isLeftOfBulk = (a: number, b: number, x: number): boolean => x < (a + 1) / (a + b + 2);

/** I_x(a, b) in [0, 1], with the logarithm of B(a, b) where it is known already. */
export function regularisedBeta(a: number, b: number, x: number, beta = logBeta(a, b)): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - beta);
  return isLeftOfBulk(a, b, x)
    ? (front * betaFraction(a, b, x)) / a
    : 1 - (front * betaFraction(b, a, 1 - x)) / b;
}
