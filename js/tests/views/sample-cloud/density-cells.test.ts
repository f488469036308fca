import assert from "node:assert/strict";
import { test } from "node:test";
import type { CloudFrame } from "../../../src/protocol/frames.ts";
import { endTexts } from "../../../src/views/sample-cloud/cloud-legend.ts";
import {
  beyondChord,
  coloursOf,
  densityCellsOf,
  litTest,
  opacityOf,
  type Pixels,
  pixelsOf,
  rampPosition,
} from "../../../src/views/sample-cloud/density-cells.ts";
import { CLOUD } from "../../support/fakes.ts";

const frame = (more: Partial<CloudFrame>): CloudFrame => ({
  ...CLOUD,
  bins: 2,
  low: 0,
  high: 1,
  ...more,
});
const RAMP: Pixels = Uint8ClampedArray.from(
  Array.from({ length: 101 }, (_, k) => [k, 0, 0, 255]).flat(),
);

test("cells are there only where they fill their grid", () => {
  const four = Uint8Array.from([1, 2, 3, 4]);
  assert.equal(densityCellsOf(frame({ kind: "points" }), four), undefined);
  assert.equal(densityCellsOf(frame({ kind: "density" }), four.subarray(1)), undefined);
  assert.equal(densityCellsOf(frame({ kind: "density", bins: 0 }), new Uint8Array()), undefined);
  assert.equal(densityCellsOf(undefined, four), undefined);
  assert.equal(densityCellsOf({ ...CLOUD, kind: "density", bins: 2 }, four), undefined);
  assert.equal(densityCellsOf(frame({ kind: "density" }), four)?.density, four);
});

test("the first row of cells is at the bottom of the picture, an empty cell is clear", () => {
  const cells = densityCellsOf(frame({ kind: "density" }), Uint8Array.from([0, 255, 1, 0]));
  assert.ok(cells);
  const pixels = pixelsOf(cells, coloursOf(cells, RAMP, "unlit"));
  const opacities = [3, 7, 11, 15].map((k) => pixels[k]);
  const [faint, strong] = [1, 255].map((code) => Math.round(255 * opacityOf(code, "unlit")));
  assert.deepEqual(opacities, [faint, 0, 0, strong]);
});

test("isotropy is in the middle of the colours, whatever the ends", () => {
  const scale = { low: -1, high: 3 };
  assert.ok(Math.abs(rampPosition(255, scale) - 1) < 1e-12);
  assert.ok(Math.abs(rampPosition(1, scale) - 1 / 3) < 1e-12);
  const one = 1 + 254 / 4;
  assert.ok(Math.abs(rampPosition(one, scale) - 0.5) < 1e-12);
  const colours = new Uint8Array(coloursOf({ kind: "ratio", ...scale }, RAMP, "unlit").buffer);
  assert.deepEqual([...colours.subarray(4 * 255, 4 * 255 + 4)], [100, 0, 0, 255]);
  assert.deepEqual([...colours.subarray(0, 4)], [0, 0, 0, 0]);
});

test("a grid in which all cells are alike has a colour", () => {
  for (const level of [0, 2]) {
    const place = rampPosition(1, { low: level, high: level });
    assert.equal(place, level === 0 ? 0.5 : 1);
  }
});

test("what is lit begins at the chord, and holds all that is beyond it", () => {
  for (const [theta, epsilon] of [
    [0.7, 0.5],
    [4, -0.3],
    [3, 1],
  ] as const) {
    const along = ([a, c]: [number, number]) => a * Math.cos(theta) + c * Math.sin(theta);
    const aside = ([a, c]: [number, number]) => c * Math.cos(theta) - a * Math.sin(theta);
    const near = (value: number, wanted: number) => assert.ok(Math.abs(value - wanted) < 1e-12);
    const reached = beyondChord(theta, epsilon);
    assert.equal(reached.length, 4);
    [epsilon, epsilon, 4, 4].forEach((value, k) => {
      near(along(reached[k] ?? [0, 0]), value);
    });
    [4, -4, -4, 4].forEach((value, k) => {
      near(aside(reached[k] ?? [0, 0]), value);
    });
  }
});

test("the key says what its ends are", () => {
  const ends = (kind: "density" | "ratio", low: number, high: number) => {
    const {
      low: first,
      one,
      high: last,
    } = endTexts({
      density: new Uint8Array(),
      bins: 0,
      kind,
      low,
      high,
    });
    return [first, one, last];
  };
  assert.deepEqual(ends("density", 0, Math.log10(40)), ["1", "", "40 a cell"]);
  assert.deepEqual(ends("density", 0, 0), ["", "", "1 a cell"]);
  assert.deepEqual(ends("ratio", -2, 3), ["10⁻²", "1", "10³ ×"]);
  assert.deepEqual(ends("ratio", -0.1, 3), ["", "1", "10³ ×"]);
  assert.deepEqual(ends("ratio", -1, 0.1), ["0.1", "", "1.3 ×"]);
  assert.deepEqual(ends("ratio", 1, 6), ["10", "", "≥ 10⁶ ×"]);
  assert.deepEqual(ends("ratio", 6, 6), ["", "", "≥ 10⁶ ×"]);
});

const { PI } = Math;

test("a sample is lit beyond the chord, equality and float32 rounding included", () => {
  const lit = litTest(PI / 2, 0.5);
  assert.ok(lit(0, 0.5));
  assert.ok(lit(0.8, 0.55));
  assert.ok(!lit(0.8, 0.499));
  assert.ok(litTest(1, 1)(Math.fround(Math.cos(1)), Math.fround(Math.sin(1))));
  assert.ok(litTest(1, 0)(0, 0));
  assert.ok(!litTest(1, 0.01)(0, 0));
});
