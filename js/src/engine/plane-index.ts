import type { Pair } from "../protocol/frames.ts";

/** The number of pairs of directions. */
export const planeCount = ({ nDirections: m }: { nDirections: number }): number =>
  (m * (m - 1)) / 2;

/** Index of the first plane (i, …). */
const firstIndexOf = (i: number, m: number): number => i * m - (i * (i + 1)) / 2;

/** The index of a plane among all planes i < j of m directions, row by row. */
export function planeIndexOf([one, other]: Pair, m: number): number {
  const [i, j] = one < other ? [one, other] : [other, one];
  return firstIndexOf(i, m) + (j - i - 1);
}

/** The plane of an index. */
export function planeOfIndex(position: number, m: number): Pair {
  const odd = 2 * m - 1;
  let i = Math.max(0, Math.floor((odd - Math.sqrt(odd * odd - 8 * position)) / 2));
  // The root may be off by one, either way.
  while (i > 0 && firstIndexOf(i, m) > position) i -= 1;
  while (firstIndexOf(i + 1, m) <= position) i += 1;
  return [i, position - firstIndexOf(i, m) + i + 1];
}
