import assert from "node:assert/strict";
import { test } from "node:test";
import { LayerSamples } from "../../src/engine/layer-samples.ts";
import {
  areMomentsCostly,
  type FourthMoments,
  kurtosisOf,
  momentSteps,
} from "../../src/engine/moments.ts";
import type { PayloadStep } from "../../src/engine/payload.ts";
import {
  at,
  dot,
  fourthOrder,
  type PlanePoint,
  participationOf,
  type Row,
  unit,
} from "../support/kernel/vectors.ts";
import { layerSamplesOf, orthonormalRows, payloadOf, type Shape } from "../support/page-data.ts";

/** The moments, and how often others had their turn. */
function momentsOf(layer: LayerSamples): FourthMoments & { yields: number } {
  const steps = momentSteps(layer);
  let yields = 0;
  let next = steps.next();
  while (!next.done) {
    assert.equal(next.value, 0);
    yields += 1;
    next = steps.next();
  }
  return { ...next.value, yields };
}

const samplesOf = ({ step, nSamples }: LayerSamples): Row[] =>
  Array.from({ length: nSamples }, (_, k) => step.columns.map((column) => at(column, k)));

function directionsOf({ step: { basis, columns }, nDirections }: LayerSamples): Row[] {
  const width = columns.length;
  return Array.from({ length: nDirections }, (_, i) =>
    basis
      ? [...basis.subarray(i * width, (i + 1) * width)]
      : columns.map((_, d) => Number(d === i)),
  );
}

/** By the definition: the mean over all planes, of unit rows. */
function plainly(layer: LayerSamples) {
  const [basis, samples] = [directionsOf(layer), samplesOf(layer).map(unit)];
  const planes = basis.flatMap((first, i) =>
    basis
      .slice(i + 1)
      .map((second) => samples.map((row): PlanePoint => [dot(row, first), dot(row, second)])),
  );
  return { alignment: fourthOrder(planes), participation: participationOf(samples, basis) };
}

/** A layer of these samples in the standard basis. */
function layerOf(rows: readonly Row[]): LayerSamples {
  const d = at(rows, 0).length;
  const payload = payloadOf({ n: rows.length, d });
  const columns = Array.from({ length: d }, (_, k) => Float32Array.from(rows, (row) => at(row, k)));
  return new LayerSamples(payload, { ...payload.steps[0], columns } as PayloadStep);
}

const rotated = (n: number, d: number, m = d): Shape => ({
  n,
  d,
  m,
  basis: orthonormalRows(m, d),
  orthonormal: true,
});

for (const [name, shape] of [
  ["the standard basis", { n: 400, d: 7 }],
  ["many samples", { n: 2500, d: 5 }],
  ["a rotated basis", rotated(400, 6)],
  ["fewer directions than dimensions", rotated(400, 9, 4)],
  ["two directions of many dimensions", rotated(300, 12, 2)],
  ["two directions, one sample", { n: 1, d: 2 }],
] as [string, Shape][]) {
  test(`${name}: A₄ and n_eff are those of all planes`, () => {
    const layer = layerSamplesOf(shape);
    const [found, expected] = [momentsOf(layer), plainly(layer)];
    for (const what of ["alignment", "participation"] as const) {
      const off = Math.abs(found[what] - Number(expected[what]));
      assert.ok(off < 1e-6, `${what} ${found[what]}, not ${expected[what]}`);
    }
  });
}

for (const shape of [{ n: 400, d: 7 }, rotated(300, 9, 4), { n: 1, d: 2 }]) {
  test(`kurtosis of ${shape.n} samples in ${shape.d} dimensions`, () => {
    const layer = layerSamplesOf(shape);
    for (const [i, direction] of directionsOf(layer).entries()) {
      const fourth = samplesOf(layer).map((row) => dot(row, direction) ** 4);
      const mean = fourth.reduce((sum, each) => sum + each, 0) / shape.n;
      const off = kurtosisOf(layer, i) - (mean * shape.d * (shape.d + 2)) / 3;
      assert.ok(Math.abs(off) < 1e-6, `${off} in direction ${i}`);
    }
  });
}

test("the kurtosis is over samples that have a direction, and in the dimensions of its step", () => {
  const layer = layerOf([[1, 0, 0], [0, 0, 0], [0, -1, 0]]); // biome-ignore format: rows
  layer.step.nZero = 1;
  assert.deepEqual(
    [0, 1, 2].map((i) => kurtosisOf(layer, i)),
    [2.5, 2.5, 0],
  );
  const wide = new LayerSamples(payloadOf({ n: 3, d: 3 }), { ...layer.step, nDims: 10 });
  assert.equal(kurtosisOf(wide, 0), 20);
  layer.step.nZero = 3;
  assert.ok(Number.isNaN(kurtosisOf(layer, 2)));
});

test("1 on the directions, −1 in the corners, and on how many of them samples stand", () => {
  const found = (rows: readonly Row[]) => {
    const { alignment, participation } = momentsOf(layerOf(rows.map(unit)));
    return [alignment, participation].map((value) => Number(value.toFixed(7)));
  };
  assert.deepEqual(found([[1, 0, 0], [0, -1, 0]]), [1, 1]); // biome-ignore format: rows
  assert.deepEqual(found([[1, 1, 1, 1], [1, -1, -1, 1]]), [-1, 4]); // biome-ignore format: rows
  assert.deepEqual(found([[1, 1], [1, -1]]), [-1, 2]); // biome-ignore format: rows
  assert.deepEqual(found([[1, 1, 0]]), [Number((-1 / 3).toFixed(7)), 2]);
});

test("rows of zeros add nothing, and of nothing else there is no alignment", () => {
  const rows = samplesOf(layerSamplesOf({ n: 50, d: 5 }));
  const zeros = Array.from({ length: 7 }, () => [0, 0, 0, 0, 0]);
  assert.deepEqual(momentsOf(layerOf([...zeros, ...rows, ...zeros])), momentsOf(layerOf(rows)));
  const nothing = momentsOf(layerOf(zeros));
  assert.ok(Number.isNaN(nothing.alignment) && Number.isNaN(nothing.participation));
});

test("in a basis of the whole space all samples count alike, however long their rows", () => {
  const [row, other] = [unit([3, 1, 0.5]), unit([1, 2, 2])];
  const longer = row.map((value) => 2 * value);
  assert.deepEqual(momentsOf(layerOf([longer, other])), momentsOf(layerOf([row, other])));
});

test("it is summed once a layer, with turns for others in between", () => {
  const layer = layerSamplesOf(rotated(40_000, 24));
  assert.ok(momentsOf(layer).yields >= 8);
  assert.equal(momentsOf(layer).yields, 0);
  assert.equal(momentsOf(layerSamplesOf({ n: 500, d: 30 })).yields, 0);
});

test("what takes long is known before", () => {
  const large = (layer: LayerSamples) =>
    Object.create(layer, { nSamples: { value: 1e7 } }) as LayerSamples;
  const [standard, turned] = [{ n: 5, d: 30 }, rotated(5, 30)].map((shape) =>
    areMomentsCostly(large(layerSamplesOf(shape))),
  );
  assert.deepEqual([standard, turned], [false, true]);
});
