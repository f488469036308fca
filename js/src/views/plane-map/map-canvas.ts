import type { Point } from "../../base/angles.ts";
import type { Pair } from "../../protocol/frames.ts";
import { sizeCanvas } from "../../ui/canvas-size.ts";
import type { Palette } from "../../ui/stylesheet-palette.ts";
import type { MapData, ScoreGrid } from "./map-grid.ts";
import { domainOf, mapPixels } from "./score-colours.ts";
import { centreOf, type Viewport } from "./viewport.ts";

/** What is drawn of the map. */
export interface MapScene {
  viewport: Viewport;
  data: MapData;
  palette: Palette;
  /** the plane on show */
  pair: Pair;
  /** the cell under the pointer: its first plane and its side */
  hovered: { pair: Pair; step: number } | undefined;
}

/** Creates a canvas with a pixel for each cell, redrawn when the grid or a colour changes. */
function createGridPixels() {
  const sheet = document.createElement("canvas");
  let last: { grid: ScoreGrid; palette: Palette; key: string } | undefined;
  return (grid: ScoreGrid, palette: Palette, of: ScoreGrid): HTMLCanvasElement => {
    // The tile in the overview's colours: one colour means one score.
    const domain = domainOf(of);
    const key = [grid.by, ...domain, grid.low, grid.high].join();
    const sameCells = last?.grid.values === grid.values && last.grid.lit === grid.lit;
    if (sameCells && last?.palette === palette && last.key === key) return sheet;
    last = { grid, palette, key };
    sizeCanvas(sheet, grid.size, grid.size);
    const pixels = new ImageData(mapPixels(grid, domain, palette.ramp), grid.size, grid.size);
    sheet.getContext("2d")?.putImageData(pixels, 0, 0);
    return sheet;
  };
}

type Context = CanvasRenderingContext2D;

interface Square {
  left: number;
  top: number;
  side: number;
}

/** The square on the canvas of directions from `row` and `column` on, px. */
function squareOf(
  viewport: Viewport,
  [row, column]: Pair,
  directions: number,
  pixels: number,
): Square {
  const scale = pixels / viewport.span;
  const left = (column - viewport.x) * scale;
  return { left, top: (row - viewport.y) * scale, side: directions * scale };
}

function drawGrid(
  context: Context,
  sheet: HTMLCanvasElement,
  grid: ScoreGrid,
  viewport: Viewport,
): void {
  const pixels = context.canvas.width;
  const { left, top, side } = squareOf(
    viewport,
    [grid.row, grid.column],
    grid.step * grid.size,
    pixels,
  );
  context.imageSmoothingEnabled = side < grid.size;
  context.clearRect(left, top, side, side);
  context.drawImage(sheet, left, top, side, side);
}

// Cells so large, CSS px, are parted by a line.
const PARTED = 12;

function drawSeams(context: Context, viewport: Viewport, ground: string, ratio: number): void {
  const pixels = context.canvas.width;
  const scale = pixels / viewport.span;
  if (scale < PARTED * ratio) return;
  context.fillStyle = ground;
  const width = Math.round(ratio);
  for (let k = Math.ceil(viewport.x); k < viewport.x + viewport.span; k += 1) {
    context.fillRect(Math.round((k - viewport.x) * scale - width / 2), 0, width, pixels);
  }
  for (let k = Math.ceil(viewport.y); k < viewport.y + viewport.span; k += 1) {
    context.fillRect(0, Math.round((k - viewport.y) * scale - width / 2), pixels, width);
  }
}

// A marker of a cell too small to see is so wide, CSS px.
const VISIBLE = 11;

/** Marks a square with a frame of two tones, so that it stands out on every colour. */
function drawMarker(
  context: Context,
  frame: Square,
  line: number,
  { ink, ground }: Palette,
  ratio: number,
): void {
  const side = Math.max(frame.side - line * ratio, VISIBLE * ratio);
  const shift = (frame.side - side) / 2;
  const last = context.canvas.width - side - ratio;
  const at = (start: number) => Math.min(Math.max(start + shift, ratio), last);
  context.lineJoin = "round";
  for (const [colour, width] of [
    [ground, line + 2],
    [ink, line],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width * ratio;
    context.strokeRect(at(frame.left), at(frame.top), side, side);
  }
}

const isInside = ({ x, y }: Point): boolean => x > 0 && y > 0 && x < 1 && y < 1;

/**
 * Creates a function that draws the map on `canvas` at the size it is shown; nothing where there is
 * no map.
 */
export function createMapCanvas(canvas: HTMLCanvasElement) {
  const context = canvas.getContext("2d");
  const sheets = { overview: createGridPixels(), tile: createGridPixels() };

  return ({ viewport, data, palette, pair, hovered }: MapScene, side: number): void => {
    const ratio = window.devicePixelRatio;
    const pixels = Math.round(side * ratio);
    if (!context || pixels === 0) return;
    sizeCanvas(canvas, pixels, pixels);
    context.clearRect(0, 0, pixels, pixels);
    const { overview, tile } = data;
    if (!overview) return;
    for (const [name, grid] of Object.entries({ overview, tile })) {
      if (!grid) continue;
      const sheet = sheets[name as "overview" | "tile"](grid, palette, overview);
      drawGrid(context, sheet, grid, viewport);
    }
    drawSeams(context, viewport, palette.ground, ratio);
    const mirror: Pair = [pair[1], pair[0]];
    const marks = [
      [mirror, 1, 1],
      [pair, 1, 2.5],
    ] as const;
    for (const [plane, step, line] of hovered
      ? [[hovered.pair, hovered.step, 1.5] as const, ...marks]
      : marks) {
      if (step === 1 && !isInside(centreOf(viewport, plane))) continue;
      drawMarker(context, squareOf(viewport, plane, step, pixels), line, palette, ratio);
    }
  };
}
