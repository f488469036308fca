import { changeDetector } from "../../base/memoize.ts";
import { sizeCanvas } from "../../ui/canvas-size.ts";
import { element } from "../../ui/elements.ts";
import { createStylesheetPalette } from "../../ui/stylesheet-palette.ts";
import {
  beyondChord,
  coloursOf,
  type DensityCells,
  type Pixels,
  pixelsOf,
  SIDES,
  type Side,
} from "./density-cells.ts";

/** Draws the cells on a canvas, one pixel each. */
function fill(sheet: HTMLCanvasElement, cells: DensityCells, ramp: Pixels, side: Side): void {
  const { bins } = cells;
  sizeCanvas(sheet, bins, bins);
  const pixels = new ImageData(pixelsOf(cells, coloursOf(cells, ramp, side)), bins, bins);
  sheet.getContext("2d")?.putImageData(pixels, 0, 0);
}

/** Gives all that is drawn on a canvas one colour; opacities stay. */
export function tint(canvas: HTMLCanvasElement, colour: string): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  context.globalCompositeOperation = "source-in";
  context.fillStyle = colour;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.globalCompositeOperation = "source-over";
}

// So much larger is the picture than its cells: smooth.
const LARGER = 2;

type Corner = readonly [x: number, y: number];

/** Draws the sheet enlarged, clipped to the disc and to the corners. */
function enlarge(canvas: HTMLCanvasElement, sheet: HTMLCanvasElement, corners?: Corner[]): void {
  const side = LARGER * sheet.width;
  sizeCanvas(canvas, side, side);
  const context = canvas.getContext("2d");
  if (!context) return;
  const half = side / 2;
  context.clearRect(0, 0, side, side);
  context.save();
  context.beginPath();
  context.arc(half, half, half, 0, 2 * Math.PI);
  context.clip();
  if (corners) {
    context.beginPath();
    for (const [x, y] of corners) context.lineTo(half + half * x, half - half * y);
    context.clip();
  }
  context.imageSmoothingQuality = "high";
  context.drawImage(sheet, 0, 0, side, side);
  context.restore();
}

/** Whether cells are drawn in one colour; a ratio has colours of its own. */
const isTinted = (cells: DensityCells | undefined): boolean => cells?.kind === "density";

/** What is drawn of a density. */
export interface DensityPicture {
  cells: DensityCells | undefined;
  /** whether the cells belong to other values than those asked for */
  pending: boolean;
  theta: number;
  epsilon: number;
  /** radius of the disc, in widths of `parent` */
  radius: number;
}

/**
 * Creates the canvases of the samples' density under all else that is drawn in `parent`: one of all
 * cells, and one of those beyond the spotlight's chord, in the colour of the light.
 */
export function createDensityCanvas(parent: HTMLElement) {
  const make = (name: string) =>
    element("canvas", { class: `srm-density srm-density-${name}`, "aria-hidden": "true" });
  const canvases = { unlit: make("unlit"), lit: make("lit") };
  const sheets = { unlit: element("canvas"), lit: element("canvas") };
  parent.prepend(canvases.unlit, canvases.lit);
  const palettes = createStylesheetPalette(parent);
  const tints = new Map<Side, string>();
  const changed = changeDetector();
  const turned = changeDetector();
  const sized = changeDetector();
  let styles = 0;

  const tintOf = (side: Side): string => {
    const known = tints.get(side) ?? getComputedStyle(canvases[side]).color;
    tints.set(side, known);
    return known;
  };
  const colour = (cells: DensityCells) => {
    const { ramp } = palettes.of("alignment");
    for (const side of isTinted(cells) ? SIDES : (["unlit"] as const)) {
      fill(sheets[side], cells, ramp, side);
      if (isTinted(cells)) tint(sheets[side], tintOf(side));
    }
  };
  const draw = ({ cells, pending, theta, epsilon, radius }: DensityPicture) => {
    const tinted = isTinted(cells);
    canvases.unlit.hidden = !cells;
    canvases.lit.hidden = !tinted;
    if (!cells) return;
    for (const side of SIDES) canvases[side].classList.toggle("srm-pending", pending);
    if (sized(radius)) {
      for (const side of SIDES) canvases[side].style.inlineSize = `${200 * radius}%`;
    }
    const { density, kind, low, high } = cells;
    const isNew = changed(density, kind, low, high, styles);
    if (isNew) {
      colour(cells);
      enlarge(canvases.unlit, sheets.unlit);
    }
    const turn = turned(theta, epsilon);
    if (tinted && (isNew || turn)) enlarge(canvases.lit, sheets.lit, beyondChord(theta, epsilon));
  };
  const restyle = () => {
    styles += 1;
    palettes.restyle();
    tints.clear();
  };
  return { draw, restyle };
}
