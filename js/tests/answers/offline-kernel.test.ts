import assert from "node:assert/strict";
import { test } from "node:test";
import { OfflineKernel } from "../../src/answers/offline-kernel.ts";
import type { KernelLink } from "../../src/kernel/kernel-connection.ts";
import type { CurveFrame } from "../../src/protocol/frames.ts";
import { tableFrameOf } from "../../src/protocol/readers.ts";
import type { ScopeModel, ScopeTraits, TraitName } from "../../src/protocol/traits.ts";
import { FakeClock } from "../support/clock.ts";
import { FRAME, wired } from "../support/fakes.ts";
import { Model } from "../support/model.js";
import { ASKED_FIRST, payloadOf, type Shape, unitRows } from "../support/page-data.ts";

const OPEN = [new AbortController()].slice(1);

function start(traits: Partial<ScopeTraits> = {}, shape: Shape = { n: 200, d: 5 }) {
  const heard: unknown[] = [];
  const saved: unknown[] = [];
  const below = new Model(
    { ...ASKED_FIRST, error: "", ...traits },
    (changes) => saved.push(changes),
    (message) => heard.push(message),
  );
  const queue = new FakeClock();
  const closing = new AbortController();
  OPEN.push(closing);
  const held = payloadOf(shape);
  const kernel = { gone: false };
  const scope = below.proxy() as unknown as ScopeModel;
  const { store, link } = wired(scope, closing.signal);
  const leave = new Set<() => void>();
  const real: KernelLink = {
    get isGone() {
      return kernel.gone;
    },
    expectAnswer: () => {},
    save: () => link.save(),
    send: (message) => link.send(message),
    onMessage: () => {},
    subscribe: (subscriber) => leave.add(subscriber),
  };
  const frozen = new OfflineKernel(store, real, held, closing.signal, queue);
  const frame = () => store.get("_frame") as CurveFrame;
  let id = 0;
  /** A request of the page. */
  const ask = (asked: Partial<ScopeTraits>) => {
    id += 1;
    store.set({ ...asked, _request: { id, asked } });
  };
  /** The kernel that had come goes again. */
  const go = () => {
    kernel.gone = true;
    for (const left of leave) left();
  };
  const send = frozen.link.send;
  return { below, kernel, queue, closing, store, send, frame, ask, go, heard, saved, held };
}

test("a page shows its plane at once, and says what it is from", () => {
  const { store, frame, held } = start();
  assert.deepEqual([frame().pair, frame().n_samples], [[0, 1], 200]);
  assert.equal((store.get("_counts") as Int32Array).length, 36);
  assert.equal(store.source.value, held.frame);
});

test("its own answers are set nowhere but in the page", () => {
  const { below, ask } = start();
  ask({ epsilon: 0.3 });
  for (const name of ["_frame", "_counts", "_band", "_points", "_layer"]) {
    assert.equal(below.get(name), undefined, name);
  }
});

test("what cannot be had is said and taken back; a good value clears it", () => {
  const { store, frame, ask } = start();
  const before = frame();
  for (const [wrong, said] of [
    [{ epsilon: 1.5 }, /epsilon in \[-1, 1\], got 1\.5/],
    [{ epsilon: Number.NaN }, /got NaN/],
    [{ resolution: 3 }, /resolution in 4 … 2880, got 3/],
    [{ resolution: 36.5 }, /got 36\.5/],
    [{ pair: [1, 1] }, /two different directions in 0 … 4, got \(1, 1\)/],
    [{ pair: [0, 5] }, /got \(0, 5\)/],
    [{ position: 10 }, /position in 0 … 9, got 10/],
    [{ position: -1 }, /got -1/],
    [{ step: 1 }, /step in 0 … 0, got 1/],
    [{ compare: 4 }, /compare in -1 … 0, got 4/],
    [{ theta: Number.POSITIVE_INFINITY }, /finite theta/],
  ] as [Partial<ScopeTraits>, RegExp][]) {
    const { request } = frame();
    ask(wrong);
    assert.match(store.get("error"), said);
    assert.ok(frame().request > request);
    const [name] = Object.keys(wrong) as TraitName[];
    if (name) assert.deepEqual(store.get(name), ASKED_FIRST[name], name);
    assert.deepEqual({ ...frame(), request: 0 }, { ...before, request: 0 });
  }
  ask({ theta: 1 });
  assert.deepEqual([store.get("error"), frame().theta], ["", 1]);
});

