import assert from "node:assert/strict";
import { test } from "node:test";
import { linearScale } from "../../../src/base/numbers.ts";
import type { NullBandFrame } from "../../../src/protocol/frames.ts";
import {
  type AlignmentData,
  alignmentRange,
  alignmentSentence,
  bandAround,
  curveThrough,
  lineNames,
  stepAt,
  turnedBand,
  turnedTextAt,
  valueTextsAt,
} from "../../../src/views/timeline/alignment-data.ts";
import { stored } from "../../support/d3.ts";

const course = (
  plane: number[],
  layer: number[] = [],
  more: Partial<AlignmentData> = {},
): AlignmentData => ({
  plane: Float32Array.from(plane),
  error: new Float32Array(plane.length).fill(Number.POSITIVE_INFINITY),
  layer: Float32Array.from(layer),
  epsilon: 0.5,
  layerEpsilon: null,
  ...more,
});
const plain = (text: string) => text.replaceAll("\u00a0", " ");
const near = (found: number[], expected: number[]) =>
  found.forEach((value, k) => {
    assert.ok(Math.abs(value - (expected[k] ?? Number.NaN)) < 1e-6, `${found}`);
  });

test("the range holds all values and 0, inside -1 and 1", () => {
  near(alignmentRange(course([0.5, Number.NaN], [0.2, 0.3])), [-0.05, 0.55]);
  near(alignmentRange(course([-1, 1])), [-1, 1]);
  near(alignmentRange(course([-0.4, -0.2])), [-0.45, 0.05]);
  near(alignmentRange(course([Number.NaN])), [-0.05, 0.05]);
  near(alignmentRange(course([])), [-0.05, 0.05]);
});

test("the range holds the errors too", () => {
  const error = Float32Array.of(0.1, 0.5);
  near(alignmentRange(course([0.5, 0], [], { error })), [-0.61, 0.71]);
  near(alignmentRange(course([0.9, -0.9], [], { error })), [-1, 1]);
});

test("the nearest step, and the ends beyond them", () => {
  assert.deepEqual(
    [-3, 0, 0.12, 0.13, 0.5, 1, 9].map((share) => stepAt(share, 5)),
    [0, 0, 0, 1, 2, 4, 4],
  );
});

test("values are said, and what is not there is a dash", () => {
  const data = course([0.126, -0.5], [Number.NaN, 0.25], { error: Float32Array.of(0.05, 0.25) });
  assert.deepEqual(valueTextsAt(data, 0).map(plain), ["+0.13 ± 0.05", "–"]);
  assert.deepEqual(valueTextsAt(data, 1).map(plain), ["−0.50 ± 0.25", "+0.25"]);
  assert.deepEqual(valueTextsAt(course([0.1]), 7), ["–", "–"]);
  assert.deepEqual(valueTextsAt(course([0.1]), 0).map(plain), ["+0.10 ± ∞", "–"]);
});

test("the lines say what they are of, and at which ε", () => {
  const names = (more: Partial<AlignmentData>) => lineNames(course([], [], more)).map(plain);
  assert.deepEqual(names({}), ["this plane at ε = 0.50", "layer, A₄"]);
  assert.deepEqual(names({ epsilon: 0.4215, layerEpsilon: 0.4215 }), [
    "this plane at ε = 0.4215",
    "all planes at ε = 0.4215",
  ]);
  assert.deepEqual(names({ epsilon: undefined, layerEpsilon: undefined }), ["this plane", "layer"]);
});

test("the chart in a sentence", () => {
  const error = Float32Array.of(0.05, 0.05, Number.NaN);
  const data = course([0, 0.5, Number.NaN], [0, 0.25, Number.NaN], { error });
  assert.equal(
    plain(alignmentSentence(data, ["a", "b", "c"], 1)),
    "Alignment over 3 steps of this plane at ε = 0.50 (in brackets: layer, A₄): " +
      "0.00 ± 0.05 at a (0.00), – at c (–); on show +0.50 ± 0.05 at b (+0.25)",
  );
});

test("the band is a standard error wide, and nothing where nothing is lit", () => {
  const [x, y] = [(step: number) => 10 * step, (value: number) => -100 * value];
  const band = (plane: number[], error: number[]) =>
    bandAround(course(plane, [], { error: Float32Array.from(error) }), x, y);
  assert.equal(band([0.5, 0], [0.1, 0.25]), "M0,-60L10,-25L10,25L0,-40Z");
  // Within what an alignment can be.
  assert.equal(band([1, -1], [0.1, 0.1]), "M0,-100L10,90L10,100L0,-90Z");
  const gap = Number.NaN;
  assert.equal(
    band([0, 0, gap, 0, 0, 0], [0.1, 0.1, gap, 0.1, gap, 0.1]),
    "M0,-10L10,-10L10,10L0,10Z" +
      "M28.5,-10L31.5,-10L31.5,10L28.5,10Z" +
      "M48.5,-10L51.5,-10L51.5,10L48.5,10Z",
  );
  assert.equal(band([0, 0], [gap, Number.POSITIVE_INFINITY]), "");
  assert.equal(band([], []), "");
});

test("a line with gaps is d3's, letter by letter", () => {
  for (const [values, width, path] of stored.lines) {
    const x = linearScale([0, Math.max(1, values.length - 1)], [34, width]);
    const y = linearScale([-1, 1], [108, 8]);
    const known = values.map((value) => value ?? Number.NaN);
    assert.equal(curveThrough(known, x, y), path);
  }
});

const TURNED = {
  state: "done",
  low: [-0.2, null, -0.1],
  high: [0.3, null, 0.1],
  kept: "mean",
  rotations: 100,
  share: 0.95,
  n_samples: 1000,
  hint: "",
} as const satisfies NullBandFrame;
const compared = course([0.1, 0.1, 0.1], [], { turned: TURNED, nSamples: 1000 });

test("the band of turned bases says what it rests on", () => {
  const said = (step: number) => plain(turnedTextAt(compared, step));
  assert.equal(said(0), "middle 95 % of 100 turned bases, mean kept: −0.20 … +0.30");
  assert.equal(said(1), "middle 95 % of 100 turned bases, mean kept: –");
  assert.equal(turnedTextAt(course([0.1]), 0), "");
  const unknown = { ...TURNED, low: [null, null], high: [null, null] };
  assert.equal(turnedTextAt({ ...compared, turned: unknown }, 0), "");
  const some = turnedTextAt({ ...compared, nSamples: 2000 }, 2);
  assert.ok(plain(some).endsWith("mean kept, on 1,000 samples: −0.10 … +0.10"), some);
  assert.ok(plain(alignmentSentence(compared, ["a", "b", "c"], 0)).endsWith(`; ${said(0)}`));
});

test("the band of turned bases is drawn and in range, with a gap where it is not known", () => {
  const [x, y] = [(step: number) => 10 * step, (value: number) => 10 * value];
  assert.equal(
    turnedBand(compared, x, y),
    "M-1.5,3L1.5,3L1.5,-2L-1.5,-2ZM18.5,1L21.5,1L21.5,-1L18.5,-1Z",
  );
  assert.equal(turnedBand(course([0.1]), x, y), "");
  near(alignmentRange(compared), [-0.25, 0.35]);
});
