import type { Score } from "../protocol/frames.ts";

/** RGBA bytes of a colour ramp. */
export type Ramp = Uint8ClampedArray<ArrayBuffer>;

/** The colours of a score. */
export interface Palette {
  ramp: Ramp;
  ink: string;
  ground: string;
  /** of the lines where there is no value */
  hatch: string;
}

const STOPS = 5;
const LEVELS = 256;

/** A ramp through colours at equal distances. */
function rampThrough(colours: readonly string[]): Ramp {
  const canvas = document.createElement("canvas");
  canvas.width = LEVELS;
  canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return new Uint8ClampedArray(4 * LEVELS);
  const gradient = context.createLinearGradient(0.5, 0, LEVELS - 0.5, 0);
  colours.forEach((colour, k) => {
    gradient.addColorStop(k / (colours.length - 1), colour);
  });
  context.fillStyle = gradient;
  context.fillRect(0, 0, LEVELS, 1);
  return context.getImageData(0, 0, LEVELS, 1).data as Ramp;
}

/** Gives the colours of each score. */
export interface StylesheetPalette {
  /** the palette of a score; the same object as long as its colours are the same */
  of(by: Score): Palette;
  /**
   * says that colours may have changed: reading them makes the browser lay out, so they are kept
   * until then
   */
  restyle(): void;
}

/**
 * Reads the palettes of the stylesheet off hidden nodes that have these colours, since custom
 * properties are not resolved by themselves.
 */
export function createStylesheetPalette(parent: HTMLElement): StylesheetPalette {
  const node = document.createElement("span");
  node.className = "srm-inks";
  node.setAttribute("aria-hidden", "true");
  const swatches = Array.from({ length: STOPS + 3 }, () => document.createElement("i"));
  node.append(...swatches);
  parent.append(node);
  let last: { key: string; palette: Palette } | undefined;
  const read = new Map<Score, Palette>();

  const palette = (by: Score): Palette => {
    node.classList.toggle("srm-inks-diverging", by !== "peak");
    const colours = swatches.map((ink) => getComputedStyle(ink).backgroundColor);
    const key = colours.join();
    if (last?.key === key) return last.palette;
    const ramp = rampThrough(colours.slice(0, STOPS));
    const [ink = "", ground = "", hatch = ""] = colours.slice(STOPS);
    last = { key, palette: { ramp, ink, ground, hatch } };
    return last.palette;
  };
  const of = (by: Score): Palette => {
    const known = read.get(by) ?? palette(by);
    read.set(by, known);
    return known;
  };
  return { of, restyle: () => read.clear() };
}
