import assert from "node:assert/strict";
import { test } from "node:test";
import { CountHistogram } from "../../src/engine/count-histogram.ts";

/** Curves of planes at three angles, with many ties and large gaps. */
const CURVES = [
  [0, 3, 7],
  [2, 3, 7],
  [2, 900, 0],
  [5, 1, 7],
  [0, 0, 7],
].map((counts) => Int32Array.from(counts));

test("quantiles lie between the planes of their rank", () => {
  const histogram = new CountHistogram(3);
  for (const counts of CURVES) histogram.add(counts);
  const shares = [0, 0.25, 0.5, 0.6, 1];
  const found = [...histogram.quantiles(shares, CURVES.length)];
  const expected = [
    [0, 0, 0],
    [0, 1, 7],
    [2, 3, 7],
    [2, 3, 7],
    [5, 900, 7],
  ];
  assert.deepEqual(found, expected.flat());
  const between = [...histogram.quantiles([0.875], CURVES.length)];
  assert.deepEqual(between, [3.5, 451.5, 7]);
});

test("planes that were not added are dark", () => {
  const histogram = new CountHistogram(3);
  for (const counts of CURVES) histogram.add(counts);
  assert.deepEqual([...histogram.quantiles([0.5, 1], 100)], [0, 0, 0, 5, 900, 7]);
  assert.equal(new CountHistogram(3).quantiles([0.5], 0).length, 0);
});
