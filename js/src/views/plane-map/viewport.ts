/** The part of the map in view: a square in units of directions, rows downwards. */

import type { Pair, Window } from "../../protocol/frames.ts";
import type { Grid } from "./map-grid.ts";

export interface View {
  /** first column and first row, with fractions */
  x: number;
  y: number;
  span: number;
}

/** A place on the map's picture, from (0, 0) to (1, 1). */
export interface Place {
  x: number;
  y: number;
}

// So close a plane is a square to put a finger on.
const CLOSEST = 4;

export const closest = (nDirections: number): number => Math.min(nDirections, CLOSEST);

export const whole = (nDirections: number): View => ({ x: 0, y: 0, span: nDirections });

const clamped = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));

/** The nearest view that lies within the map. */
export function within({ x, y, span }: View, nDirections: number): View {
  const side = clamped(span, closest(nDirections), nDirections);
  const most = nDirections - side;
  return { x: clamped(x, 0, most), y: clamped(y, 0, most), span: side };
}

export const isWhole = ({ span }: View, nDirections: number): boolean => span >= nDirections;

/** Zoomed by `factor`; what stands at `place` stays there, or moves to `to`. */
export function zoomed(
  view: View,
  factor: number,
  place: Place,
  nDirections: number,
  to = place,
): View {
  const span = clamped(view.span / factor, closest(nDirections), nDirections);
  const x = view.x + place.x * view.span - to.x * span;
  const y = view.y + place.y * view.span - to.y * span;
  return within({ x, y, span }, nDirections);
}

/** Moved along with a pointer that went by (x, y) in units of the picture. */
export function panned(view: View, by: Place, nDirections: number): View {
  const { x, y, span } = view;
  return within({ x: x - by.x * span, y: y - by.y * span, span }, nDirections);
}

/** The plane (row, column) at a place, or undefined outside the map. */
export function planeAt(view: View, place: Place, nDirections: number): Pair | undefined {
  const row = Math.floor(view.y + place.y * view.span);
  const column = Math.floor(view.x + place.x * view.span);
  const inside = row >= 0 && column >= 0 && row < nDirections && column < nDirections;
  return inside ? [row, column] : undefined;
}

/** Where the middle of a plane's square stands. */
export function placeOf(view: View, [row, column]: Pair): Place {
  return { x: (column + 0.5 - view.x) / view.span, y: (row + 0.5 - view.y) / view.span };
}

export function isInView(view: View, pair: Pair): boolean {
  const { x, y } = placeOf(view, pair);
  return x >= 0 && y >= 0 && x <= 1 && y <= 1;
}

/** Moved just so far that a plane is in view, with some of what lies around it. */
export function revealing(view: View, [row, column]: Pair, nDirections: number): View {
  const margin = Math.min(2, (view.span - 1) / 2);
  const along = (start: number, index: number) =>
    clamped(start, index + 1 + margin - view.span, index - margin);
  const moved = { ...view, x: along(view.x, column), y: along(view.y, row) };
  return within(moved, nDirections);
}

/** The plane `rows` below and `columns` to the right, over the diagonal, where no plane is. */
export function stepped(pair: Pair, rows: number, columns: number, nDirections: number): Pair {
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

// The most cells to a side that the kernel sends.
const CELLS = 256;

// What is asked for around the view, so that a little panning needs nothing new.
const MARGIN = 0.25;

/** The square to ask for: the view and a margin. */
export function windowAround(view: View, nDirections: number): Window {
  const side = Math.min(nDirections, Math.ceil(view.span * (1 + 2 * MARGIN)) + 1);
  const first = (start: number) =>
    clamped(Math.floor(start - view.span * MARGIN), 0, nDirections - side);
  return [first(view.y), first(view.x), side];
}

const stepOf = (side: number): number => Math.ceil(side / CELLS);

function covers(grid: Grid, { x, y, span }: View): boolean {
  const side = grid.step * grid.size;
  const { row, column } = grid;
  return column <= x && row <= y && x + span <= column + side && y + span <= row + side;
}

/** Whether the tile shows all of the view as closely as another one could. */
export function isEnough(tile: Grid | undefined, view: View, nDirections: number): boolean {
  const [, , side] = windowAround(view, nDirections);
  return tile !== undefined && tile.step <= stepOf(side) && covers(tile, view);
}

/** The square to ask the kernel for, or undefined where what is here will do. */
export function missingWindow(
  view: View,
  overview: Grid | undefined,
  tile: Grid | undefined,
  nDirections: number,
): Window | undefined {
  if (!overview || overview.step === 1 || isWhole(view, nDirections)) return undefined;
  const around = windowAround(view, nDirections);
  const closer = stepOf(around[2]) < overview.step;
  return closer && !isEnough(tile, view, nDirections) ? around : undefined;
}
