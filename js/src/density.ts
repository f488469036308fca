import { type Cells, coloursOf, halves, type Pixels, pixelsOf, type Side } from "./cloud-data.ts";
import { afterQuiet, element } from "./dom.ts";
import { createInks } from "./map-colours.ts";
import { watchChanges } from "./path.ts";
import type { Layer } from "./polar-grid.ts";

/** A canvas of the cells, one pixel each. */
function sheetOf(cells: Cells, ramp: Pixels, side: Side): HTMLCanvasElement {
  const { bins } = cells;
  const sheet = element("canvas", { width: String(bins), height: String(bins) });
  const pixels = new ImageData(pixelsOf(cells, coloursOf(cells, ramp, side)), bins, bins);
  sheet.getContext("2d")?.putImageData(pixels, 0, 0);
  return sheet;
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
function enlarged(sheet: HTMLCanvasElement, times: number): HTMLCanvasElement {
  const side = times * sheet.width;
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
 * The samples' density: two pictures of it, one each side of the spotlight's chord. What is lit goes
 * into `over`, the rest into `under`; `parent` lends its colours.
 */
export function createDensity(parent: HTMLElement, under: Layer, over: Layer, signal: AbortSignal) {
  const add = (layer: Layer, side: Side) =>
    layer.append<SVGImageElement>("image").attr("class", `srm-density-${side}`);
  const [unlit, lit] = [add(under, "unlit"), add(over, "lit")];
  const inks = createInks(parent);
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
  const drawPixels = (cells: Cells, times: number) => {
    const { ramp } = inks.of("alignment");
    const dyed = isDyed(cells);
    for (const [side, image] of [["unlit", unlit] as const, ["lit", lit] as const]) {
      const canvas = enlarged(sheetOf(cells, ramp, side), times);
      if (dyed) dye(canvas, dyeOf(side, image.node()));
      image.attr("href", canvas.toDataURL());
    }
  };
  const refine = afterQuiet(() => latest && drawPixels(latest, LARGER), QUIET, signal);
  const draw = (cells: Cells | undefined, rim: number, theta: number, epsilon: number) => {
    const dyed = isDyed(cells);
    unlit.attr("display", cells ? null : "none");
    lit.attr("display", dyed ? null : "none");
    latest = cells;
    if (!cells) return;
    const { density, kind, low, high } = cells;
    if (changed(density, kind, low, high, styles)) {
      drawPixels(cells, 1);
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
    const clip = halves(theta, epsilon);
    lit.style("clip-path", clip.lit);
    unlit.style("clip-path", dyed ? clip.unlit : "none");
  };
  const restyle = () => {
    styles += 1;
    inks.restyle();
    dyes.clear();
  };
  return { draw, restyle };
}
