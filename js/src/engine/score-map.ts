/** The map of the scores of all planes, in whole and in windows. */

import type { MapWindow, Score, ScoreGridFrame } from "../protocol/frames.ts";
import { MOST_CELLS, SCORE_CODES } from "../protocol/limits.ts";
import { planeOfIndex } from "./plane-index.ts";
import { type Survey, scoresOf } from "./survey.ts";

/** A square of the map as cells of codes. */
export interface MapTile {
  frame: Pick<ScoreGridFrame, "step" | "size" | "low" | "high">;
  scores: Uint16Array;
  best: Uint16Array;
}

/** The scores of all planes as a symmetric matrix. */
export class ScoreMap {
  readonly survey: Survey;
  readonly by: Score;
  readonly #m: number;
  readonly #matrix: Float32Array;
  #low: number | null = null;
  #high: number | null = null;

  constructor(survey: Survey, by: Score) {
    this.survey = survey;
    this.by = by;
    const m = survey.layer.nDirections;
    this.#m = m;
    this.#matrix = new Float32Array(m * m).fill(Number.NaN);
    const scores = scoresOf(survey, by);
    survey.lit.position.forEach((position, k) => {
      const score = Math.fround(scores[k] ?? Number.NaN);
      if (!Number.isFinite(score) || (by !== "alignment" && score === 0)) return;
      const [i, j] = planeOfIndex(position, m);
      this.#matrix[i * m + j] = score;
      this.#matrix[j * m + i] = score;
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
    for (let cell = 0; cell < size * size; cell += 1) {
      const [at, across] = [Math.floor(cell / size), cell % size];
      const [place, score] = this.#bestOfBlock(row + at * step, column + across * step, step);
      scores[cell] = this.#code(score);
      if (step > 1) best[cell] = place;
    }
    return { frame: { step, size, low: this.#low, high: this.#high }, scores, best };
  }

  /**
   * The plane of largest magnitude in a block, the first of several: its index in the block, and
   * its score.
   */
  #bestOfBlock(row: number, column: number, step: number): [place: number, score: number] {
    let [place, found, most] = [0, Number.NaN, -1];
    for (let k = 0; k < step * step; k += 1) {
      const [i, j] = [row + Math.floor(k / step), column + (k % step)];
      const score = i < this.#m && j < this.#m ? (this.#matrix[i * this.#m + j] ?? 0) : Number.NaN;
      if (Math.abs(score) > most) [place, found, most] = [k, score, Math.abs(score)];
    }
    return [place, found];
  }

  #code(score: number): number {
    if (Number.isNaN(score) || this.#low === null || this.#high === null) return 0;
    const span = this.#high - this.#low || 1;
    return 1 + Math.round(((score - this.#low) * (SCORE_CODES - 1)) / span);
  }
}
