/**
 * The part of the map in view: a square in units of directions, rows downwards. Points are on the
 * map's picture, from (0, 0) to (1, 1).
 */

import type { Point } from "../../base/angles.ts";
import type { MapWindow, Pair } from "../../protocol/frames.ts";
import { MOST_CELLS } from "../../protocol/limits.ts";
import type { ScoreGrid } from "./map-grid.ts";

/** The part of the map in view. */
export interface Viewport {
  /** first column and first row in view, with fractions */
  x: number;
  y: number;
  span: number;
}

// So close a plane is a square to put a finger on.
const CLOSEST = 4;

/** The smallest span that can be zoomed to. */
export const closest = (nDirections: number): number => Math.min(nDirections, CLOSEST);

/** The viewport of the whole map. */
export const wholeMap = (nDirections: number): Viewport => ({ x: 0, y: 0, span: nDirections });

const clamped = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));

/** The nearest viewport within the map. */
export function within({ x, y, span }: Viewport, nDirections: number): Viewport {
  const side = clamped(span, closest(nDirections), nDirections);
  const most = nDirections - side;
  return { x: clamped(x, 0, most), y: clamped(y, 0, most), span: side };
}

/** Whether the whole map is in view. */
export const isWholeMap = ({ span }: Viewport, nDirections: number): boolean => span >= nDirections;

/** The viewport zoomed by `factor`; the point at `place` stays there, or moves to `to`. */
export function zoomed(
  viewport: Viewport,
  factor: number,
  place: Point,
  nDirections: number,
  to = place,
): Viewport {
  const span = clamped(viewport.span / factor, closest(nDirections), nDirections);
  const x = viewport.x + place.x * viewport.span - to.x * span;
  const y = viewport.y + place.y * viewport.span - to.y * span;
  return within({ x, y, span }, nDirections);
}

/** The viewport after a drag by (x, y), in units of the picture. */
export function panned(viewport: Viewport, by: Point, nDirections: number): Viewport {
  const { x, y, span } = viewport;
  return within({ x: x - by.x * span, y: y - by.y * span, span }, nDirections);
}

/** The plane (row, column) at a point, or undefined outside the map. */
export function planeAt(viewport: Viewport, place: Point, nDirections: number): Pair | undefined {
  const row = Math.floor(viewport.y + place.y * viewport.span);
  const column = Math.floor(viewport.x + place.x * viewport.span);
  const inside = row >= 0 && column >= 0 && row < nDirections && column < nDirections;
  return inside ? [row, column] : undefined;
}

/** The middle of a plane's square. */
export function centreOf(viewport: Viewport, [row, column]: Pair): Point {
  return {
    x: (column + 0.5 - viewport.x) / viewport.span,
    y: (row + 0.5 - viewport.y) / viewport.span,
  };
}

/** Whether the middle of a plane's square is in view. */
export function isInView(viewport: Viewport, pair: Pair): boolean {
  const { x, y } = centreOf(viewport, pair);
  return x >= 0 && y >= 0 && x <= 1 && y <= 1;
}

/** The viewport scrolled just so far that a plane and some of what lies around it is in view. */
export function scrolledTo(viewport: Viewport, [row, column]: Pair, nDirections: number): Viewport {
  const margin = Math.min(2, (viewport.span - 1) / 2);
  const along = (start: number, index: number) =>
    clamped(start, index + 1 + margin - viewport.span, index - margin);
  const moved = { ...viewport, x: along(viewport.x, column), y: along(viewport.y, row) };
  return within(moved, nDirections);
}

/** The plane `rows` below and `columns` to the right, skipping the diagonal, where no plane is. */
export function neighbour(pair: Pair, rows: number, columns: number, nDirections: number): Pair {
  const last = nDirections - 1;
  const go = (a: number, b: number): Pair => [
    clamped(pair[0] + a, 0, last),
    clamped(pair[1] + b, 0, last),
  ];
  const next = go(rows, columns);
  if (next[0] !== next[1]) return next;
  const beyond = go(rows + Math.sign(rows), columns + Math.sign(columns));
  if (beyond[0] !== beyond[1]) return beyond;
  // At the map's edge the diagonal is the end: the last plane before it.
  return [next[0] - Math.sign(rows), next[1] - Math.sign(columns)];
}

// What is asked for around the view, so that a little panning needs nothing new.
const WINDOW_MARGIN = 0.25;

/** The window to ask for: the viewport and a margin. */
export function windowAround(viewport: Viewport, nDirections: number): MapWindow {
  const side = Math.min(nDirections, Math.ceil(viewport.span * (1 + 2 * WINDOW_MARGIN)) + 1);
  const first = (start: number) =>
    clamped(Math.floor(start - viewport.span * WINDOW_MARGIN), 0, nDirections - side);
  return [first(viewport.y), first(viewport.x), side];
}

const cellStep = (side: number): number => Math.ceil(side / MOST_CELLS);

function containsViewport(grid: ScoreGrid, { x, y, span }: Viewport): boolean {
  const side = grid.step * grid.size;
  const { row, column } = grid;
  return column <= x && row <= y && x + span <= column + side && y + span <= row + side;
}

/** Whether a tile shows all of the viewport in as much detail as there is. */
export function isEnough(
  tile: ScoreGrid | undefined,
  viewport: Viewport,
  nDirections: number,
): boolean {
  const [, , side] = windowAround(viewport, nDirections);
  return tile !== undefined && tile.step <= cellStep(side) && containsViewport(tile, viewport);
}

/** The window to ask the kernel for, or undefined where what is here will do. */
export function missingWindow(
  viewport: Viewport,
  overview: ScoreGrid | undefined,
  tile: ScoreGrid | undefined,
  nDirections: number,
): MapWindow | undefined {
  if (!overview || overview.step === 1 || isWholeMap(viewport, nDirections)) return undefined;
  const around = windowAround(viewport, nDirections);
  const closer = cellStep(around[2]) < overview.step;
  return closer && !isEnough(tile, viewport, nDirections) ? around : undefined;
}
