/** The map of all planes as grids of scores. */

import type {
  MapFrame,
  Pair,
  ScoreGridFrame,
  SurveyFrame,
  TileFrame,
} from "../../protocol/frames.ts";
import { MEASURES, SCORE_CODES } from "../../protocol/limits.ts";
import type { DecodedArrays } from "../../state/decoded-arrays.ts";

/** A square grid of cells with scores. */
export interface ScoreGrid extends ScoreGridFrame {
  /** first direction of the rows, and of the columns */
  row: number;
  column: number;
  /** codes of the scores, row by row: 0 for none, else 1 … 65535 from `low` to `high` */
  values: Uint16Array;
  /** index in its cell of the plane that the score is of; empty where a cell is one plane */
  best: Uint16Array;
  /** samples lit in that plane, at most 65,535 */
  lit: Uint16Array;
}

/** The score that a code stands for, or null for none. */
export function scoreOf(
  value: number,
  { low, high }: Pick<ScoreGridFrame, "low" | "high">,
): number | null {
  if (value === 0 || low === null || high === null) return null;
  return low + ((value - 1) / (SCORE_CODES - 1)) * (high - low);
}

/** A cell of the map, and the planes in it. */
export interface MapCell {
  row: number;
  column: number;
  /** the plane that the cell shows: its best, or the one asked for where none is known */
  pair: Pair;
  score: number | null;
  /** samples lit in that plane, at most 65,535 */
  lit: number;
  /** number of planes in the cell */
  shared: number;
  /** the first plane in the cell */
  first: Pair;
}

/** The number of planes in a block of `rows` times `columns` directions. */
function planesIn([i, j]: Pair, rows: number, columns: number): number {
  const common = Math.max(0, Math.min(i + rows, j + columns) - Math.max(i, j));
  return rows * columns - common - (common * (common - 1)) / 2;
}

/** The cell of a grid that holds the plane (row, column), or undefined outside. */
export function cellOf(grid: ScoreGrid, [i, j]: Pair, nDirections: number): MapCell | undefined {
  const { step, size } = grid;
  const row = Math.floor((i - grid.row) / step);
  const column = Math.floor((j - grid.column) / step);
  if (row < 0 || column < 0 || row >= size || column >= size) return undefined;
  const at = row * size + column;
  const score = scoreOf(grid.values[at] ?? 0, grid);
  const best = grid.best[at];
  const first: Pair = [grid.row + row * step, grid.column + column * step];
  const known = score !== null && best !== undefined;
  const pair: Pair = known
    ? [first[0] + Math.floor(best / step), first[1] + (best % step)]
    : [i, j];
  const directions = (from: number) => Math.min(step, nDirections - from);
  const shared = planesIn(first, directions(first[0]), directions(first[1]));
  return { row, column, pair, score, lit: grid.lit[at] ?? 0, shared, first };
}

const NO_BEST = new Uint16Array();

function gridOf(
  scores: ScoreGridFrame,
  [row, column]: readonly number[],
  values: Uint16Array,
  best: Uint16Array,
  lit: Uint16Array,
) {
  const { by, surveyed, epsilon, step, size, low, high } = scores;
  const fills = ({ length }: Uint16Array) => length > 0 && length === size * size;
  if (!fills(values) || !fills(lit)) return undefined;
  const whole = fills(best) ? best : NO_BEST;
  const origin = { row: row ?? 0, column: column ?? 0 };
  return { by, surveyed, epsilon, step, size, low, high, ...origin, values, best: whole, lit };
}

/** The map as it is on show. */
export interface MapData {
  /** of the survey, or how far it is where there is none yet */
  frame: MapFrame | SurveyFrame | undefined;
  overview: ScoreGrid | undefined;
  /** the window that was asked for at full detail, if it is of the same survey */
  tile: ScoreGrid | undefined;
}

/** Whether the survey has scores, of a measure that is known. */
export const isSurveyed = (frame: MapFrame | SurveyFrame | undefined): frame is MapFrame =>
  frame !== undefined && "by" in frame && MEASURES.includes(frame.by);

/** The arrays of the map and of its window. */
type MapArrays = Pick<
  DecodedArrays,
  "map" | "mapBest" | "mapLit" | "tile" | "tileBest" | "tileLit"
>;

/** The map of the traits, and its window if it is of the same survey. */
export function mapDataOf(
  frame: MapFrame | SurveyFrame | undefined,
  near: Partial<TileFrame> | null,
  { map, mapBest, mapLit, tile, tileBest, tileLit }: MapArrays,
): MapData {
  if (!isSurveyed(frame)) return { frame, overview: undefined, tile: undefined };
  const overview = gridOf(frame, [0, 0], map, mapBest, mapLit);
  if (!near?.window || !overview) return { frame, overview, tile: undefined };
  const alike = near.by === frame.by && near.epsilon === frame.epsilon;
  if (!alike || near.surveyed !== frame.surveyed) return { frame, overview, tile: undefined };
  const closer = gridOf(near as TileFrame, near.window, tile, tileBest, tileLit);
  return { frame, overview, tile: closer };
}
