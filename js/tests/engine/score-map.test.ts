import assert from "node:assert/strict";
import { test } from "node:test";
import { planeIndexOf } from "../../src/engine/plane-index.ts";
import { ScoreMap } from "../../src/engine/score-map.ts";
import type { LitPlanes, Survey } from "../../src/engine/survey.ts";
import type { Pair, Score } from "../../src/protocol/frames.ts";
import { FOURFOLD_UNIT, SCORE_CODES } from "../../src/protocol/limits.ts";
import { at } from "../support/kernel/vectors.ts";
import { layerSamplesOf } from "../support/page-data.ts";

interface LitPlane {
  pair: Pair;
  alignment: number;
  n: number;
  peak?: number;
}

/** A map of m directions in which only these planes are lit. */
function mapOf(m: number, by: Score, planes: LitPlane[]): ScoreMap {
  const sorted = planes
    .map((plane) => ({ ...plane, position: planeIndexOf(plane.pair, m) }))
    .sort((one, other) => one.position - other.position);
  const lit: LitPlanes = {
    position: sorted.map(({ position }) => position),
    nLit: sorted.map(({ n }) => n),
    fourfold: sorted.map(({ alignment, n }) => alignment * n * FOURFOLD_UNIT),
    nBetween: sorted.map(() => 0),
    peak: sorted.map(({ peak = 1 }) => peak),
  };
  const layer = layerSamplesOf({ n: 10, d: 2, m });
  const ensemble = new Float32Array();
  const survey: Survey = {
    layer,
    epsilon: 0.5,
    isotropic: 0.1,
    nPlanes: (m * (m - 1)) / 2,
    skipped: [],
    lit,
    ensemble,
    moments: undefined,
  };
  return new ScoreMap(survey, by);
}

test("a cell has the score of its plane and how many samples are lit in it", () => {
  const planes: LitPlane[] = [
    { pair: [0, 1], alignment: -0.5, n: 2 },
    { pair: [1, 2], alignment: 0.5, n: 100_000 },
  ];
  const { frame, scores, best, lit } = mapOf(3, "alignment", planes).whole();
  assert.deepEqual(frame, { step: 1, size: 3, low: -0.5, high: 0.5 });
  assert.deepEqual([...scores], [0, 1, 0, 1, 0, SCORE_CODES, 0, SCORE_CODES, 0]);
  assert.deepEqual([...lit], [0, 2, 0, 2, 0, 65535, 0, 65535, 0]);
  assert.equal(best.length, 0);
});

// Of 512 directions a cell is a block of 2 × 2: the first one off the diagonal is of 0 … 1 and 2 … 3.
const CELL = 1;
const BLOCK: Pair[] = [
  [0, 2],
  [0, 3],
  [1, 2],
  [1, 3],
];

function shownOf(by: Score, planes: Omit<LitPlane, "pair">[]) {
  const placed = planes.map((plane, k) => ({ ...plane, pair: at(BLOCK, k) }));
  const { frame, scores, best, lit } = mapOf(512, by, placed).whole();
  const [low, high] = [frame.low ?? Number.NaN, frame.high ?? Number.NaN];
  const share = (at(scores, CELL) - 1) / (SCORE_CODES - 1);
  return { index: at(best, CELL), n: at(lit, CELL), score: low + share * (high - low) };
}

test("of a block the plane of most standard errors is shown, not that of most alignment", () => {
  const few = { alignment: 1, n: 2 };
  const many = { alignment: 0.6, n: 400 };
  const some = { alignment: -0.9, n: 30 };
  const found = shownOf("alignment", [few, some, many]);
  assert.deepEqual([found.index, found.n], [2, 400]);
  assert.ok(Math.abs(found.score - 0.6) < 1e-4, `${found.score}`);
});

test("of either sign, the first of equal ones", () => {
  const [less, more] = [
    { alignment: 0.5, n: 8 },
    { alignment: -1, n: 8 },
  ];
  assert.deepEqual(shownOf("alignment", [less, more, more]), { index: 1, n: 8, score: -1 });
});

test("of a block the highest peak is shown, of however many samples", () => {
  const found = shownOf("peak", [
    { alignment: 1, n: 400, peak: 3 },
    { alignment: 0, n: 4, peak: 4 },
  ]);
  assert.deepEqual([found.index, found.n], [1, 4]);
  assert.ok(Math.abs(found.score - 0.4) < 1e-4);
});

test("where a block has no plane that is lit nothing is shown", () => {
  const { scores, lit } = mapOf(512, "alignment", [{ pair: [0, 2], alignment: 1, n: 3 }]).whole();
  assert.deepEqual([scores.filter(Boolean).length, lit.filter(Boolean).length], [2, 2]);
});
