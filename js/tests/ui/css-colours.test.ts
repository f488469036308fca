import assert from "node:assert/strict";
import { test } from "node:test";
import { hexOf, splitAlpha } from "../../src/ui/css-colours.ts";

for (const [colour, opaque, alpha] of [
  ["rgb(1, 2, 3)", "rgb(1, 2, 3)", 1],
  ["rgba(1, 2, 3, 0.25)", "rgb(1, 2, 3)", 0.25],
  ["oklab(0.5 0.1 -0.1)", "oklab(0.5 0.1 -0.1)", 1],
  ["oklab(0.5 0.1 -0.1 / 0.2)", "oklab(0.5 0.1 -0.1)", 0.2],
  ["color(srgb 1 0 0 / 5e-2)", "color(srgb 1 0 0)", 0.05],
  ["oklch(0.5 0.1 20 / 40%)", "oklch(0.5 0.1 20)", 0.4],
] as const) {
  test(`${colour} is ${opaque} of opacity ${alpha}`, () => {
    assert.deepEqual(splitAlpha(colour), { opaque, alpha });
  });
}

test("colours are written as every program reads them", () => {
  assert.equal(hexOf([0, 128, 255]), "#0080ff");
});
