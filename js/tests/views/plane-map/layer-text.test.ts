import assert from "node:assert/strict";
import { test } from "node:test";
import type { MapFrame, TestFrame, TestProgress } from "../../../src/protocol/frames.ts";
import {
  type LayerLineProps,
  layerFacts,
  testLine,
} from "../../../src/views/plane-map/layer-text.ts";

const MAP: MapFrame = {
  state: "done",
  progress: 1,
  by: "alignment",
  surveyed: 2,
  epsilon: 0.62,
  step: 1,
  size: 64,
  low: -1,
  high: 0.4,
  n_directions: 64,
  n_planes: 2016,
  n_lit: 2016,
  n_skipped: 0,
  n_dead: 0,
  isotropic: 0.01,
  resolution: 360,
  alignment: -0.734,
  orthonormal: true,
  participation: 49.3,
  hubs: [],
  elapsed_ms: 3,
  hint: "",
  too_large: false,
  testable: true,
};
const RUNNING: TestProgress = { state: "running", progress: 0.345, step: 2, hint: "" };
const DONE: TestFrame = {
  ...RUNNING,
  state: "done",
  p: 1 / 201,
  effect: -12.34,
  epsilon: null,
  kept: "mean",
  rotations: 200,
  n_samples: 9000,
  planes: { epsilon: 0.62, pair: [0, 1], p: 0.5, n_planes: 2016, n_samples: 9000, hint: "" },
};
const PROPS: LayerLineProps = {
  survey: MAP,
  test: undefined,
  step: 2,
  epsilon: 0.62,
  layer: { n_samples: 9000 },
  isOffline: false,
  canTest: true,
};
const plain = (text: string) => text.replaceAll("\u00a0", " ");

function facts(map: Partial<MapFrame>, more: Partial<LayerLineProps> = {}) {
  const { text, ...rest } = layerFacts({ ...PROPS, survey: { ...MAP, ...map }, ...more });
  return { text: plain(text), ...rest };
}

function lineOf(test: TestFrame | TestProgress | undefined, more: Partial<LayerLineProps> = {}) {
  const { text, said, ...rest } = testLine({ ...PROPS, test, ...more });
  return { text: plain(text), said: plain(said), ...rest };
}

test("the layer is said with A₄ and on how many directions its samples stand", () => {
  const text = "Layer: A₄ −0.73, on 49 of 64 directions";
  assert.deepEqual(facts({}), { text, isKnown: true, isLate: false });
  for (const [alignment, participation, n_directions, said] of [
    [1, 1, 64, "A₄ +1.00, on 1.0 of 64 directions"],
    [0.0012, 9.94, 64, "A₄ 0.00, on 9.9 of 64 directions"],
    [-0.1, 9.96, 64, "A₄ −0.10, on 10 of 64 directions"],
    [-0.5, 1512, 4096, "A₄ −0.50, on 1,500 of 4,096 directions"],
  ] as const) {
    assert.equal(facts({ alignment, participation, n_directions }).text, `Layer: ${said}`);
  }
});

test("without A₄ it is said why", () => {
  const none = { alignment: null, participation: null };
  const oblique = "Layer: no A₄, the basis is not orthonormal";
  const unknown = { isKnown: false, isLate: false };
  assert.deepEqual(facts({ ...none, orthonormal: false }), { text: oblique, ...unknown });
  const nothing = "Layer: no A₄, no sample has a part along any direction";
  assert.deepEqual(facts(none), { text: nothing, ...unknown });
});

test("before there is a survey of the step on show nothing is known", () => {
  const unknown = { text: "Layer: not surveyed yet", isKnown: false, isLate: false };
  const { state, progress, n_directions, hint, too_large, testable } = MAP;
  for (const survey of [undefined, { state, progress, n_directions, hint, too_large, testable }]) {
    assert.deepEqual(layerFacts({ ...PROPS, survey }), unknown);
  }
  for (const other of ["waiting", "failed", "done"] as const) {
    assert.deepEqual(facts({ state: other, surveyed: 1 }), unknown);
  }
  assert.deepEqual(facts({ state: "running", surveyed: 1 }, { isOffline: true }), unknown);
  // Until the next is there what is known stays, as the map does.
  const late = facts({ state: "running", surveyed: 1 });
  assert.deepEqual([late.isKnown, late.isLate], [true, true]);
  // Another ε is the same to it.
  assert.equal(facts({ state: "running" }).isLate, false);
});

