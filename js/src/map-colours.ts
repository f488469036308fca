/** Scores to colours: the colours are the stylesheet's, their order along the scores is here. */

import { niceCeiling } from "./geometry.ts";
import { type Grid, type Score, type Scores, scoreOf } from "./map-data.ts";

export type Domain = [low: number, high: number];

// An alignment so near zero deserves no full colour.
const FAINT = 0.1;

/** The scores at the two ends of the ramp. */
export function domainOf({ by, low, high }: Pick<Scores, "by" | "low" | "high">): Domain {
  if (low === null || high === null) return by === "alignment" ? [-1, 1] : [0, 1];
  if (by !== "alignment") return [low, high];
  // Zero is the middle, and the ends are round, so that colours keep their meaning from ε to ε.
  const most = Math.min(1, niceCeiling(Math.max(Math.abs(low), Math.abs(high), FAINT)));
  return [-most, most];
}

/** Which of `levels` colours a score has; where all scores are equal, the last. */
export function levelOf(score: number, [low, high]: Domain, levels: number): number {
  const share = high > low ? (score - low) / (high - low) : 1;
  return Math.round(Math.min(1, Math.max(0, share)) * (levels - 1));
}

export type Ramp = Uint8ClampedArray<ArrayBuffer>;

/** RGBA of all cells, row by row; where there is no score, nothing. */
export function coloured(grid: Grid, domain: Domain, ramp: Ramp): Ramp {
  // Four bytes at once, in whatever order the machine has them.
  const colours = new Uint32Array(ramp.slice().buffer);
  const pixels = new Uint32Array(grid.values.length);
  grid.values.forEach((value, k) => {
    const score = scoreOf(value, grid);
    if (score !== null) pixels[k] = colours[levelOf(score, domain, colours.length)] ?? 0;
  });
  return new Uint8ClampedArray(pixels.buffer);
}

export interface Palette {
  ramp: Ramp;
  ink: string;
  ground: string;
}

const STOPS = 5;
const LEVELS = 256;

/** Colours at equal distances, and all between them. */
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

export interface Inks {
  /** a palette, the same object as long as its colours are the same */
  of(by: Score): Palette;
  /** colours may have changed: to read them the browser has to lay out, so they are kept till then */
  restyle(): void;
}

/**
 * Reads the stylesheet's colours off nodes that wear them, since custom properties are not resolved
 * by themselves.
 */
export function createInks(parent: HTMLElement): Inks {
  const node = document.createElement("span");
  node.className = "srm-inks";
  node.setAttribute("aria-hidden", "true");
  const inks = Array.from({ length: STOPS + 2 }, () => document.createElement("i"));
  node.append(...inks);
  parent.append(node);
  let last: { key: string; palette: Palette } | undefined;
  const read = new Map<Score, Palette>();

  const palette = (by: Score): Palette => {
    node.classList.toggle("srm-inks-diverging", by === "alignment");
    const colours = inks.map((ink) => getComputedStyle(ink).backgroundColor);
    const key = colours.join();
    if (last?.key === key) return last.palette;
    const ramp = rampThrough(colours.slice(0, STOPS));
    const [ink = "", ground = ""] = colours.slice(STOPS);
    last = { key, palette: { ramp, ink, ground } };
    return last.palette;
  };
  const of = (by: Score): Palette => {
    const known = read.get(by) ?? palette(by);
    read.set(by, known);
    return known;
  };
  return { of, restyle: () => read.clear() };
}
