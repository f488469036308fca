import assert from "node:assert/strict";
import { test } from "node:test";
import { alignmentSteps, EnsembleAlignments } from "../../src/engine/alignment-over-steps.ts";
import type { LayerSamples } from "../../src/engine/layer-samples.ts";
import { layerSamplesOf, unitRows } from "../support/page-data.ts";

function traced(layers: LayerSamples[], all: boolean, ensembles = new EnsembleAlignments()) {
  const steps = alignmentSteps(layers, [0, 1], 0.5, ensembles, all);
  let next = steps.next();
  while (!next.done) next = steps.next();
  const known = (values: Float32Array) => Array.from(values, Number.isFinite);
  return { plane: known(next.value.plane), ensemble: known(next.value.ensemble) };
}

const SMALL = layerSamplesOf({ n: 200, d: 5 });
/** Says that it is larger than it is. */
const LARGE = Object.defineProperty(layerSamplesOf({ n: 200, d: 5 }), "nSamples", { value: 2e9 });

test("of a step whose survey would take long only the plane's alignment is worked out", () => {
  const found = traced([SMALL, LARGE, SMALL], true);
  assert.deepEqual(found, { plane: [true, true, true], ensemble: [true, false, true] });
});

test("all planes are surveyed once a step and ε, and only where they are wanted", () => {
  const ensembles = new EnsembleAlignments();
  assert.deepEqual(traced([SMALL, SMALL], false, ensembles).ensemble, [false, false]);
  ensembles.set(0, 0.5, 0.25);
  traced([SMALL, SMALL], true, ensembles);
  assert.equal(ensembles.get(0, 0.5), 0.25);
  assert.ok(Number.isFinite(ensembles.get(1, 0.5)));
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
});
