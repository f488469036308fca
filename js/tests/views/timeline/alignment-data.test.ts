import assert from "node:assert/strict";
import { test } from "node:test";
import { linearScale } from "../../../src/base/numbers.ts";
import {
  type AlignmentData,
  alignmentRange,
  alignmentSentence,
  curveThrough,
  stepAt,
  valueTextsAt,
} from "../../../src/views/timeline/alignment-data.ts";
import { stored } from "../../support/d3.ts";

const course = (plane: number[], ensemble: number[] = []): AlignmentData => ({
  plane: Float32Array.from(plane),
  ensemble: Float32Array.from(ensemble),
});
const near = (found: number[], expected: number[]) =>
  found.forEach((value, k) => {
    assert.ok(Math.abs(value - (expected[k] ?? Number.NaN)) < 1e-6, `${found}`);
  });

test("the range holds all values and 0, inside -1 and 1", () => {
  near(alignmentRange(course([0.5, Number.NaN], [0.2, 0.3])), [-0.05, 0.55]);
  near(alignmentRange(course([-1, 1])), [-1, 1]);
  near(alignmentRange(course([-0.4, -0.2])), [-0.45, 0.05]);
  near(alignmentRange(course([Number.NaN])), [-0.05, 0.05]);
  near(alignmentRange(course([])), [-0.05, 0.05]);
});

test("the nearest step, and the ends beyond them", () => {
  assert.deepEqual(
    [-3, 0, 0.12, 0.13, 0.5, 1, 9].map((share) => stepAt(share, 5)),
    [0, 0, 0, 1, 2, 4, 4],
  );
});

test("values are said, and what is not there is a dash", () => {
  assert.deepEqual(valueTextsAt(course([0.126, -0.5], [Number.NaN, 0.25]), 0), ["0.13", "–"]);
  assert.deepEqual(valueTextsAt(course([0.126, -0.5], [Number.NaN, 0.25]), 1), ["−0.50", "0.25"]);
  assert.deepEqual(valueTextsAt(course([0.1]), 7), ["–", "–"]);
});

test("the chart in a sentence", () => {
  assert.equal(
    alignmentSentence(course([0, 0.5, 0.75], [0, 0.25, Number.NaN]), ["a", "b", "c"], 1),
    "Alignment over 3 steps: 0.00 at a (all planes 0.00), 0.75 at c (all planes –); " +
      "on show 0.50 at b (all planes 0.25)",
  );
});

test("a line with gaps is d3's, letter by letter", () => {
  for (const [values, width, path] of stored.lines) {
    const x = linearScale([0, Math.max(1, values.length - 1)], [34, width]);
    const y = linearScale([-1, 1], [108, 8]);
    const known = values.map((value) => value ?? Number.NaN);
    assert.equal(curveThrough(known, x, y), path);
  }
});
