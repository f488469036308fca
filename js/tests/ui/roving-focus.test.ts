import assert from "node:assert/strict";
import { test } from "node:test";
import { nextIndex } from "../../src/ui/roving-focus.ts";

const STEPS = { back: "ArrowUp", forth: "ArrowDown", page: 5 };

for (const [key, from, to] of [
  ["ArrowDown", 3, 4],
  ["ArrowDown", 9, 9],
  ["ArrowUp", 3, 2],
  ["ArrowUp", 0, 0],
  ["PageDown", 2, 7],
  ["PageDown", 7, 9],
  ["PageUp", 7, 2],
  ["PageUp", 2, 0],
  ["Home", 5, 0],
  ["End", 5, 9],
  ["ArrowRight", 5, undefined],
  ["Enter", 5, undefined],
] as const) {
  test(`${key} leads from ${from} of ten to ${to ?? "nowhere"}`, () => {
    assert.equal(nextIndex(key, from, 10, STEPS), to);
  });
}

test("among none there is nowhere to go", () => {
  assert.equal(nextIndex("Home", 0, 0, STEPS), undefined);
});