test("to ask for what is on show puts an error away", () => {
  const { store, frame, ask } = start();
  ask({ pair: [1, 1] });
  const { request } = frame();
  ask({ pair: [0, 1] });
  assert.equal(store.get("error"), "");
  assert.ok(frame().request > request);
});

test("of plane and position the one that moved has its way", () => {
  const { store, frame, ask } = start();
  ask({ position: 7 });
  assert.deepEqual([store.get("pair"), frame().pair, frame().position], [[2, 3], [2, 3], 7]);
  ask({ pair: [4, 0] });
  assert.deepEqual([store.get("position"), frame().position, frame().pair], [3, 3, [4, 0]]);
  store.set({ position: 9 }); // an older one, which a host may hold yet
  ask({ pair: [1, 2] });
  assert.deepEqual([store.get("pair"), store.get("position")], [[1, 2], 4]);
  store.set({ pair: [0, 1] });
  ask({ position: 9 });
  assert.deepEqual([store.get("pair"), store.get("position")], [[3, 4], 9]);
});

test("an angle is kept within the turn", () => {
  const { store, frame, ask } = start();
  ask({ theta: 7 });
  assert.ok(Math.abs(store.get("theta") - (7 - 2 * Math.PI)) < 1e-12);
  ask({ theta: -1 });
  assert.ok(Math.abs(frame().theta - (2 * Math.PI - 1)) < 1e-12);
});

test("a plane of a direction of zeros is refused with its reason", () => {
  const two = unitRows(2, 4);
  const basis = Float64Array.from([...two, 0, 0, 0, 0, 0, 0, 0, 0]);
  const { store, ask } = start({}, { n: 50, d: 4, m: 4, basis });
  ask({ pair: [2, 0] });
  assert.match(store.get("error"), /but 2 is a row of zeros, which has no direction$/);
  ask({ pair: [2, 3] });
  assert.match(store.get("error"), /but 2 and 3 are rows of zeros, which have no direction$/);
  assert.deepEqual(store.get("pair"), [0, 1]);
});

test("a plane of parallel directions is refused with its reason, by number too", () => {
  const two = unitRows(2, 4);
  const basis = Float64Array.from([...two, ...two.slice(0, 4)]);
  const { store, ask } = start({}, { n: 50, d: 4, m: 3, basis });
  ask({ position: 1 });
  assert.match(store.get("error"), /0 and 2 are parallel/);
  assert.deepEqual([store.get("pair"), store.get("position")], [[0, 1], 0]);
  ask({ position: 2 });
  assert.deepEqual([store.get("error"), store.get("pair")], ["", [1, 2]]);
});

test("the spotlight turns to a direction, in a plane that it spans", () => {
  const { store, send, heard } = start();
  send({ type: "direction", direction: 1, sign: -1 });
  assert.deepEqual([store.get("pair"), store.get("theta")], [[0, 1], (3 * Math.PI) / 2]);
  send({ type: "direction", direction: 3, sign: 1 });
  assert.deepEqual([store.get("pair"), store.get("theta")], [[3, 0], 0]);
  assert.equal(heard.length, 2);
  send({ type: "direction", direction: 99, sign: 1 });
  assert.match(store.get("error"), /got \(99, 3\)|none/);
  assert.deepEqual(store.get("pair"), [3, 0]);
});

test("a pair is shown from where most are lit between its directions", () => {
  const { store, send, frame } = start();
  send({ type: "pair", pair: [2, 1] });
  assert.deepEqual(store.get("pair"), [2, 1]);
  const middles = [1, 3, 5, 7].map((k) => (k * Math.PI) / 4);
  assert.ok(middles.includes(store.get("theta")));
  const most = frame().n_lit;
  for (const theta of middles) {
    store.set({ theta });
    assert.ok(frame().n_lit <= most);
  }
  send({ type: "pair", pair: [2, 2] });
  assert.match(store.get("error"), /two different directions/);
  assert.deepEqual(store.get("pair"), [2, 1]);
});

