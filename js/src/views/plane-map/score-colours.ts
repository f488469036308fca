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

/** The scores at the two ends of the colour ramp. */
export function domainOf({ by, low, high }: Pick<ScoreGridFrame, "by" | "low" | "high">): Domain {
  if (low === null || high === null) return by === "alignment" ? [-1, 1] : [0, 1];
  if (by !== "alignment") return [low, high];
  // Zero is the middle, and the ends are round, so that colours keep their meaning from ε to ε.
  const most = Math.min(
    1,
    niceCeiling(Math.max(Math.abs(low), Math.abs(high), FAINT), ROUND_NUMBERS),
  );
  return [-most, most];
}

/** The index of a score's colour among `levels`; where all scores are equal, the last. */
export function levelOf(score: number, [low, high]: Domain, levels: number): number {
  const share = high > low ? (score - low) / (high - low) : 1;
  return Math.round(Math.min(1, Math.max(0, share)) * (levels - 1));
}

/** The RGBA bytes of all cells, row by row; transparent where there is no score. */
export function mapPixels(grid: ScoreGrid, domain: Domain, ramp: Ramp): Ramp {
  // Four bytes at once, in whatever order the machine has them.
  const colours = new Uint32Array(ramp.slice().buffer);
  const pixels = new Uint32Array(grid.values.length);
  grid.values.forEach((value, k) => {
    const score = scoreOf(value, grid);
    if (score !== null) pixels[k] = colours[levelOf(score, domain, colours.length)] ?? 0;
  });
  return new Uint8ClampedArray(pixels.buffer);
}
