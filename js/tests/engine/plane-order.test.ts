import assert from "node:assert/strict";
import { test } from "node:test";
import { planeIndexOf, planeOfIndex } from "../../src/engine/plane-index.ts";
import { PlaneOrder } from "../../src/engine/plane-order.ts";
import type { Survey } from "../../src/engine/survey.ts";
import type { Order, Pair } from "../../src/protocol/frames.ts";
import { FOURFOLD_UNIT } from "../../src/protocol/limits.ts";
import { layerSamplesOf, numbers } from "../support/page-data.ts";

const pairsOf = (m: number): Pair[] =>
  Array.from({ length: m }, (_, i) =>
    Array.from({ length: m - i - 1 }, (_, k): Pair => [i, i + 1 + k]),
  ).flat();

test("planes are numbered row by row, however many there are", () => {
  for (const m of [2, 3, 7, 40]) {
    pairsOf(m).forEach(([i, j], number) => {
      assert.equal(planeIndexOf([i, j], m), number);
      assert.equal(planeIndexOf([j, i], m), number);
      assert.deepEqual(planeOfIndex(number, m), [i, j]);
    });
  }
  const m = 100_000;
  const last = (m * (m - 1)) / 2 - 1;
  for (const number of [0, 1, m - 2, m - 1, last >> 1, last - 1, last]) {
    assert.equal(planeIndexOf(planeOfIndex(number, m), m), number);
  }
  assert.deepEqual(planeOfIndex(last, m), [m - 2, m - 1]);
});

function surveyOf(m: number, share: number, seed: number): Survey {
  const n = 50;
  const all = pairsOf(m).length;
  const luck = numbers(all, seed);
  const position = [...luck.keys()].filter((k) => (luck[k] ?? 0) < 2 * share - 1);
  // Few different values, so that many are equal.
  const some = (salt: number) =>
    Array.from(numbers(position.length, seed + salt), (x) => Math.round(2 * x));
  const [nLit, peak] = [some(1).map((x) => 2 * 4 ** (x + 2)), some(3).map((x) => x + 3)];
  const fourfold = some(2).map((x, k) => (x / 2) * (nLit[k] ?? 0) * FOURFOLD_UNIT);
  const layer = layerSamplesOf({ n, d: m });
  const ensemble = new Float32Array(720);
  const nBetween = nLit.map((count, k) => (k % 3) * count);
  const lit = { position, nLit, fourfold, nBetween, peak };
  const known = { epsilon: 0.5, isotropic: 0.1, nPlanes: all, skipped: [], moments: undefined };
  return { ...known, layer, lit, ensemble };
}

/** The numbers of all planes as they should come. */
function plainly({ lit, nPlanes, layer }: Survey, by: Exclude<Order, "coactivation">): number[] {
  const dark = Array.from({ length: nPlanes }, (_, k) => k).filter(
    (k) => !lit.position.includes(k),
  );
  const rows = lit.position.map((number, k) => {
    const [n, sum, peak] = [lit.nLit[k] ?? 0, lit.fourfold[k] ?? 0, lit.peak[k] ?? 0];
    const z = (sum / FOURFOLD_UNIT / n) * Math.sqrt(2 * n);
    return { number, score: { index: 0, alignment: z, peak: peak / layer.nSamples }[by], peak };
  });
  rows.sort((a, b) => b.score - a.score || b.peak - a.peak || a.number - b.number);
  const best = rows.map(({ number }) => number);
  const taken = new Map<number, number>();
  const leads = best.filter((number) => {
    const pair = planeOfIndex(number, layer.nDirections);
    const isFree = pair.every((k) => (taken.get(k) ?? 0) < 3);
    if (isFree) for (const k of pair) taken.set(k, (taken.get(k) ?? 0) + 1);
    return isFree;
  });
  return [...leads, ...best.filter((number) => !leads.includes(number)), ...dark];
}

for (const by of ["alignment", "peak"] as const) {
  test(`by ${by}: best first, few of a direction ahead, ties by peak and number, dark planes last`, () => {
    for (const [m, share] of [
      [9, 0.5],
      [9, 0],
      [9, 1],
      [24, 0.2],
      [2, 1],
      [2, 0],
    ] as const) {
      const survey = surveyOf(m, share, m);
      const ranking = new PlaneOrder(m, by, survey);
      plainly(survey, by).forEach((number, position) => {
        const pair = planeOfIndex(number, m);
        assert.deepEqual(ranking.plane(position), pair, `${m} ${share} ${position}`);
        assert.equal(ranking.position(pair), position);
        assert.equal(ranking.position([pair[1], pair[0]]), position);
      });
    }
  });
}

test("two samples do not lead, however well they are aligned", () => {
  const lit = {
    position: [0, 1, 2, 3],
    nLit: [2, 400, 30, 9],
    fourfold: [2, 0.6 * 400, -30, 0].map((sum) => sum * FOURFOLD_UNIT),
    nBetween: [0, 80, 30, 4],
    peak: [2, 90, 30, 4],
  };
  const ranking = new PlaneOrder(4, "alignment", { ...surveyOf(4, 1, 1), lit });
  const order = [0, 1, 2, 3, 4, 5].map((k) => planeIndexOf(ranking.plane(k), 4));
  assert.deepEqual(order, [1, 0, 3, 2, 4, 5]);
});

test("by index, whatever a survey says", () => {
  const ranking = new PlaneOrder(9, "index", surveyOf(9, 0.5, 1));
  pairsOf(9).forEach((pair, k) => {
    assert.deepEqual([ranking.plane(k), ranking.position(pair)], [pair, k]);
  });
});
