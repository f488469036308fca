/** The map of the scores of all planes, in whole and in windows. */

import type { MapWindow, Score, ScoreGridFrame } from "../protocol/frames.ts";
import { MOST_CELLS, MOST_LIT, SCORE_CODES } from "../protocol/limits.ts";
import { planeOfIndex } from "./plane-index.ts";
import { hubsOf, type Survey, scoresOf, strengthsOf } from "./survey.ts";

/** A square of the map as cells of codes. */
export interface MapTile {
  frame: Pick<ScoreGridFrame, "step" | "size" | "low" | "high">;
  scores: Uint16Array;
  best: Uint16Array;
  /** samples lit in the plane that a cell's score is of, at most 65,535 */
  lit: Uint16Array;
}

/** The scores of all planes as a symmetric matrix. */
export class ScoreMap {
  readonly survey: Survey;
  readonly by: Score;
  readonly hubs: [number, number][];
  readonly #m: number;
  /** of each pair of directions, the place of its plane among those lit, or -1 */
  readonly #places: Int32Array;
  /** of the lit planes */
  readonly #scores: Float32Array;
  readonly #magnitudes: Float64Array;
  #low: number | null = null;
  #high: number | null = null;

  constructor(survey: Survey, by: Score) {
    this.survey = survey;
    this.by = by;
    this.hubs = hubsOf(survey);
    const m = survey.layer.nDirections;
    this.#m = m;
    this.#places = new Int32Array(m * m).fill(-1);
    this.#scores = Float32Array.from(scoresOf(survey, by));
    this.#magnitudes = strengthsOf(survey, by).map(Math.abs);
    survey.lit.position.forEach((position, place) => {
      const score = this.#scores[place] ?? 0;
      const [i, j] = planeOfIndex(position, m);
      this.#places[i * m + j] = place;
      this.#places[j * m + i] = place;
      this.#low = Math.min(this.#low ?? score, score);
      this.#high = Math.max(this.#high ?? score, score);
    });
  }

  whole(): MapTile {
    return this.window([0, 0, this.#m]);
  }

  /** A square of `side` directions, beginning at a row and a column. */
  window([row, column, side]: MapWindow): MapTile {
    const step = Math.ceil(side / MOST_CELLS);
    const [rows, columns] = [row, column].map((first) => Math.min(side, this.#m - first));
    const size = Math.ceil(Math.max(rows ?? 0, columns ?? 0) / step);
    const scores = new Uint16Array(size * size);
    const best = new Uint16Array(step > 1 ? size * size : 0);
    const lit = new Uint16Array(size * size);
    for (let cell = 0; cell < size * size; cell += 1) {
      const [at, across] = [Math.floor(cell / size), cell % size];
      const [index, place] = this.#bestOfBlock(row + at * step, column + across * step, step);
      if (place < 0) continue;
      scores[cell] = this.#code(this.#scores[place] ?? 0);
      lit[cell] = Math.min(MOST_LIT, this.survey.lit.nLit[place] ?? 0);
      if (step > 1) best[cell] = index;
    }
    return { frame: { step, size, low: this.#low, high: this.#high }, scores, best, lit };
  }

  /**
   * The plane of a block whose score is strongest, of either sign, the first of several: its index
   * in the block, and its place among those lit; -1 where no plane is lit.
   */
  #bestOfBlock(row: number, column: number, step: number): [index: number, place: number] {
    let [index, found, most] = [0, -1, -1];
    for (let k = 0; k < step * step; k += 1) {
      const [i, j] = [row + Math.floor(k / step), column + (k % step)];
      const place = i < this.#m && j < this.#m ? (this.#places[i * this.#m + j] ?? -1) : -1;
      const magnitude = place < 0 ? -1 : (this.#magnitudes[place] ?? -1);
      if (magnitude > most) [index, found, most] = [k, place, magnitude];
    }
    return [index, found];
  }

  #code(score: number): number {
    if (this.#low === null || this.#high === null) return 0;
    const span = this.#high - this.#low || 1;
    return 1 + Math.round(((score - this.#low) * (SCORE_CODES - 1)) / span);
  }
}
