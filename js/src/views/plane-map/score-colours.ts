/** Maps scores to the colours of the stylesheet. */

import { niceCeiling } from "../../base/numbers.ts";
import type { ScoreGridFrame } from "../../protocol/frames.ts";
import { ROUND_NUMBERS } from "../../protocol/limits.ts";
import type { Ramp } from "../../ui/stylesheet-palette.ts";
import { type ScoreGrid, scoreOf } from "./map-grid.ts";

/** The scores at the two ends of the colour ramp. */
export type Domain = [low: number, high: number];

// An alignment so near zero deserves no full colour.
const FAINT = 0.1;

// Nor a coactivation that is found where directions have nothing to do with each other.
const EXPECTED_BY_CHANCE = 3;

/** The scores at the two ends of the colour ramp. */
export function domainOf({ by, low, high }: Pick<ScoreGridFrame, "by" | "low" | "high">): Domain {
  if (low === null || high === null) return by === "peak" ? [0, 1] : [-1, 1];
  if (by === "peak") return [low, high];
  // Zero is the middle, and the ends are round, so that colours keep their meaning from ε to ε.
  const [least, limit] = by === "alignment" ? [FAINT, 1] : [EXPECTED_BY_CHANCE, Infinity];
  const most = niceCeiling(Math.max(Math.abs(low), Math.abs(high), least), ROUND_NUMBERS);
  return [-Math.min(limit, most), Math.min(limit, most)];
}

/** The index of a score's colour among `levels`; where all scores are equal, the last. */
export function levelOf(score: number, [low, high]: Domain, levels: number): number {
  const share = high > low ? (score - low) / (high - low) : 1;
  return Math.round(Math.min(1, Math.max(0, share)) * (levels - 1));
}

/** Samples that make an alignment opaque: of so many its standard error is a quarter. */
export const OPAQUE_FROM = 8;

/** Whether some cells are faint: they show the alignment of few samples. */
export const hasFaintCells = ({ by, lit }: Pick<ScoreGrid, "by" | "lit">): boolean =>
  by === "alignment" && lit.some((n) => n > 0 && n < OPAQUE_FROM);

/** The ramp in all opacities, from none in steps of 1 / `OPAQUE_FROM`, one after another. */
function fadedRamps(ramp: Ramp): Ramp {
  const faded = new Uint8ClampedArray(ramp.length * (OPAQUE_FROM + 1));
  for (let n = 0; n <= OPAQUE_FROM; n += 1) {
    const start = n * ramp.length;
    faded.set(ramp, start);
    for (let k = 3; k < ramp.length; k += 4) {
      faded[start + k] = ((ramp[k] ?? 0) * n) / OPAQUE_FROM;
    }
  }
  return faded;
}

/**
 * The RGBA bytes of all cells, row by row; transparent where there is no score, and faint where an
 * alignment is that of few samples.
 */
export function mapPixels(grid: ScoreGrid, domain: Domain, ramp: Ramp): Ramp {
  // Four bytes at once, in whatever order the machine has them.
  const colours = new Uint32Array(fadedRamps(ramp).buffer);
  const levels = ramp.length >> 2;
  const { values, lit, by } = grid;
  const pixels = new Uint32Array(values.length);
  values.forEach((value, k) => {
    const score = scoreOf(value, grid);
    if (score === null) return;
    const opacity = by === "alignment" ? Math.min(lit[k] ?? 0, OPAQUE_FROM) : OPAQUE_FROM;
    pixels[k] = colours[opacity * levels + levelOf(score, domain, levels)] ?? 0;
  });
  return new Uint8ClampedArray(pixels.buffer);
}
