import { shortened } from "../../base/format.ts";
import { changeDetector } from "../../base/memoize.ts";
import { sizeCanvas } from "../../ui/canvas-size.ts";
import type { Palette } from "../../ui/stylesheet-palette.ts";
import { directionName } from "./map-text.ts";
import type { Viewport } from "./viewport.ts";

// Of the names, CSS px: at most, at least, and from the edge of their square.
const LARGEST = 13;
const SMALLEST = 11;
const MARGIN = 1;
const MOST_LETTERS = 12;
// Names of more directions are too small to read, whatever they are.
const MOST_NAMES = 32;

/** What is written on the diagonal. */
export interface DiagonalNamesScene {
  /** undefined where there is no map */
  viewport: Viewport | undefined;
  /** of the directions, where they have names of their own */
  names: readonly string[];
  nDirections: number;
  palette: Pick<Palette, "ink" | "ground">;
}

/** The directions whose square on the diagonal is all in view; none where they are too many. */
export function directionsInView({ x, y, span }: Viewport, nDirections: number): number[] {
  if (span > MOST_NAMES) return [];
  const first = Math.ceil(Math.max(x, y));
  const last = Math.min(nDirections, Math.floor(Math.min(x, y) + span)) - 1;
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => first + k);
}

/** The size at which all texts fit a square `side` wide, `widthOf` one of size 1; 0 if at none. */
export function fittingSize(
  texts: readonly string[],
  side: number,
  widthOf: (text: string) => number,
): number {
  const widest = Math.max(0, ...texts.map(widthOf));
  const size = Math.min(LARGEST, (side - 2 * MARGIN) / Math.max(widest, 1));
  return size < SMALLEST ? 0 : size;
}

/** The texts to write, all of one kind, and their size; undefined where none are legible. */
function writingOf(
  shown: readonly number[],
  names: readonly string[],
  side: number,
  widthOf: (text: string) => number,
): { texts: string[]; size: number } | undefined {
  const kinds = [
    shown.map((k) => shortened(directionName(names, k), MOST_LETTERS)),
    shown.map(String),
  ];
  for (const texts of kinds) {
    const size = fittingSize(texts, side, widthOf);
    if (size > 0 && new Set(texts).size === texts.length) return { texts, size };
  }
  return undefined;
}

/**
 * Creates a function that writes the names of the directions on the map's diagonal, where no plane
 * is: each is that of its row and of its column. Where names do not fit their numbers are written,
 * or nothing. The canvas is `side` CSS px wide.
 */
export function createDiagonalNames(canvas: HTMLCanvasElement) {
  const changed = changeDetector();

  return (side: number, { viewport, names, nDirections, palette }: DiagonalNamesScene): void => {
    const ratio = window.devicePixelRatio;
    const pixels = Math.round(side * ratio);
    const { ink, ground } = palette;
    const { x, y, span } = viewport ?? {};
    if (!changed(pixels, ratio, x, y, span, names, nDirections, ink, ground)) return;
    const context = canvas.getContext("2d");
    if (!context) return;
    sizeCanvas(canvas, pixels, pixels);
    context.clearRect(0, 0, pixels, pixels);
    const shown = viewport ? directionsInView(viewport, nDirections) : [];
    if (!viewport || shown.length === 0) return;
    const scale = pixels / viewport.span;
    const family = getComputedStyle(canvas).fontFamily;
    context.font = `${LARGEST}px ${family}`;
    const widthOf = (text: string) => context.measureText(text).width / LARGEST;
    const writing = writingOf(shown, names, scale / ratio, widthOf);
    if (!writing) return;
    context.font = `${writing.size * ratio}px ${family}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    shown.forEach((direction, k) => {
      const [left, top] = [(direction - viewport.x) * scale, (direction - viewport.y) * scale];
      context.fillStyle = ground;
      context.fillRect(left, top, scale, scale);
      context.fillStyle = ink;
      context.fillText(writing.texts[k] ?? "", left + scale / 2, top + scale / 2);
    });
  };
}
