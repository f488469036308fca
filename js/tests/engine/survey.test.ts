import assert from "node:assert/strict";
import { test } from "node:test";
import { countArcs } from "../../src/engine/arcs.ts";
import { planeArcs } from "../../src/engine/curve.ts";
import { LayerSamples } from "../../src/engine/layer-samples.ts";
import type { PayloadStep } from "../../src/engine/payload.ts";
import { planeIndexOf } from "../../src/engine/plane-index.ts";
import { overallAlignment, type Survey, scoresOf, surveySteps } from "../../src/engine/survey.ts";
import { DEFAULT_RESOLUTION } from "../../src/protocol/limits.ts";
import { layerSamplesOf, numbers, payloadOf, type Shape, unitRows } from "../support/page-data.ts";

/** The survey, and how often it let others have their turn. */
function surveyed(shape: Shape, epsilon: number): { survey: Survey; yields: number } {
  return surveyOf(layerSamplesOf(shape), epsilon);
}

function surveyOf(layer: LayerSamples, epsilon: number): { survey: Survey; yields: number } {
  const steps = surveySteps(layer, epsilon, 0.1);
  let yields = 0;
  let next = steps.next();
  while (!next.done) {
    yields += 1;
    next = steps.next();
  }
  return { survey: next.value, yields };
}

/** Of each plane the peak, the samples lit and the alignment, from all samples of its own curve. */
function plainly(layer: LayerSamples, epsilon: number) {
  const found: [position: number, peak: number, n: number, alignment: number][] = [];
  for (let i = 0; i < layer.nDirections; i += 1) {
    for (let j = i + 1; j < layer.nDirections; j += 1) {
      if (!layer.spans(i, j)) continue;
      const { arcs, alignment } = planeArcs(layer.plane([i, j]), epsilon);
      if (alignment === null) continue;
      const peak = Math.max(...countArcs(arcs, DEFAULT_RESOLUTION));
      found.push([planeIndexOf([i, j], layer.nDirections), peak, arcs.samples.length, alignment]);
    }
  }
  return found;
}

function countsOf(survey: Survey) {
  const { lit } = survey;
  const scores = scoresOf(survey, "alignment");
  return lit.position.map((position, k) => [position, lit.peak[k], lit.nLit[k], scores[k]]);
}

const OBLIQUE = unitRows(12, 5);
const MIN_SQUARED_SINE = Float64Array.from([...unitRows(4, 5), ...unitRows(4, 5).map((x) => -x)]);

const DEAD = OBLIQUE.map((x, k) => (k < 5 || (k >= 35 && k < 40) ? 0 : x));

for (const [name, shape] of [
  ["standard basis", { n: 400, d: 7 }],
  ["oblique directions", { n: 400, d: 5, m: 12, basis: OBLIQUE }],
  ["antiparallel directions", { n: 400, d: 5, m: 8, basis: MIN_SQUARED_SINE }],
  ["directions of zeros", { n: 400, d: 5, m: 12, basis: DEAD }],
  ["two directions, one sample", { n: 1, d: 2 }],
] as const) {
  test(`${name}: no plane is missed, and none is lit by samples that are not there`, () => {
    for (const epsilon of [-0.4, 0, 0.03, 0.3, 0.7, 0.95, 1]) {
      const { survey } = surveyed(shape, epsilon);
      const planes = plainly(survey.layer, epsilon);
      assert.deepEqual(countsOf(survey), planes, `ε = ${epsilon}`);
      const [all, sum] = planes.reduce(
        ([samples, cosines], [, , n, alignment]) => [samples + n, cosines + n * alignment],
        [0, 0],
      );
      const overall = overallAlignment(survey);
      assert.ok(all === 0 ? Number.isNaN(overall) : Math.abs(overall - sum / all) < 1e-12);
      const { nDirections: m } = survey.layer;
      assert.equal(survey.nPlanes + survey.skipped.length, (m * (m - 1)) / 2);
    }
  });
}

test("a survey knows the layer's moments, whatever ε, where its basis is orthonormal", () => {
  const layer = layerSamplesOf({ n: 400, d: 7 });
  const [one, other] = [0.3, 1].map((epsilon) => surveyOf(layer, epsilon).survey.moments);
  // Of samples that fill a cube: its corners draw them away from the axes.
  assert.ok(one && one.alignment < -0.1 && one.alignment > -0.6 && one.participation > 2);
  assert.equal(one, other);
  const oblique = surveyed({ n: 400, d: 5, m: 12, basis: OBLIQUE }, 0.5).survey;
  assert.equal(oblique.moments, undefined);
});

/** Directions of which each second one is near to the one before it, or to its opposite. */
function nearParallelRows(m: number, d: number): Float64Array {
  const rows = unitRows(m, d);
  for (let i = 1; i < m; i += 2) {
    const noise = numbers(d, 100 + i);
    const sign = i % 4 === 1 ? 1 : -1;
    const near = Array.from(noise, (x, k) => sign * (rows[(i - 1) * d + k] ?? 0) + x * 0.18);
    const length = Math.hypot(...near);
    near.forEach((x, k) => {
      rows[i * d + k] = x / length;
    });
  }
  return rows;
}

test("directions near to parallel: their planes are searched among all samples", () => {
  const [m, d] = [12, 20];
  const basis = nearParallelRows(m, d);
  const layer = layerSamplesOf({ n: 4000, d, m, basis });
  const cosines = [0, 2, 4, 6, 8, 10].map((i) => layer.planeFrame(i, i + 1).g);
  assert.ok(
    cosines.every((g) => Math.abs(g) > 0.8 && Math.abs(g) < 0.97),
    `${cosines}`,
  );
  assert.ok(cosines.some((g) => g < 0) && cosines.some((g) => g > 0));
  for (const epsilon of [0.5, 0.6, 0.7, 0.8]) {
    const { survey } = surveyOf(layer, epsilon);
    assert.deepEqual(countsOf(survey), plainly(layer, epsilon), `ε = ${epsilon}`);
  }
});

/** A sample of two equal coordinates in each of the planes, and many more of zeros. */
function equalCoordinates(d: number, value: number): LayerSamples {
  const payload = payloadOf({ n: 400, d });
  const columns = Array.from({ length: d }, () => new Float32Array(400));
  let sample = 0;
  for (let i = 0; i < d; i += 1) {
    for (let j = i + 1; j < d; j += 1) {
      for (const axis of [i, j]) (columns[axis] as Float32Array)[sample] = value;
      sample += 1;
    }
  }
  return new LayerSamples(payload, { ...payload.steps[0], columns } as PayloadStep);
}

test("of two equal coordinates both are those of an anchor: no plane is missed at their radius", () => {
  for (let hundredths = 36; hundredths <= 70; hundredths += 2) {
    const layer = equalCoordinates(8, hundredths / 100);
    const { survey } = surveyOf(layer, layer.plane([0, 1]).points.radius(0));
    assert.equal(survey.lit.position.length, 28, `${hundredths}`);
    assert.deepEqual(countsOf(survey), plainly(layer, survey.epsilon));
  }
});

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
