/** A function that rounds to a number of decimals. */
export function rounder(decimals: number): (value: number) => number {
  const unit = 10 ** decimals;
  return (value) => Math.round(value * unit) / unit;
}

// Numbers of this size have no fraction: a sum with it is rounded, halves to even.
const WHOLE = 1.5 * 2 ** 52;

/** The whole number nearest to a value below 2⁵¹; of two the even one. */
export const roundHalfEven = (value: number): number => value + WHOLE - WHOLE;

/** The standard error of the mean cosine of n angles that are spread evenly. */
export const meanCosineError = (n: number): number => 1 / Math.sqrt(2 * n);

/**
 * The smallest of the `round` numbers, rising from 1 to 10, times a power of ten that is not below
 * `value`; it changes seldom, so that the scale does not jitter.
 */
export function niceCeiling(value: number, round: readonly number[]): number {
  if (!(value > 0)) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  const step = round.find((nice) => nice * unit >= value * (1 - 1e-9)) ?? 10;
  return Number((step * unit).toPrecision(3));
}

/** The level nearest to a value; the value itself where there are none. */
export function nearest(levels: readonly number[], value: number): number {
  const far = (level: number) => Math.abs(level - value);
  return levels.reduce(
    (best, level) => (far(level) < far(best) ? level : best),
    levels[0] ?? value,
  );
}

/**
 * The step of round ticks, 1, 2 or 5 times a power of ten, or its inverse where that is an integer.
 */
function tickStep(low: number, high: number, count: number): { step: number; isInverse: boolean } {
  const rough = (high - low) / count;
  const power = Math.floor(Math.log10(rough));
  const excess = rough / 10 ** power;
  const factor =
    excess >= Math.sqrt(50) ? 10 : excess >= Math.sqrt(10) ? 5 : excess >= Math.SQRT2 ? 2 : 1;
  // The inverse of a step below 1 is an integer, and dividing by it rounds only once.
  if (power < 0) return { step: 10 ** -power / factor, isInverse: true };
  return { step: 10 ** power * factor, isInverse: false };
}

/** About `count` ≥ 2 round values from `low` to `high` ≥ `low`, rising. */
export function ticks(low: number, high: number, count: number): number[] {
  if (low === high) return [low];
  const { step, isInverse } = tickStep(low, high, count);
  const value = (k: number) => (isInverse ? k / step : k * step);
  const place = (end: number) => Math.round(isInverse ? end * step : end / step);
  let [first, last] = [place(low), place(high)];
  if (value(first) < low) first += 1;
  if (value(last) > high) last -= 1;
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => value(first + k));
}

/** A linear scale from one interval to another; where `from` is one value, it gives the middle. */
export function linearScale(
  from: readonly [number, number],
  to: readonly [number, number],
): (value: number) => number {
  const length = from[1] - from[0];
  return (value) => {
    const share = length === 0 ? 0.5 : (value - from[0]) / length;
    return to[0] * (1 - share) + to[1] * share;
  };
}

/** At most `most` of the indices 0 … n − 1, evenly spaced and rising. */
export function evenlySpaced(n: number, most: number): Int32Array {
  const length = Math.min(n, most);
  return Int32Array.from({ length }, (_, k) => (n <= most ? k : Math.floor((k * n) / most)));
}
