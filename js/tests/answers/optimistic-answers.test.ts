import assert from "node:assert/strict";
import { test } from "node:test";
import { OptimisticAnswers } from "../../src/answers/optimistic-answers.ts";
import type { CurveFrame, PayloadFrame } from "../../src/protocol/frames.ts";
import type { ScopeTraits } from "../../src/protocol/traits.ts";
import { FakeClock } from "../support/clock.ts";
import { FRAME, hearing, LAYER, wired } from "../support/fakes.ts";
import { cosineOf4Phi, meanOf } from "../support/kernel/vectors.ts";
import { Model } from "../support/model.js";
import { ASKED_FIRST, numbers } from "../support/page-data.ts";

const N = 100;
const SHOWN: CurveFrame = { ...FRAME, epsilon: 0.5, resolution: 36, n_samples: N };
const COUNTS = new Int32Array(36);

/** A model whose kernel is busy, and that hands on the messages it is told to. */
function start(layer: Record<string, unknown> = {}) {
  const heard: unknown[] = [];
  const about = { ...LAYER, n_samples: N, isotropic_series: [-1], ...layer };
  const below = new Model(
    { ...ASKED_FIRST, _frame: SHOWN, _layer: about, _counts: COUNTS, _legend: {} },
    () => {},
    (message) => heard.push(message),
  );
  const { model, takers } = hearing(below);
  const clock = new FakeClock();
  const closing = new AbortController();
  const { store, link } = wired(model, closing.signal);
  new OptimisticAnswers(store, link, closing.signal, clock);
  const points = numbers(2 * N);
  const facts = { pair: [0, 1], alpha: Math.PI / 2, n_samples: N, floor: -1, n_groups: 0 };
  const others = { step: 0, compare: -1, n_compared: 0 };
  const hold = (more: Record<string, unknown> = {}, groups = "", compared = new Float32Array()) => {
    const message = { type: "held", ...facts, ...others, ...more };
    const buffers = [points, new TextEncoder().encode(groups), compared];
    for (const take of [...takers]) take(message, buffers);
  };
  const move = (values: Partial<ScopeTraits>) => store.set(values);
  /** One message of the kernel. */
  const receive = (message: Record<string, unknown>) => {
    below.receive(message);
    return Promise.resolve();
  };
  const frame = () => store.get("_frame") as CurveFrame;
  const mine = () => store.get("_counts") !== below.get("_counts");
  const lit = (theta: number, epsilon: number) =>
    Array.from({ length: N }, (_, k) => {
      const [a, c] = [points[2 * k] ?? 0, points[2 * k + 1] ?? 0];
      return a * Math.cos(theta) + c * Math.sin(theta) >= epsilon;
    }).filter(Boolean).length;
  const far = (epsilon: number) =>
    Array.from(
      { length: N },
      (_, k) => [points[2 * k] ?? 0, points[2 * k + 1] ?? 0] as const,
    ).filter(([a, c]) => Math.hypot(a, c) >= epsilon);
  return {
    below,
    takers,
    clock,
    closing,
    store,
    receive,
    heard,
    hold,
    move,
    frame,
    mine,
    lit,
    far,
  };
}

test("while nothing moves nothing is asked for, and nothing is covered", () => {
  const { heard, mine, frame, clock } = start();
  assert.deepEqual([heard, mine(), frame(), clock.waiting], [[], false, SHOWN, 0]);
});

test("the samples are asked for once, and then counted as the spotlight moves", () => {
  const { heard, hold, move, frame, mine, lit } = start();
  for (const theta of [0.1, 0.2, 0.3]) move({ theta });
  assert.deepEqual(heard, [{ type: "hold" }]);
  assert.ok(!mine());
  hold();
  assert.ok(mine());
  move({ theta: 1, epsilon: 0.2 });
  assert.deepEqual([frame().theta, frame().epsilon, frame().n_lit], [1, 0.2, lit(1, 0.2)]);
  move({ resolution: 90 });
  assert.equal(frame().resolution, 90);
  assert.deepEqual([frame().request, frame().names], [SHOWN.request, SHOWN.names]);
  assert.equal(heard.length, 1);
});