test("what is set from outside is answered once, when all of it is set", async () => {
  const { below, frame, store } = start();
  below.set("theta", 1);
  below.set("epsilon", 0.2);
  assert.equal(frame().theta, 0);
  await null;
  assert.deepEqual([frame().theta, frame().epsilon, frame().request], [1, 0.2, 0]);
  below.set("epsilon", 3);
  await null;
  assert.deepEqual([store.get("epsilon"), frame().epsilon], [0.2, 0.2]);
  assert.match(store.get("error"), /got 3/);
});

test("what a notebook saved stays on show until something is asked for", () => {
  const counts = new Int32Array([1, 2, 3]);
  const shown: CurveFrame = { ...FRAME, epsilon: 0.5, resolution: 36 };
  const saved = { _frame: shown, _counts: counts as never };
  const { store, frame, ask } = start(saved);
  assert.deepEqual([frame(), store.get("_counts")], [shown, counts]);
  store.set({ signed: true });
  assert.deepEqual(frame(), shown);
  ask({ theta: 1 });
  assert.deepEqual([frame().theta, frame().n_samples], [1, 200]);
});

test("a survey that was saved half done is made again", () => {
  const { queue, store } = start({
    _frame: FRAME,
    navigator: true,
    _map_frame: {
      state: "running",
      progress: 0.4,
      n_directions: 5,
      hint: "",
      too_large: false,
      testable: true,
    },
  });
  queue.drain();
  assert.equal(store.get("_map_frame")?.state, "done");
});

test("once a kernel answers it is the authority, and nothing goes on here", async () => {
  const { below, queue, store, send, ask } = start({ navigator: true, table: true });
  ask({ epsilon: 0.3 });
  assert.ok(queue.waiting > 0);
  const kernels: CurveFrame = { ...FRAME, epsilon: 0.3, n_samples: 9 };
  below.receive({ _frame: kernels, _counts: new Int32Array(4) });
  await null;
  assert.deepEqual(
    [store.get("_frame"), store.source.value, queue.waiting],
    [kernels, undefined, 0],
  );
  ask({ epsilon: 0.9 });
  send({ type: "survey" });
  assert.deepEqual([store.get("_frame"), queue.waiting], [kernels, 0]);
});

test("an order is followed as soon as its survey is done; the plane stays", () => {
  const { store, frame, ask, queue } = start({ pair: [1, 3], position: 5 });
  ask({ order: "peak" });
  assert.deepEqual(frame().pair, [1, 3]);
  queue.drain();
  assert.deepEqual([frame().pair, store.get("position")], [[1, 3], frame().position]);
  const seen = new Set<string>();
  const peaks = Array.from({ length: 10 }, (_, position) => {
    ask({ position });
    seen.add(String(frame().pair));
    return (store.get("_counts") as Int32Array).reduce((most, n) => Math.max(most, n), 0);
  });
  assert.equal(seen.size, 10);
  // Of curves at 36 angles, but ranked at 360: nearly falling.
  assert.ok(Math.max(...peaks) - (peaks[0] ?? 0) <= 3, `${peaks}`);
});

test("marks of rows that are not held are left out, in the order of the others", () => {
  const { store, ask, held } = start();
  ask({ highlight: [150, 7, 100_000, 200, 3] });
  const [a, c] = held.steps[0]?.columns ?? [];
  const expected = [150, 7, 3].flatMap((k) => [a?.[k], c?.[k]]);
  assert.deepEqual([...(store.get("_marks") as Float32Array)], expected);
});

test("with all classes switched off nothing is listed, and all is counted", () => {
  const codes = Array.from({ length: 200 }, (_, k) => k % 3);
  const { store, frame, ask } = start({}, { n: 200, d: 5, codes, names: ["a", "b", "c"] });
  const { n_lit, class_lit } = frame();
  assert.equal(
    class_lit.reduce((sum, n) => sum + n, 0),
    n_lit,
  );
  ask({ hidden_classes: [0, 1, 2] });
  assert.deepEqual([store.get("n_selected"), frame().n_lit], [0, n_lit]);
  ask({ by_class: false });
  assert.equal(store.get("n_selected"), n_lit);
});

