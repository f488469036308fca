import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "../../../src/base/numbers.ts";
import type { DecodedArrays } from "../../../src/state/decoded-arrays.ts";
import { comparisonCurveOf, comparisonPeak } from "../../../src/views/polar/comparison-curve.ts";

const arrays = {
  compared: Int32Array.of(0, 10, 4),
  signedCompared: Int32Array.of(-12, 12, 3),
} as unknown as DecodedArrays;
const FRAME = { step: 0, n_samples: 50, isotropic: 0.02, peak: 10 };

test("a count is a share of the samples of its own step", () => {
  const found = comparisonCurveOf(FRAME, arrays, false, undefined);
  assert.deepEqual([found?.values, found?.perCount], [arrays.compared, 1 / 50]);
  assert.equal(comparisonPeak(found), 0.2);
  assert.equal(comparisonPeak(comparisonCurveOf(FRAME, arrays, true, undefined)), 0.24);
});

test("gains are compared with gains: each step has its own isotropy", () => {
  // 1 × stands at 0.01 for the step on show and would at 0.02 for this one.
  const found = comparisonCurveOf(FRAME, arrays, false, 0.01);
  assert.equal(found?.perCount, 0.01 / 0.02 / 50);
  const dark = comparisonCurveOf({ ...FRAME, isotropic: 0 }, arrays, false, 0.01);
  assert.equal(dark?.perCount, 1 / 50);
});

test("where nothing is compared there is no curve", () => {
  assert.equal(comparisonCurveOf({}, arrays, false, undefined), undefined);
  assert.equal(comparisonCurveOf(null, arrays, false, undefined), undefined);
  const none = { ...arrays, compared: new Int32Array() };
  assert.equal(comparisonCurveOf(FRAME, none, false, undefined), undefined);
  assert.equal(comparisonPeak(undefined), 0);
});

test("the nearest level; without levels the value itself", () => {
  assert.equal(nearest([], 0.63), 0.63);
  assert.deepEqual(
    [-1, 0.59, 0.61, 0.9].map((value) => nearest([0.5, 0.7, 0.8], value)),
    [0.5, 0.5, 0.7, 0.8],
  );
});
