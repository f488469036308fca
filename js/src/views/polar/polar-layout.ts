import { shortened } from "../../base/format.ts";

/** Sizes of the polar plot, px. */
export interface PolarLayout {
  /** width of the picture, px */
  width: number;
  /** and its height: names need room at the sides only */
  height: number;
  /** radius of the disc, where the radial scale ends */
  rim: number;
  /** radius of the direction labels */
  labels: number;
  /** most characters of a direction's name beside the disc */
  letters: number;
  /** and right above or below it, where there is room to both sides */
  lettersAbove: number;
}

const LABEL_GAP = 14;
const LETTER_WIDTH = 9;
const ROOM_ABOVE = 32;
const MEDIUM_LETTERS = 5;
const MOST_LETTERS = 22;

/** The number of letters in names like b127, for the longest of `nDirections`. */
const numbered = (nDirections: number): number =>
  1 + Math.max(2, String(Math.max(0, nDirections - 1)).length);

/**
 * Sizes of the polar plot for a width. Room for labels comes in few sizes only, so that the disc
 * does not change its own from plane to plane.
 */
export function polarLayout(
  width: number,
  names: readonly string[],
  nDirections: number,
): PolarLayout {
  const longest = Math.max(0, ...names.map((name) => Array.from(name).length));
  const long = width < 440 ? 6 : 10;
  const letters =
    [numbered(nDirections), MEDIUM_LETTERS, long].find((most) => longest <= most) ?? long;
  const margin = Math.min(0.26 * width, LABEL_GAP + LETTER_WIDTH * (letters + 1));
  const rim = Math.max(20, width / 2 - margin);
  const across = Math.floor((0.8 * width) / LETTER_WIDTH) - 1;
  const lettersAbove = Math.max(letters, Math.min(MOST_LETTERS, across));
  const labels = rim + LABEL_GAP;
  return { width, height: 2 * (rim + ROOM_ABOVE), rim, labels, letters, lettersAbove };
}

/**
 * The two names, shortened to fit; where they would look the same, the numbers of the directions.
 */
export function labelNames(
  names: readonly [string, string],
  pair: readonly [number, number],
  letters: number,
): [string, string] {
  const [first, second] = [shortened(names[0], letters), shortened(names[1], letters)];
  if (first !== second || names[0] === names[1]) return [first, second];
  return [`b${pair[0]}`, `b${pair[1]}`];
}