test("a table sorts what is missing last, either way", () => {
  const codes = Array.from({ length: 200 }, (_, k) => k % 3);
  const { store, ask, queue } = start(
    { table: true, epsilon: 0.85 },
    { n: 200, d: 5, codes, names: ["a", "b", "c"] },
  );
  for (const [table_by, place] of [
    ["kurtosis", 4],
    ["label", 5],
    ["purity", 7],
    ["coverage", 8],
  ] as const) {
    for (const table_descending of [false, true]) {
      ask({ table_by, table_descending });
      queue.drain();
      const cells = (tableFrameOf(store)?.rows ?? []).map((row) => row[place]);
      const known = cells.filter((cell) => cell !== null);
      assert.equal(cells.length, 10);
      assert.deepEqual(cells.slice(0, known.length), known, `${table_by} ${table_descending}`);
      const rising = [...known].sort();
      assert.deepEqual(known, table_descending ? rising.reverse() : rising);
    }
  }
});

test("ε at its ends, and the finest resolution", () => {
  const { store, frame, ask } = start({}, { n: 200, d: 5 });
  for (const epsilon of [-1, 0, 1]) {
    ask({ epsilon, resolution: 2880 });
    const counts = store.get("_counts") as Int32Array;
    assert.deepEqual([counts.length, store.get("error")], [2880, ""]);
    if (epsilon === -1) assert.ok(counts.every((n) => n === 200));
    if (epsilon === 1) assert.equal(frame().peak, 0);
  }
});

test("closed it leaves no handler and no timer, and answers nothing more", async () => {
  const { below, queue, closing, ask, frame } = start({ navigator: true, table: true });
  ask({ epsilon: 0.2 });
  below.set("theta", 2);
  closing.abort();
  const before = frame();
  await null;
  ask({ theta: 1 });
  assert.deepEqual([below.handlers, queue.waiting], [0, 0]);
  assert.equal(frame(), before);
});

const known = (values: unknown) => (values as Float32Array).filter(Number.isFinite).length;

test("steps: the alignment of the plane in each, and that of the layer, map or not", () => {
  const { store, ask, queue } = start({ navigator: false, compare: 0 }, { n: 200, d: 5, steps: 4 });
  queue.drain();
  assert.deepEqual([known(store.get("_course")), known(store.get("_course_ensemble"))], [4, 4]);
  assert.ok((store.get("_course_error") as Float32Array).every((error) => error >= 0.05));
  const { epsilon } = ASKED_FIRST;
  const about = { pair: [0, 1], epsilon, layer_epsilon: null, problem: "" };
  assert.deepEqual(store.get("_course_frame"), about);
  ask({ step: 2 });
  assert.deepEqual([store.get("_compared_frame")?.step, store.get("error")], [0, ""]);
  ask({ step: 0 });
  assert.deepEqual(store.get("_compared_frame"), {});
});

test("steps of other bases: all planes together at ε, once the map is surveyed", () => {
  const basis = unitRows(5, 5);
  const { store, ask, queue } = start({ navigator: false }, { n: 200, d: 5, basis, steps: 3 });
  queue.drain();
  assert.deepEqual([known(store.get("_course")), known(store.get("_course_ensemble"))], [3, 0]);
  store.set({ navigator: true });
  ask({ epsilon: 0.4 });
  queue.drain();
  assert.equal(known(store.get("_course_ensemble")), 3);
  const about = { pair: [0, 1], epsilon: 0.4, layer_epsilon: 0.4, problem: "" };
  assert.deepEqual(store.get("_course_frame"), about);
});

test("a test of the layer is a kernel's: the page makes none", () => {
  const { store, send, heard, queue } = start();
  send({ type: "test" });
  assert.deepEqual([heard, queue.waiting], [[{ type: "test" }], 0]);
  assert.equal(store.get("_test_frame"), undefined);
});

test("the last words of a kernel that has gone do not silence the page; a gone one is done without", async () => {
  const { below, kernel, store, frame, ask, go } = start();
  kernel.gone = true;
  below.receive({ _frame: { ...FRAME, theta: 2 } });
  await null;
  assert.ok(store.source.value);
  ask({ epsilon: 0.3 });
  assert.equal(frame().epsilon, 0.3);
  kernel.gone = false;
  below.receive({ _frame: { ...FRAME, request: 2, theta: 2 } });
  await null;
  assert.equal(store.source.value, undefined);
  go();
  assert.ok(store.source.value);
  ask({ epsilon: 0.4 });
  assert.equal(frame().epsilon, 0.4);
});
