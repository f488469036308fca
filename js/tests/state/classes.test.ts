import assert from "node:assert/strict";
import { test } from "node:test";
import type { Legend } from "../../src/protocol/frames.ts";
import { legendOf } from "../../src/protocol/readers.ts";
import type { ScopeModel } from "../../src/protocol/traits.ts";
import {
  classColour,
  groupName,
  mostLitGroups,
  mostlyText,
  soloed,
  stackedCounts,
  toggledHidden,
  visibleGroups,
} from "../../src/state/classes.ts";
import { Model } from "../support/model.js";

const legend = (names: string[], other: number | null = null): Legend => ({
  names,
  sizes: names.map(() => 5),
  other,
  n_classes: names.length,
});

const ABC = legend(["a", "b", "c"]);

test("without labels there is no legend", () => {
  const read = (_legend: unknown) =>
    legendOf(new Model({ _legend }, () => {}).proxy() as unknown as ScopeModel);
  for (const nothing of [undefined, null, {}, { names: [] }])
    assert.equal(read(nothing), undefined);
  assert.equal(read(ABC), ABC);
});

test("what collects the rest is grey, and so is a tenth class", () => {
  const digits = legend(Array.from("0123456789"));
  const colours = (of: Legend) => of.names.map((_, k) => classColour(of, k));
  assert.deepEqual(
    colours(digits),
    Array.from("0123456789", (k) => `srm-class-${k}`),
  );
  assert.deepEqual(colours(legend(["a", "b"], 1)), ["srm-class-0", "srm-class-9"]);
});

test("a class is switched off and on", () => {
  assert.deepEqual(toggledHidden([2], 0), [0, 2]);
  assert.deepEqual(toggledHidden([0, 2], 2), [0]);
  assert.deepEqual(visibleGroups(ABC, [1]), [0, 2]);
});

test("one class alone, and all again", () => {
  const hidden = soloed(ABC, [], 1);
  assert.deepEqual(hidden, [0, 2]);
  assert.deepEqual(soloed(ABC, hidden, 2), [0, 1]);
  assert.deepEqual(soloed(ABC, hidden, 1), []);
});

test("areas are stacked from the centre outwards", () => {
  const counts = Int32Array.from([1, 2, 3, 10, 20, 30, 100, 200, 300]);
  const rows = (groups: number[]) => stackedCounts(counts, 3, groups).map((row) => [...row]);
  assert.deepEqual(rows([0, 1, 2]), [
    [1, 2, 3],
    [11, 22, 33],
    [111, 222, 333],
  ]);
  assert.deepEqual(rows([0, 2]), [
    [1, 2, 3],
    [101, 202, 303],
  ]);
  assert.deepEqual(rows([]), []);
});

test("the classes most lit come first, the dark ones not at all", () => {
  assert.deepEqual(mostLitGroups([2, 0, 48, 3], 2), [
    { group: 2, lit: 48 },
    { group: 3, lit: 3 },
  ]);
  assert.deepEqual(mostLitGroups([0, 0], 3), []);
});

test("the summary says which class is lit most", () => {
  assert.equal(mostlyText(ABC, [1, 48, 1]), "mostly b: 48 of 50");
  assert.equal(mostlyText(ABC, [10, 9, 1]), "most often a: 10 of 20");
  assert.equal(mostlyText(ABC, [0, 0, 0]), "");
  assert.equal(mostlyText(undefined, []), "");
});

test("a name is never without a letter, and never long", () => {
  assert.equal(groupName(legend([" \n"]), 0, 20), "(empty)");
  assert.equal(groupName(legend(["x".repeat(100_000)]), 0, 20).length, 20);
});
