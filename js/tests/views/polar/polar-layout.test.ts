import assert from "node:assert/strict";
import { test } from "node:test";
import { ringsOf } from "../../../src/views/polar/grid.ts";
import { labelNames, polarLayout } from "../../../src/views/polar/polar-layout.ts";

const LONG: [string, string] = ["encoder.layer3.neuron_1", "encoder.layer3.neuron_2"];

test("the disc keeps its size from plane to plane of a numbered basis", () => {
  for (const [nDirections, last] of [
    [16, "b15"],
    [1000, "b999"],
    [4096, "b4095"],
  ] as const) {
    const few = polarLayout(490, ["b0", "b1"], nDirections);
    assert.deepEqual(polarLayout(490, ["b9", last], nDirections), few);
  }
});

test("names have room beside the disc and what is too long is cut", () => {
  for (const width of [296, 336, 490, 600]) {
    const all: [string, string][] = [["b0", "b1"], ["left", "right"], LONG];
    for (const names of all) {
      const { rim, labels, letters } = polarLayout(width, names, 64);
      const room = width / 2 - labels;
      const text = `+${labelNames(names, [0, 1], letters)[0]}`;
      assert.ok(Array.from(text).length <= letters + 1);
      assert.ok(room >= 7 * text.length, `${room} px for ${text} at ${width}`);
      assert.ok(rim > 0.22 * width, `rim of ${rim} at ${width}`);
    }
  }
});

test("names that would look the same give way to numbers", () => {
  assert.deepEqual(labelNames(LONG, [3, 7], 9), ["enco…on_1", "enco…on_2"]);
  const alike: [string, string] = ["feature 0: the label of it", "feature 1: the label of it"];
  assert.deepEqual(labelNames(alike, [3, 7], 9), ["b3", "b7"]);
  assert.deepEqual(labelNames(["same", "same"], [3, 7], 9), ["same", "same"]);
});

test("the picture is no higher than disc and labels need", () => {
  const { width, height, rim } = polarLayout(490, ["b0", "b1"], 16);
  assert.ok(height < width);
  assert.ok(height > 2 * rim + 40);
});

test("no width makes a disc without size", () => {
  assert.ok(polarLayout(10, LONG, 2).rim > 0);
  assert.ok(polarLayout(400, [], 0).rim > 0);
});

test("rings stand at few round values up to the scale's end", () => {
  const { values, labels } = ringsOf({ maximum: 0.03, unit: undefined });
  assert.deepEqual(values, [0.01, 0.02, 0.03]);
  assert.deepEqual(labels, ["1\u00a0%", "2\u00a0%", "3\u00a0%"]);
  for (const unit of [undefined, 0.004, 3e-13, 1]) {
    for (const maximum of [0.001, 0.015, 0.025, 0.4, 1]) {
      const rings = ringsOf({ maximum, unit });
      assert.ok(rings.values.length >= 2 && rings.values.length <= 5);
      assert.ok(rings.values.every((value) => value > 0 && value <= maximum * (1 + 1e-9)));
      assert.equal(rings.labels.length, new Set(rings.labels).size);
    }
  }
});

test("rings of gain are round multiples of what isotropy would light", () => {
  const { values, labels } = ringsOf({ maximum: 0.025, unit: 0.004 });
  assert.deepEqual(
    values.map((value) => Math.round(value / 0.004)),
    [2, 4, 6],
  );
  assert.deepEqual(labels, ["2\u00a0×", "4\u00a0×", "6\u00a0×"]);
});