test("the test says how far it is, and screen readers only that it is under way", () => {
  const { text, said, isOffered, isRunning } = lineOf(RUNNING);
  assert.deepEqual([text, said], ["testing … 34 %", "testing …"]);
  assert.deepEqual([isOffered, isRunning], [false, true]);
  assert.equal(lineOf({ ...RUNNING, progress: 1 }).text, "testing … 100 %");
  // What is found of the layer stands there while planes are tested.
  const half = lineOf({ ...DONE, state: "running", progress: 0.7, planes: null });
  assert.equal(half.text, `${lineOf(DONE).text} · planes … 70 %`);
  assert.equal(half.said, `${lineOf(DONE).text} · planes …`);
  assert.deepEqual([half.isOffered, half.isRunning], [false, true]);
});

test("what it has found is said with what it was of", () => {
  const found = lineOf(DONE);
  assert.equal(found.text, "A₄: p = 0.005 of 200 turned bases, mean kept");
  assert.equal(found.said, found.text);
  assert.equal(found.title, "12.3 standard deviations below the mean of the turned bases");
  assert.equal(found.isOffered, false);
  const said = (more: Partial<TestFrame>) => lineOf({ ...DONE, ...more }).text;
  assert.equal(said({ kept: "rotations" }), "A₄: p = 0.005 of 200 turned bases, turned freely");
  assert.equal(said({ n_samples: 2048 }), `${found.text}, on 2,048 samples`);
  const ofCone = "A at ε = 0.42: p = 0.005 of 200 turned bases, mean kept";
  assert.equal(said({ epsilon: 0.42 }), ofCone);
  assert.equal(lineOf({ ...DONE, effect: null }).title, "");
  assert.match(lineOf({ ...DONE, effect: 3 }).title, /^3\.0 standard deviations above /);
});

test("p has the decimals that its least value takes", () => {
  for (const [p, rotations, said] of [
    [147 / 201, 200, "p = 0.731"],
    [1, 200, "p = 1.000"],
    [1 / 20, 19, "p = 0.05"],
    [1 / 1001, 1000, "p = 0.0010"],
    [1 / 3, 2, "p = 0.33"],
  ] as const) {
    assert.ok(lineOf({ ...DONE, p, rotations }).text.startsWith(`A₄: ${said} of `), said);
  }
});

test("planes are tested at one ε: at another, and where they were not, it is offered again", () => {
  assert.equal(lineOf(DONE).isOffered, false);
  assert.equal(lineOf(DONE, { epsilon: 0.7 }).isOffered, true);
  assert.equal(lineOf({ ...DONE, planes: null }).isOffered, true);
  const planes = { ...DONE.planes, p: null, hint: "too many are lit" } as TestFrame["planes"];
  const none = lineOf({ ...DONE, planes });
  assert.equal(none.text, `${lineOf(DONE).text} · too many are lit`);
  assert.equal(none.said, none.text);
  assert.equal(none.isOffered, false);
  assert.equal(lineOf({ ...DONE, planes }, { epsilon: 0.7 }).text, lineOf(DONE).text);
});

test("a failure is said, and it can be tried again", () => {
  const failed: TestProgress = { ...RUNNING, state: "failed", hint: "Not enough memory." };
  const { text, said, isFailed, isOffered } = lineOf(failed);
  assert.deepEqual([text, said], ["Not enough memory.", "Not enough memory."]);
  assert.deepEqual([isFailed, isOffered], [true, true]);
  assert.equal(lineOf({ ...failed, hint: "" }).text, "The test failed.");
  const ofPlanes = lineOf({ ...DONE, ...failed, planes: null });
  assert.equal(ofPlanes.text, `${lineOf(DONE).text} · Not enough memory.`);
  assert.deepEqual([ofPlanes.isFailed, ofPlanes.isOffered], [true, true]);
});

test("a test of another step is none", () => {
  const none = {
    text: "",
    said: "",
    title: "",
    isFailed: false,
    isRunning: false,
    isOffered: true,
  };
  for (const frame of [undefined, { ...RUNNING, step: 1 }, { ...DONE, step: 1 }]) {
    assert.deepEqual(lineOf(frame), none);
  }
});

test("where nobody tests any more nothing is promised, and what was found stays", () => {
  const gone = { canTest: false };
  assert.equal(lineOf(RUNNING, gone).text, "The test did not come to its end.");
  assert.equal(lineOf(DONE, gone).text, lineOf(DONE).text);
  assert.deepEqual([lineOf(undefined, gone).isOffered, lineOf(undefined, gone).text], [false, ""]);
});
