/** The order that the plane slider runs through: all planes i < j, by index or best first. */

import type { Order, Pair } from "../protocol/frames.ts";
import { planeIndexOf, planeOfIndex } from "./plane-index.ts";
import { type Survey, strengthsOf } from "./survey.ts";

/** How many of the first `n` values of a rising function are less than `value`. */
function countBelow(n: number, at: (k: number) => number, value: number): number {
  let [low, high] = [0, n];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Sorts the lit planes strongest first, equal ones by their peak and then by index; the others follow
 * them.
 */
export class PlaneOrder {
  readonly order: Order;
  readonly #m: number;
  /** indices of the lit planes, rising */
  readonly #lit: readonly number[];
  /** of each rank, the index in `#lit` */
  readonly #places: Int32Array;
  readonly #ranks: Int32Array;

  constructor(m: number, order: Order, survey?: Survey) {
    this.order = order;
    this.#m = m;
    const ranked = order !== "index" && survey;
    this.#lit = ranked ? survey.lit.position : [];
    const places = Int32Array.from(this.#lit, (_, k) => k);
    if (ranked) {
      const [strength, { peak }] = [strengthsOf(survey, order), survey.lit];
      places.sort(
        (one, other) =>
          (strength[other] ?? 0) - (strength[one] ?? 0) ||
          (peak[other] ?? 0) - (peak[one] ?? 0) ||
          one - other,
      );
    }
    this.#places = places;
    this.#ranks = new Int32Array(places.length);
    places.forEach((place, k) => {
      this.#ranks[place] = k;
    });
  }

  plane(position: number): Pair {
    const place = this.#places[position];
    if (place !== undefined) return planeOfIndex(this.#lit[place] ?? 0, this.#m);
    const dark = position - this.#lit.length;
    // Dark planes below the k-th lit one: its number less those lit below it.
    const fewer = (k: number) => (this.#lit[k] ?? 0) - k;
    return planeOfIndex(dark + countBelow(this.#lit.length, fewer, dark + 1), this.#m);
  }

  position(pair: Pair): number {
    const number = planeIndexOf(pair, this.#m);
    const before = countBelow(this.#lit.length, (k) => this.#lit[k] ?? 0, number);
    if (this.#lit[before] === number) return this.#ranks[before] ?? 0;
    return this.#lit.length + number - before;
  }
}
