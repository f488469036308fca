import { shortened } from "./format.ts";

export interface Layout {
  /** side of the square picture, px */
  size: number;
  /** where the disc ends */
  rim: number;
  /** where the largest value of the radial scale stands */
  reach: number;
  /** where direction labels stand */
  labels: number;
  /** most characters of a direction's name */
  letters: number;
}

const SHORT = 5;
const LETTER = 8;

/**
 * Room for the labels is taken in two sizes only, short names or long, so that the disc does not
 * change its size from plane to plane.
 */
export function layoutOf(size: number, names: readonly string[]): Layout {
  const long = names.some((name) => Array.from(name).length > SHORT);
  const letters = long ? (size < 440 ? 7 : 10) : SHORT;
  const margin = long ? Math.min(0.24 * size, 24 + LETTER * letters) : Math.min(56, 0.14 * size);
  const rim = Math.max(20, size / 2 - margin);
  return { size, rim, reach: 0.95 * rim, labels: rim + 15, letters };
}

export const labelText = (sign: string, name: string, letters: number): string =>
  `${sign}${shortened(name, letters)}`;