test("the alignment is that of the samples lit at some angle, whatever the spotlight's", () => {
  const { hold, move, frame, far } = start();
  for (const [theta, epsilon] of [
    [1, 0.4],
    [2, 0.7],
    [3, 1.1],
  ] as const) {
    move({ theta, epsilon });
    hold();
    const lit = far(epsilon);
    assert.ok(lit.length > 0 && lit.length < N);
    const mean = meanOf(lit.map((point) => cosineOf4Phi(point, Math.PI / 2))) ?? Number.NaN;
    assert.equal(frame().n_in_plane, lit.length);
    assert.ok(Math.abs((frame().alignment ?? Number.NaN) - mean) < 1e-6, `ε = ${epsilon}`);
  }
  move({ epsilon: 1.5 });
  assert.deepEqual([frame().n_in_plane, frame().alignment], [0, null]);
});

test("the kernel's answer takes its place", async () => {
  const { receive, hold, move, frame, mine } = start();
  move({ theta: 1 });
  hold();
  assert.ok(mine());
  const answer = { ...SHOWN, request: 2, theta: 1, n_lit: 12 };
  await receive({ _frame: answer });
  assert.deepEqual([frame(), mine()], [answer, false]);
});

for (const [what, change] of [
  ["another plane", { pair: [2, 3], position: 5 }],
  ["another step", { step: 1 }],
  ["appended samples", { n_samples: N + 1 }],
] as const) {
  test(`${what}: what was held does not fit, and is asked for anew`, async () => {
    const { receive, heard, hold, move, mine } = start();
    move({ theta: 1 });
    hold();
    await receive({ ...change, _frame: { ...SHOWN, ...change, theta: 1 } });
    assert.ok(!mine());
    move({ theta: 2 });
    assert.ok(!mine());
    assert.equal(heard.length, 2);
    hold();
    assert.equal(heard.length, 3); // it came too late, and is not of this plane
    assert.ok(!mine());
    hold({ pair: [0, 1], ...change });
    assert.ok(mine());
  });
}

test("where only the farthest samples are held, below their floor the kernel alone knows", async () => {
  const { hold, move, mine, heard } = start();
  move({ theta: 1 });
  hold({ floor: 0.4 });
  assert.ok(mine());
  move({ epsilon: 0.4 });
  assert.ok(!mine());
  move({ epsilon: 0.41 });
  assert.ok(mine());
  await null;
  const kinds = heard.map((message) => (message as { type: string }).type);
  assert.deepEqual(kinds, ["hold", "ahead"]);
});

test("another legend, another plane to compare with: held anew", async () => {
  const { receive, heard, hold, move, mine } = start();
  move({ theta: 1 });
  hold();
  await receive({ _legend: { names: ["a"], sizes: [N] } });
  assert.deepEqual([mine(), heard.length], [false, 2]);
  hold({ n_groups: 1 }, "\0".repeat(N));
  assert.ok(mine());
  await receive({ compare: 1 });
  assert.deepEqual([mine(), heard.length], [false, 3]);
});

test("the step that is compared with is counted too", async () => {
  const { receive, hold, move, store } = start();
  await receive({ compare: 1 });
  move({ theta: 1, epsilon: 0.2 });
  const [above, beside] = [Float32Array.of(0, 1), Float32Array.of(1, 0)];
  hold({ compare: 1, n_compared: 1 }, "", above);
  const compared = () => [...(store.get("_compared") as Int32Array)];
  assert.deepEqual([compared()[0], compared()[9]], [0, 1]);
  assert.equal(store.get("_compared_frame")?.n_samples, 1);
  hold({ compare: 1, n_compared: 1 }, "", beside);
  assert.deepEqual([compared()[0], compared()[9]], [1, 0]);
});

test("another order or plane asked for is the kernel's to answer", () => {
  const { heard, move, hold, mine } = start();
  move({ pair: [1, 2] });
  assert.deepEqual([heard.length, mine()], [0, false]);
  move({ pair: [0, 1], theta: 1 });
  hold();
  assert.ok(mine());
  move({ order: "peak", theta: 2 });
  assert.ok(!mine());
});

test("counts have no samples to ask for", () => {
  const { heard, move, clock } = start({ levels: [0.5, 0.6] });
  move({ theta: 1 });
  assert.deepEqual([heard, clock.waiting], [[], 0]);
});

test("an answer that never comes is asked for again, but not at once", () => {
  const { heard, move, clock } = start();
  move({ theta: 1 });
  move({ theta: 2 });
  assert.equal(heard.length, 1);
  clock.strike();
  move({ theta: 3 });
  assert.equal(heard.length, 2);
});

