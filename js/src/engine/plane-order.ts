/** The order that the plane slider runs through: all planes i < j, by index or best first. */

import type { Order, Pair } from "../protocol/frames.ts";
import { LEADING, PER_DIRECTION } from "../protocol/limits.ts";
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
 * Sorts the lit planes strongest first, equal ones by their peak and then by index, with few of one
 * direction among the first; the others follow them.
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
    this.#places = ranked ? this.#spread(places) : places;
    this.#ranks = new Int32Array(places.length);
    this.#places.forEach((place, k) => {
      this.#ranks[place] = k;
    });
  }

  /** Puts those first of which no direction is in more than some. */
  #spread(places: Int32Array): Int32Array {
    const taken = new Int32Array(this.#m);
    const first: number[] = [];
    for (const place of places) {
      if (first.length === LEADING) break;
      const pair = planeOfIndex(this.#lit[place] ?? 0, this.#m);
      if (pair.some((k) => (taken[k] ?? 0) >= PER_DIRECTION)) continue;
      for (const k of pair) taken[k] = (taken[k] ?? 0) + 1;
      first.push(place);
    }
    const leads = new Set(first);
    return Int32Array.of(...first, ...places.filter((place) => !leads.has(place)));
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
