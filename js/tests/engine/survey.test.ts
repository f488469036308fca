import assert from "node:assert/strict";
import { test } from "node:test";
import { countArcs, litArcs } from "../../src/engine/arcs.ts";
import { planeIndexOf } from "../../src/engine/plane-index.ts";
import { type Survey, surveySteps } from "../../src/engine/survey.ts";
import { DEFAULT_RESOLUTION } from "../../src/protocol/limits.ts";
import { layerSamplesOf, type Shape, unitRows } from "../support/page-data.ts";

/** The survey, and how often it let others have their turn. */
function surveyed(shape: Shape, epsilon: number): { survey: Survey; yields: number } {
  const steps = surveySteps(layerSamplesOf(shape), epsilon, 0.1);
  let yields = 0;
  let next = steps.next();
  while (!next.done) {
    yields += 1;
    next = steps.next();
  }
  return { survey: next.value, yields };
}

/** Each plane's samples looked at one by one, and every sample in every plane. */
function plainly(shape: Shape, epsilon: number) {
  const layer = layerSamplesOf(shape);
  const peaks = new Map<number, number>();
  for (let i = 0; i < layer.nDirections; i += 1) {
    for (let j = i + 1; j < layer.nDirections; j += 1) {
      if (!layer.spans(i, j)) continue;
      const found = litArcs(layer.plane([i, j]).points, epsilon);
      if (found.samples.length === 0) continue;
      peaks.set(
        planeIndexOf([i, j], layer.nDirections),
        Math.max(...countArcs(found, DEFAULT_RESOLUTION)),
      );
    }
  }
  return peaks;
}

const OBLIQUE = unitRows(12, 5);
const MIN_SQUARED_SINE = Float64Array.from([...unitRows(4, 5), ...unitRows(4, 5).map((x) => -x)]);

for (const [name, shape] of [
  ["standard basis", { n: 400, d: 7 }],
  ["oblique directions", { n: 400, d: 5, m: 12, basis: OBLIQUE }],
  ["antiparallel directions", { n: 400, d: 5, m: 8, basis: MIN_SQUARED_SINE }],
  ["two directions, one sample", { n: 1, d: 2 }],
] as const) {
  test(`${name}: no plane is missed, and none is lit by samples that are not there`, () => {
    for (const epsilon of [-0.4, 0, 0.03, 0.3, 0.7, 0.95, 1]) {
      const { survey } = surveyed(shape, epsilon);
      const peaks = survey.lit.position.map((position, k) => [position, survey.lit.peak[k]]);
      assert.deepEqual(peaks, [...plainly(shape, epsilon)], `ε = ${epsilon}`);
      const { nDirections: m } = survey.layer;
      assert.equal(survey.nPlanes + survey.skipped.length, (m * (m - 1)) / 2);
    }
  });
}

test("however many samples a plane has, the page gets its turn after each", () => {
  const many = surveyed({ n: 50_000, d: 4 }, 0);
  assert.ok(many.yields >= 6, `${many.yields}`);
  const oblique = surveyed({ n: 50_000, d: 5, m: 12, basis: OBLIQUE }, 0.5);
  assert.ok(oblique.yields >= 30, `${oblique.yields}`);
});

test("where planes have few samples it does not stop after each", () => {
  const { yields } = surveyed({ n: 10, d: 40 }, 0.5);
  assert.ok(yields < 780 / 10 + 40, `${yields}`);
});
