import assert from "node:assert/strict";
import { test } from "node:test";
import { linearScale, niceCeiling, roundHalfEven, ticks } from "../../src/base/numbers.ts";
import { stored } from "../support/d3.ts";

const ROUND = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

test("the radial scale ends at a round number that holds the curve", () => {
  assert.equal(niceCeiling(0.022, ROUND), 0.025);
  assert.equal(niceCeiling(0.03, ROUND), 0.03);
  assert.equal(niceCeiling(0.0301, ROUND), 0.04);
  assert.equal(niceCeiling(0, ROUND), 1);
  for (const value of [1e-9, 0.0173, 0.5, 0.9999, 7]) {
    assert.ok(niceCeiling(value, ROUND) >= value * (1 - 1e-9));
  }
});

test("of two whole numbers as near the even one is taken", () => {
  const values = [0.5, 1.5, 2.5, -0.5, -1.5, 2 ** 30 - 0.5, 0.49, 0.51];
  assert.deepEqual(
    values.map(roundHalfEven),
    [0, 2, 2, -0, -2, 2 ** 30, 0, 1].map((x) => x + 0),
  );
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
