/** Cells of the density of samples in the plane, and which samples the spotlight lights. */

import type { CloudFrame } from "../../protocol/frames.ts";
import { DENSITY_CODES } from "../../protocol/limits.ts";

/** A grid of cells with codes. */
export interface DensityCells {
  density: Uint8Array;
  bins: number;
  kind: "density" | "ratio";
  low: number;
  high: number;
}

/**
 * The cells of the samples in the plane; undefined where they are points, or do not fill the grid.
 */
export function densityCellsOf(
  frame: Pick<CloudFrame, "kind" | "bins" | "low" | "high"> | undefined,
  density: Uint8Array,
): DensityCells | undefined {
  if (frame?.kind !== "density" && frame?.kind !== "ratio") return undefined;
  const { kind, bins, low, high } = frame;
  if (low === undefined || high === undefined) return undefined;
  return bins > 0 && density.length === bins * bins
    ? { density, bins, kind, low, high }
    : undefined;
}

// What a cell with one sample is drawn with, so that it is seen and the rest stands out; among the
// light of the beam it takes more.
const FAINTEST = { unlit: 0.25, lit: 0.7 };
const STRONGEST = { unlit: 0.92, lit: 1 };

/** The two sides of the spotlight's chord. */
export const SIDES = ["unlit", "lit"] as const;

/** A side of the spotlight's chord. */
export type Side = (typeof SIDES)[number];

/** Opacity of a cell with the code `code` ≥ 1. */
export function opacityOf(code: number, side: Side): number {
  return FAINTEST[side] + ((code - 1) / (DENSITY_CODES - 1)) * (STRONGEST[side] - FAINTEST[side]);
}

/** The end of a logarithmic scale with isotropy in its middle. */
export function reachOf({ low, high }: Pick<DensityCells, "low" | "high">): number {
  return Math.max(Math.abs(low), Math.abs(high), 1e-6);
}

/** The position of a code on the scale from −reach to reach, in [0, 1]. */
export function rampPosition(
  code: number,
  { low, high }: Pick<DensityCells, "low" | "high">,
): number {
  const value = low + ((code - 1) / (DENSITY_CODES - 1)) * (high - low);
  return 0.5 + value / (2 * reachOf({ low, high }));
}

/** RGBA bytes of an image. */
export type Pixels = Uint8ClampedArray<ArrayBuffer>;

/** The RGBA bytes of all codes: opacities of black to be tinted, or colours of the ramp. */
export function coloursOf(
  cells: Pick<DensityCells, "kind" | "low" | "high">,
  ramp: Pixels,
  side: Side,
): Uint32Array {
  const colours = new Uint32Array(DENSITY_CODES + 1);
  const bytes = new Uint8ClampedArray(colours.buffer);
  const levels = (ramp.length >> 2) - 1;
  for (let code = 1; code < colours.length; code += 1) {
    if (cells.kind === "density") {
      bytes[4 * code + 3] = 255 * opacityOf(code, side);
    } else {
      const level = Math.round(rampPosition(code, cells) * levels);
      bytes.set(ramp.subarray(4 * level, 4 * level + 4), 4 * code);
    }
  }
  return colours;
}

/** The RGBA bytes of all cells, the top row first; transparent where there is no sample. */
export function pixelsOf({ density, bins }: DensityCells, colours: Uint32Array): Pixels {
  const pixels = new Uint32Array(bins * bins);
  for (let row = 0; row < bins; row += 1) {
    const from = (bins - 1 - row) * bins;
    for (let column = 0; column < bins; column += 1) {
      pixels[row * bins + column] = colours[density[from + column] ?? 0] ?? 0;
    }
  }
  return new Uint8ClampedArray(pixels.buffer);
}

// Far enough to hold the whole square, whatever the angle.
const BEYOND_DISC = 4;

/** The corners of the half-plane beyond the chord, in radii of the disc. */
export function beyondChord(theta: number, epsilon: number): [a: number, c: number][] {
  const [across, up] = [Math.cos(theta), Math.sin(theta)];
  const ends = [
    [epsilon, BEYOND_DISC],
    [epsilon, -BEYOND_DISC],
    [BEYOND_DISC, -BEYOND_DISC],
    [BEYOND_DISC, BEYOND_DISC],
  ] as const;
  return ends.map(([along, aside]) => [along * across - aside * up, along * up + aside * across]);
}

// Float32 positions of unit length may fall short of the rim by an ulp: at ε = ±1 that must not show.
const SLACK = 1e-6;

/** A function that tells whether a sample at (a, c) is lit by the spotlight at θ. */
export function litTest(theta: number, epsilon: number): (a: number, c: number) => boolean {
  const across = Math.cos(theta);
  const up = Math.sin(theta);
  return (a, c) => a * across + c * up >= epsilon - SLACK;
}
