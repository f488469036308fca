import assert from "node:assert/strict";
import { test } from "node:test";
import type { Legend } from "../../../src/protocol/frames.ts";
import { classEntries, curveEntries } from "../../../src/views/readout/legend-entries.ts";
import { FRAME, LAYER } from "../../support/fakes.ts";

const LEGEND: Legend = {
  names: ["cat", "", "x".repeat(80)],
  sizes: [5, 4, 3],
  other: 2,
  n_classes: 9,
};

const STATE = {
  signed: false,
  frame: { ...FRAME, peak: 3 },
  layer: LAYER,
  legend: LEGEND,
  by_class: false,
  steps: ["first", "last"],
  compare: -1,
  step: 1,
};

const ARRAYS = {
  marks: new Float32Array(),
  ensemble: new Float32Array(),
  compared: new Int32Array(),
};

const PLANES = { n_planes: 523_776, n_lit: 523_776 };

const named = (state: Partial<typeof STATE>, arrays: Partial<typeof ARRAYS> = {}) => [
  ...curveEntries({ ...STATE, ...state }, { ...ARRAYS, ...arrays }, PLANES).keys(),
];

test("the band's entry says in how many groups the samples hang together", () => {
  const text = (n_clusters: number | null) =>
    curveEntries({ ...STATE, layer: { ...LAYER, n_clusters } }, ARRAYS, PLANES).get("band");
  assert.deepEqual([null, 1, 1200].map(text), [
    "95 % interval",
    "95 % interval (1 group)",
    "95 % interval (1,200 groups)",
  ]);
});

test("the entry of all planes says of how many, and how many are lit", () => {
  const text = (n_lit: number, ensemble: Float32Array) =>
    curveEntries(STATE, { ...ARRAYS, ensemble }, { ...PLANES, n_lit }).get("ensemble");
  const some = Float32Array.of(0, 0, 0, 0.1, 0.2);
  assert.equal(text(523_776, some), "all 523,776 planes: median, 25–75, 5–95 %");
  assert.equal(text(1200, some), "1,200 lit planes of 523,776: median, 25–75, 5–95 %");
  assert.equal(
    text(1200, new Float32Array(5)),
    "1,200 lit planes of 523,776: 95 % of them light nothing at any one angle",
  );
  assert.equal(text(0, new Float32Array()), undefined);
  const only = curveEntries(STATE, { ...ARRAYS, ensemble: some }, { n_planes: 1, n_lit: 1 });
  assert.equal(only.get("ensemble"), undefined);
});

test("the legend of the curves names what there is to see, in one order", () => {
  assert.deepEqual(named({}), ["curve", "band", "isotropic", "beam"]);
  assert.deepEqual(named({ by_class: true }), ["curve", "isotropic", "beam"]);
  assert.deepEqual(named({ frame: { ...FRAME, peak: 0 } }), ["curve", "isotropic", "beam"]);
  const all = {
    marks: new Float32Array(2),
    ensemble: new Float32Array(5),
    compared: new Int32Array(4),
  };
  const rest = ["ensemble", "isotropic", "beam", "mark", "compared"];
  assert.deepEqual(named({}, all), ["curve", "band", ...rest]);
  assert.deepEqual(named({ signed: true }, all), [
    "positive",
    "negative",
    "beam",
    "mark",
    "compared",
  ]);
});

test("the step that is compared with is named, and whether it came before", () => {
  const compared = new Int32Array(4);
  const text = (compare: number, step: number) =>
    curveEntries({ ...STATE, compare, step }, { ...ARRAYS, compared }, PLANES).get("compared");
  assert.equal(text(0, 1), "before: first");
  assert.equal(text(1, 0), "after: last");
});

test("the legend of the classes has each group, its colour and whether it is on", () => {
  assert.deepEqual(classEntries({ legend: undefined, hidden_classes: [0] }), []);
  const [cat, unnamed, rest] = classEntries({ legend: LEGEND, hidden_classes: [1] });
  assert.deepEqual(cat, { name: "cat", colour: "srm-class-0", visible: true });
  assert.notEqual(unnamed?.name, "");
  assert.equal(unnamed?.visible, false);
  assert.equal(rest?.colour, "srm-class-9");
  assert.equal(Array.from(rest?.name ?? "").length, 60);
});
