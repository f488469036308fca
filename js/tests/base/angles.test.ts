import assert from "node:assert/strict";
import { test } from "node:test";
import { angleBetween, wrapAngle } from "../../src/base/angles.ts";

const { PI } = Math;

function near(actual: number, expected: number, tolerance = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

test("angles are wrapped into [0, 2π)", () => {
  const cases = [
    [0, 0],
    [-0.5, 2 * PI - 0.5],
    [2 * PI, 0],
    [5 * PI, PI],
    [-2 * PI, 0],
  ] as const;
  for (const [theta, wrapped] of cases) near(wrapAngle(theta), wrapped);
  for (const theta of [-1e-17, -1e-300, 1e9, -1e9]) {
    const wrapped = wrapAngle(theta);
    assert.ok(wrapped >= 0 && wrapped < 2 * PI, `${theta} became ${wrapped}`);
  }
});

test("the angle between two directions is the short way round", () => {
  near(angleBetween(0.1, 2 * PI - 0.1), 0.2);
  near(angleBetween(0, PI), PI);
  near(angleBetween(1, 3), 2);
});