test("messages of others are left alone", () => {
  const { takers, mine, move } = start();
  move({ theta: 1 });
  for (const take of takers) for (const other of [null, "held", { type: "x" }]) take(other, []);
  assert.ok(!mine());
});

test("closed it leaves no handler and no timer", () => {
  const { below, takers, clock, closing, move } = start();
  move({ theta: 1 });
  closing.abort();
  assert.deepEqual([below.handlers, takers.size, clock.waiting], [0, 0, 0]);
});

test("samples that were asked for while the kernel still counted are asked for once more", async () => {
  const { receive, heard, move, hold, mine } = start();
  await receive({ _frame: { ...SHOWN, request: 2, is_partial: true } });
  move({ theta: 1 });
  assert.deepEqual(heard, [{ type: "hold" }]);
  await receive({ _frame: { ...SHOWN, request: 3, theta: 1 } });
  move({ theta: 2 });
  assert.deepEqual(heard, [{ type: "hold" }, { type: "hold" }]);
  hold();
  assert.ok(mine());
});

/** N samples in two coordinates, and two steps: the axes, and these turned by 30°. */
function turn() {
  const columns = Float32Array.from(numbers(2 * N));
  const [c, s] = [Math.cos(Math.PI / 6), 0.5];
  const basis = Float64Array.from([c, s, -s, c]);
  const quarter = new Float32Array(64 * 64);
  const data = new Uint8Array(columns.byteLength + basis.byteLength + quarter.byteLength);
  const at = (values: Float32Array | Float64Array, offset: number): [number, number] => {
    data.set(new Uint8Array(values.buffer), offset);
    return [offset, values.byteLength];
  };
  const columnsAt = at(columns, 0);
  const basisAt = at(basis, columns.byteLength);
  const cells = at(quarter, columns.byteLength + basis.byteLength);
  const about = { n_all: N, n: N, n_zero: 0, preparation: "", n_dims: 2, width: 2, places: null };
  const step = { ...about, columns: columnsAt, orthonormal: true, clusters: null };
  const frame: PayloadFrame = {
    version: "1",
    saved: "2026-11-29",
    seed: null,
    n_dims: 2,
    n_directions: 2,
    names: ["x", "y"],
    isotropic_series: [-1],
    isotropic_cells: cells,
    rows: null,
    n_rows: N,
    steps: [
      { ...step, label: "t = 0", basis: null, basis_name: "standard basis" },
      { ...step, label: "t = 1", basis: basisAt, basis_name: "turned" },
    ],
    labels: null,
    exhibits: null,
  };
  const lit = (step: number, epsilon: number) =>
    Array.from({ length: N }, (_, k) => [columns[k] ?? 0, columns[N + k] ?? 0] as const).filter(
      ([x, y]) => (step === 0 ? x : c * x + s * y) >= epsilon,
    ).length;
  return { frame, data, lit };
}

test("a basis turns without the kernel, once the samples that steps share have come", () => {
  const scope = start({ n_planes: 1, n_directions: 2, n_dims: 2 });
  const { frame, data, lit } = turn();
  scope.move({ step: 1, theta: 0 });
  assert.deepEqual(scope.heard, [{ type: "hold_steps" }]);
  assert.ok(!scope.mine());
  for (const take of [...scope.takers]) take({ type: "steps", frame }, [data]);
  assert.equal(scope.frame().step, 1);
  assert.equal(scope.frame().n_lit, lit(1, 0.5));
  assert.notEqual(lit(1, 0.5), lit(0, 0.5));
  assert.equal(scope.store.get("_layer").basis, "turned");
  // With another ε too, and back again, without a word to the kernel.
  scope.move({ epsilon: 0.3 });
  assert.equal(scope.frame().n_lit, lit(1, 0.3));
  scope.move({ step: 0, epsilon: 0.5 });
  assert.deepEqual(scope.heard.slice(1), []);
  scope.closing.abort();
});

test("of other samples than the kernel's no step is shown", async () => {
  const scope = start({ n_planes: 1, n_directions: 2, n_dims: 2 });
  const { frame, data } = turn();
  for (const take of [...scope.takers]) take({ type: "steps", frame }, [data]);
  await scope.receive({ _frame: { ...SHOWN, n_samples: N + 1 } });
  scope.move({ step: 1 });
  assert.ok(!scope.mine());
  assert.deepEqual(scope.heard, [{ type: "hold_steps" }]);
  scope.closing.abort();
});
