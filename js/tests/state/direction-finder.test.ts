import assert from "node:assert/strict";
import { test } from "node:test";
import type { TableRow } from "../../src/protocol/frames.ts";
import { DirectionFinder } from "../../src/state/direction-finder.ts";

const row = (direction: number, sign: 1 | -1, label: string | null): TableRow => {
  const [group, share] = label === null ? [null, null] : [0, 0.5];
  return [direction, sign, "", 5, 1, label, group, share, share, []];
};

const found = (names: string[], typed: string, rows: TableRow[] = [], most = 8) =>
  new DirectionFinder(names)
    .find(typed, rows, most)
    .best.map(({ direction, sign }) => `${sign < 0 ? "-" : "+"}${direction}`)
    .join(" ");

const NAMES = ["scatter", "Cat", "catalogue", "dog", "café", "3", "b₁₂", "-x"];

for (const [typed, expected] of [
  ["", ""],
  ["  ", ""],
  ["cat", "+1 +2 +0"],
  ["CAT ", "+1 +2 +0"],
  ["ca", "+1 +2 +4 +0"],
  ["cafe", "+4"],
  ["CAFÉ", "+4"],
  ["b12", "+6"],
  ["12", "+6"],
  // by number and by name
  ["3", "+3 +5"],
  ["-3", "-3 -5"],
  ["−cat", "-1 -2 -0"],
  ["+ cat", "+1 +2 +0"],
  // a name that begins so
  ["-x", "+7"],
  ["99999999999999999999", ""],
  ["nothing like it", ""],
] as const) {
  test(`"${typed}" is found in ${expected || "no name"}`, () => {
    assert.equal(found(NAMES, typed), expected);
  });
}

test("labels come after names, of the sign that has them", () => {
  const rows = [row(3, -1, "cat"), row(5, 1, "wildcat"), row(2, -1, "dog"), row(7, 1, null)];
  assert.equal(found(NAMES, "cat", rows), "+1 -2 +0 -3 +5");
  assert.equal(found(NAMES, "-cat", rows), "-1 -2 -0 -3");
  assert.equal(found(NAMES, "+cat", rows), "+1 +2 +0 +5");
  const finder = new DirectionFinder(NAMES);
  const labelled = finder.find("cat", rows, 8).best.map(({ label }) => label);
  assert.deepEqual(labelled, [undefined, "dog", undefined, "cat", "wildcat"]);
});

test("the first of equals, and how many there are", () => {
  const names = Array.from({ length: 1000 }, (_, k) => `n${k}`);
  const finder = new DirectionFinder(names);
  const { best, total } = finder.find("n", [], 3);
  assert.deepEqual([best.map(({ name }) => name), total], [["n0", "n1", "n2"], 1000]);
  assert.equal(finder.find("n999", [], 3).total, 1);
  assert.deepEqual(
    finder.find("7", [], 2).best.map(({ direction }) => direction),
    [7, 17],
  );
});
