import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { curveThrough } from "../src/course-data.ts";
import { linearScale, ticks } from "../src/numbers.ts";
import { closedCurve } from "../src/path.ts";

type Ends = [number, number];

/**
 * What d3 gave for the same: line() with curveLinearClosed of d3-shape 3.2.1, ticks and values of
 * scaleLinear of d3-scale 4.0.3, and line() with defined(Number.isFinite) on such scales. Values are
 * random, and at the beginning of each list degenerate.
 */
const stored = JSON.parse(readFileSync(new URL("stored/d3.json", import.meta.url), "utf8")) as {
  curves: [values: number[], scale: number, most: number, path: string][];
  ticks: [low: number, high: number, count: number, ticks: number[]][];
  scales: [...from: Ends, ...to: Ends, value: number, scaled: number][];
  lines: [values: (number | null)[], width: number, path: string][];
};

test("a closed curve is d3's, letter by letter", () => {
  for (const [values, scale, most, path] of stored.curves) {
    assert.equal(closedCurve(values, scale, most), path);
  }
});

test("ticks are d3's", () => {
  for (const [low, high, count, expected] of stored.ticks) {
    assert.deepEqual(ticks(low, high, count), expected, `${low} to ${high}, ${count}`);
  }
});

test("a linear scale is d3's, bit by bit", () => {
  for (const [low, high, start, end, value, expected] of stored.scales) {
    assert.equal(linearScale([low, high], [start, end])(value), expected);
  }
});

test("a line with gaps is d3's, letter by letter", () => {
  for (const [values, width, path] of stored.lines) {
    const x = linearScale([0, Math.max(1, values.length - 1)], [34, width]);
    const y = linearScale([-1, 1], [108, 8]);
    const known = values.map((value) => value ?? Number.NaN);
    assert.equal(curveThrough(known, x, y), path);
  }
});
