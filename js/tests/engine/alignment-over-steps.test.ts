import assert from "node:assert/strict";
import { test } from "node:test";
import { alignmentSteps, LayerAlignments } from "../../src/engine/alignment-over-steps.ts";
import { planeArcs } from "../../src/engine/curve.ts";
import type { LayerSamples } from "../../src/engine/layer-samples.ts";
import { momentSteps } from "../../src/engine/moments.ts";
import { overallAlignment, surveySteps } from "../../src/engine/survey.ts";
import { layerSamplesOf, orthonormalRows, unitRows } from "../support/page-data.ts";

function ended<T>(steps: Iterator<unknown, T>): T {
  let next = steps.next();
  while (!next.done) next = steps.next();
  return next.value;
}

const seriesOf = (layers: LayerSamples[], all: boolean, known = new LayerAlignments()) =>
  ended(alignmentSteps(layers, [0, 1], 0.5, known, all));

function traced(layers: LayerSamples[], all: boolean, known?: LayerAlignments) {
  const { plane, layer } = seriesOf(layers, all, known);
  const isKnown = (values: Float32Array) => Array.from(values, Number.isFinite);
  return { plane: isKnown(plane), layer: isKnown(layer) };
}

const SMALL = layerSamplesOf({ n: 200, d: 5 });
const ROTATED = layerSamplesOf({
  n: 200,
  d: 5,
  basis: orthonormalRows(5, 5),
  orthonormal: true,
});
const OBLIQUE = layerSamplesOf({ n: 200, d: 5, basis: unitRows(5, 5) });
/** Says that it is larger than it is, and whether its basis is orthonormal. */
const large = (orthonormal: boolean): LayerSamples =>
  Object.defineProperty(layerSamplesOf({ n: 200, d: 5, orthonormal }), "nSamples", { value: 2e9 });

test("the layer's curve is A₄ where all bases are orthonormal, without a survey", () => {
  const { layer } = seriesOf([SMALL, ROTATED], false);
  const expected = [SMALL, ROTATED].map((each) => ended(momentSteps(each)).alignment);
  assert.deepEqual(layer, Float32Array.from(expected));
});

test("where one is not it is A(ε) in all steps, if surveys are wanted", () => {
  const layers = [SMALL, OBLIQUE];
  assert.deepEqual(traced(layers, false).layer, [false, false]);
  const expected = layers.map((each) => overallAlignment(ended(surveySteps(each, 0.5, 0))));
  assert.deepEqual(seriesOf(layers, true).layer, Float32Array.from(expected));
});

test("the plane's alignment comes with its standard error", () => {
  const { plane, error } = seriesOf([SMALL, OBLIQUE], false);
  [SMALL, OBLIQUE].forEach((layer, step) => {
    const { alignment, arcs } = planeArcs(layer.plane([0, 1]), 0.5);
    assert.equal(plane[step], Math.fround(Number(alignment)));
    assert.equal(error[step], Math.fround(1 / Math.sqrt(2 * arcs.samples.length)));
    assert.ok(Number(error[step]) < 1);
  });
});

test("of a step where it would take long only the plane's alignment is worked out", () => {
  for (const [layers, all] of [
    [[SMALL, large(true), SMALL], false],
    [[OBLIQUE, large(false), OBLIQUE], true],
  ] as [LayerSamples[], boolean][]) {
    const found = traced(layers, all);
    assert.deepEqual(found, { plane: [true, true, true], layer: [true, false, true] });
  }
});

test("all planes are surveyed once a step and ε, and only where they are wanted", () => {
  const known = new LayerAlignments();
  assert.deepEqual(traced([OBLIQUE, OBLIQUE], false, known).layer, [false, false]);
  known.set(0, 0.5, 0.25);
  traced([OBLIQUE, OBLIQUE], true, known);
  assert.equal(known.get(0, 0.5), 0.25);
  assert.ok(Number.isFinite(known.get(1, 0.5)));
  assert.equal(known.get(1, null), undefined);
});

test("a step whose directions span no plane has no alignment there", () => {
  const one = unitRows(1, 5);
  const parallel = layerSamplesOf({
    n: 50,
    d: 5,
    m: 2,
    basis: Float64Array.from([...one, ...one]),
  });
  assert.deepEqual(traced([SMALL, parallel], false).plane, [true, false]);
  assert.ok(Number.isNaN(seriesOf([SMALL, parallel], false).error[1]));
});
