import {
  beyondChord,
  type Cells,
  coloursOf,
  type Pixels,
  pixelsOf,
  type Side,
} from "./cloud-data.ts";
import { afterQuiet, element } from "./dom.ts";
import { createInks } from "./map-colours.ts";
import { watchChanges } from "./path.ts";
import type { Layer } from "./polar-grid.ts";

/** Puts the cells on a canvas, one pixel each. */
function fill(sheet: HTMLCanvasElement, cells: Cells, ramp: Pixels, side: Side): void {
  const { bins } = cells;
  if (sheet.width !== bins) sheet.width = sheet.height = bins;
  const pixels = new ImageData(pixelsOf(cells, coloursOf(cells, ramp, side)), bins, bins);
  // Read back each time, to be encoded.
  sheet.getContext("2d", { willReadFrequently: true })?.putImageData(pixels, 0, 0);
}

/** Gives all that is drawn on a canvas one colour, and leaves the opacities. */
export function dye(canvas: HTMLCanvasElement, colour: string): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  context.globalCompositeOperation = "source-in";
  context.fillStyle = colour;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.globalCompositeOperation = "source-over";
}

// So much larger is the picture than its cells: smooth. It takes as long as a frame, so while planes
// go by the cells are as large as they are.
const LARGER = 3;
const QUIET = 120;

/** Enlarges the sheet, and cuts out the disc. */
function enlarged(sheet: HTMLCanvasElement): HTMLCanvasElement {
  const side = LARGER * sheet.width;
  const canvas = element("canvas", { width: String(side), height: String(side) });
  const context = canvas.getContext("2d");
  if (!context) return canvas;
  context.arc(side / 2, side / 2, side / 2, 0, 2 * Math.PI);
  context.clip();
  context.imageSmoothingQuality = "high";
  context.drawImage(sheet, 0, 0, side, side);
  return canvas;
}

/** A ratio has its colours already, the same on both sides. */
const isDyed = (cells: Cells | undefined): boolean => cells?.kind === "density";

/**
 * The samples' density: a picture of it in `under`, and over it, in `over`, what lies beyond the
 * spotlight's chord; `parent` lends its colours.
 */
export function createDensity(parent: HTMLElement, under: Layer, over: Layer, signal: AbortSignal) {
  const add = (layer: Layer, side: Side) =>
    layer.append<SVGImageElement>("image").attr("class", `srm-density-${side}`);
  const [unlit, lit] = [add(under, "unlit"), add(over, "lit")];
  const inks = createInks(parent);
  const sheet = document.createElement("canvas");
  const dyes = new Map<Side, string>();
  const changed = watchChanges();
  const turned = watchChanges();
  const sized = watchChanges();
  let styles = 0;
  let latest: Cells | undefined;

  const dyeOf = (side: Side, node: Element | null): string => {
    const known = dyes.get(side) ?? (node ? getComputedStyle(node).color : "");
    dyes.set(side, known);
    return known;
  };
  const drawPixels = (cells: Cells, fine: boolean) => {
    const { ramp } = inks.of("alignment");
    const dyed = isDyed(cells);
    const pictures = [["unlit", unlit] as const, ["lit", lit] as const];
    for (const [side, image] of pictures.slice(0, dyed ? 2 : 1)) {
      fill(sheet, cells, ramp, side);
      const canvas = fine ? enlarged(sheet) : sheet;
      if (dyed) dye(canvas, dyeOf(side, image.node()));
      image.attr("href", canvas.toDataURL());
    }
  };
  const refine = afterQuiet(() => latest && drawPixels(latest, true), QUIET, signal);
  const draw = (cells: Cells | undefined, rim: number, theta: number, epsilon: number) => {
    const dyed = isDyed(cells);
    unlit.attr("display", cells ? null : "none");
    lit.attr("display", dyed ? null : "none");
    latest = cells;
    if (!cells) return;
    const { density, kind, low, high } = cells;
    if (changed(density, kind, low, high, styles)) {
      drawPixels(cells, false);
      refine();
    }
    for (const image of sized(rim) ? [unlit, lit] : []) {
      image
        .attr("x", -rim)
        .attr("y", -rim)
        .attr("width", 2 * rim)
        .attr("height", 2 * rim);
    }
    // A turn of the beam moves this border, and draws no pixel.
    if (!turned(theta, epsilon, dyed)) return;
    // The one below is whole: two borders that move would cost more than all else of a frame.
    lit.style("clip-path", beyondChord(theta, epsilon));
  };
  const restyle = () => {
    styles += 1;
    inks.restyle();
    dyes.clear();
  };
  return { draw, restyle };
}
