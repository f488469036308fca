import assert from "node:assert/strict";
import { test } from "node:test";
import { codedDensity } from "../../src/engine/coded-density.ts";
import {
  ensembleDensitySteps,
  isotropicCount,
  isotropicCounts,
} from "../../src/engine/ensemble-density.ts";
import type { LayerSamples } from "../../src/engine/layer-samples.ts";
import { BINS, DENSITY_CODES } from "../../src/protocol/limits.ts";
import { layerSamplesOf, type Shape, unitRows } from "../support/page-data.ts";

const HALF = BINS / 2;

function counted(layer: LayerSamples, epsilon: number) {
  const steps = ensembleDensitySteps(layer, epsilon);
  const shares: number[] = [];
  let next = steps.next();
  while (!next.done) {
    shares.push(next.value);
    next = steps.next();
  }
  return { density: next.value, shares };
}

/** The same word by word: every sample of every plane, one after another. */
function plainly(layer: LayerSamples, epsilon: number) {
  const counts: number[] = Array(BINS * BINS).fill(0);
  let [nPlanes, nLit] = [0, 0];
  const bin = (value: number) => Math.min(BINS - 1, Math.floor((value + 1) * HALF));
  for (let i = 0; i < layer.nDirections; i += 1) {
    for (let j = i + 1; j < layer.nDirections; j += 1) {
      if (!layer.spans(i, j)) continue;
      nPlanes += 1;
      const { a, c } = layer.plane([i, j]).points;
      a.forEach((x, k) => {
        const y = c[k] ?? 0;
        if (epsilon > 0 && Math.hypot(x, y) < epsilon) return;
        const cell = BINS * bin(y) + bin(x);
        counts[cell] = (counts[cell] ?? 0) + 1;
        nLit += 1;
      });
    }
  }
  return { counts, nPlanes, nLit };
}

const OBLIQUE = unitRows(12, 5);
const TWICE = Float64Array.from([...unitRows(4, 5), ...unitRows(4, 5).map((x) => -x)]);

for (const [name, shape] of [
  ["standard basis", { n: 400, d: 7 }],
  ["oblique directions", { n: 400, d: 5, m: 12, basis: OBLIQUE }],
  ["antiparallel directions", { n: 400, d: 5, m: 8, basis: TWICE }],
  ["two directions, one sample", { n: 1, d: 2 }],
] satisfies [string, Shape][]) {
  test(`all planes are those of one plane after another: ${name}`, () => {
    const layer = layerSamplesOf(shape);
    let lit = 0;
    for (const epsilon of [0.95, 0.6, 0.3, 0.01, 0, -0.4, -1]) {
      const { density } = counted(layer, epsilon);
      const { counts, nPlanes, nLit } = plainly(layer, epsilon);
      assert.deepEqual(Array.from(density.counts), counts);
      assert.deepEqual([density.nPlanes, density.nLit], [nPlanes, nLit]);
      lit += nLit;
    }
    assert.ok(lit > 0);
  });
}

test("others get their turn while many planes are counted", () => {
  const { shares } = counted(layerSamplesOf({ n: 2000, d: 24 }), -1);
  assert.ok(shares.length > 10);
  assert.ok(shares.every((share, k) => share >= (shares[k - 1] ?? 0) && share < 1));
});

/** Share of isotropic data in a cell of positive coordinates, farther out than ε: on a fine grid. */
function fineShare(cell: number, nDims: number, epsilon: number): number {
  const fine = 32;
  let sum = 0;
  for (let k = 0; k < fine * fine; k += 1) {
    const x = (2 * ((cell % HALF) + ((k % fine) + 0.5) / fine)) / BINS;
    const y = (2 * (Math.floor(cell / HALF) + (Math.floor(k / fine) + 0.5) / fine)) / BINS;
    const square = x * x + y * y;
    if (square > 1 || square < epsilon * epsilon) continue;
    sum += ((nDims - 2) / (2 * Math.PI)) * (1 - square) ** ((nDims - 4) / 2);
  }
  return (sum * (2 / BINS) ** 2) / fine ** 2;
}

for (const [nDims, epsilon] of [
  [3, 0.31],
  [4, 0.5],
  [6, 0.62],
  [40, 0.25],
  [5, 0],
  [5, -0.7],
] as const) {
  test(`what isotropy gives beyond ε = ${epsilon} in ${nDims} dimensions`, () => {
    const cells = [...Array(HALF * HALF).keys()];
    const quarter = Float32Array.from(cells, (cell) => fineShare(cell, nDims, 0));
    const about = { epsilon, nDims, nPlanes: 3, nSamples: 1000 };
    const expected = isotropicCounts(about, quarter);
    let total = 0;
    for (let cell = 0; cell < BINS * BINS; cell += 1) total += expected(cell);
    const all = isotropicCount(about);
    // In three dimensions the rim of the disc is steep, and the fine grid not fine enough.
    assert.ok(Math.abs(total / all - 1) < (nDims === 3 ? 2e-2 : 5e-4), `${total} of ${all}`);
    // A cell that the circle of ε runs through, in each quarter of the disc.
    const column = Math.floor(Math.abs(epsilon) * HALF * Math.SQRT1_2);
    const share = fineShare(column * HALF + column, nDims, Math.max(0, epsilon));
    for (const [k, l] of [
      [HALF + column, HALF + column],
      [HALF - 1 - column, HALF + column],
      [HALF - 1 - column, HALF - 1 - column],
    ] as const) {
      const found = expected(l * BINS + k) / 3000;
      assert.ok(Math.abs(found - share) < 3e-2 * share + 1e-12, `${found} of ${share}`);
    }
  });
}

test("codes run from the least to the greatest, whatever these are", () => {
  const counts = [0, 1, 10, 100];
  const coded = codedDensity(counts);
  const middle = Math.round((1 + DENSITY_CODES) / 2);
  assert.deepEqual([...(coded?.density ?? [])], [0, 1, middle, DENSITY_CODES]);
  assert.deepEqual([coded?.low, coded?.high], [0, 2]);
  const ratio = codedDensity(counts, (cell) => (cell === 3 ? 1e-300 : 10 ** cell));
  assert.deepEqual([ratio?.low, ratio?.high], [-1, 6]);
  assert.equal(codedDensity([0, 0]), undefined);
});
