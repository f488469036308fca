import { readFileSync } from "node:fs";

type Ends = [number, number];

/**
 * What d3 gave for the same: line() with curveLinearClosed of d3-shape 3.2.1, ticks and values of
 * scaleLinear of d3-scale 4.0.3, and line() with defined(Number.isFinite) on such scales. Values are
 * random, and at the beginning of each list degenerate.
 */
export const stored = JSON.parse(
  readFileSync(new URL("../stored/d3.json", import.meta.url), "utf8"),
) as {
  curves: [values: number[], scale: number, most: number, path: string][];
  ticks: [low: number, high: number, count: number, ticks: number[]][];
  scales: [...from: Ends, ...to: Ends, value: number, scaled: number][];
  lines: [values: (number | null)[], width: number, path: string][];
};
