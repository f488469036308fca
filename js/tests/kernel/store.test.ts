import assert from "node:assert/strict";
import { test } from "node:test";
import { Store, watch } from "../../src/kernel/store.ts";
import { ASKED } from "../../src/protocol/limits.ts";
import type { ScopeModel, ScopeTraits } from "../../src/protocol/traits.ts";
import { CLOUD, FRAME, LAYER } from "../support/fakes.ts";
import { Model } from "../support/model.js";

function start(traits: Partial<ScopeTraits> = {}) {
  const sent: unknown[] = [];
  const asked = Object.fromEntries(ASKED.map((name) => [name, FRAME[name]]));
  const state = { ...asked, cloud: "points", error: "", _layer: LAYER, _frame: FRAME, ...traits };
  const below = new Model(state, (changes) => sent.push(changes));
  const closing = new AbortController();
  const store = new Store(below.proxy() as unknown as ScopeModel, closing.signal);
  const seen: unknown[] = [];
  const see = (read: () => unknown) => watch(read, (value) => seen.push(value), closing.signal);
  return { below, closing, store, sent, seen, see };
}

test("a message of the kernel is one change, however many traits it brings", async () => {
  const { below, store, seen, see } = start();
  see(() => [store.get("theta"), store.get("epsilon"), store.get("_frame")?.theta]);
  below.receive({ theta: 1, epsilon: 0.2, _frame: { ...FRAME, theta: 1 } });
  assert.deepEqual(seen, []);
  await null;
  assert.deepEqual(seen, [[1, 0.2, 1]]);
});

test("what is set here is one change at once, and is the model's", async () => {
  const { below, store, seen, see, sent } = start();
  see(() => [store.get("theta"), store.get("epsilon")]);
  store.set({ theta: 1, epsilon: 0.2 });
  assert.deepEqual([seen, below.get("theta"), sent], [[[1, 0.2]], 1, []]);
  await null;
  assert.equal(seen.length, 1); // its own events bring nothing new
});

test("an equal plane is no change", () => {
  const { store, seen, see } = start();
  see(() => store.get("pair"));
  store.set({ pair: [0, 1] });
  store.wanted.value = {};
  assert.deepEqual(seen, []);
});

test("what is worked out here lies over the kernel's, and nowhere else", async () => {
  const { below, store, seen, see } = start();
  see(() => store.get("theta"));
  store.merge({ theta: 2 });
  store.merge({ epsilon: 0.1 });
  assert.deepEqual([store.get("theta"), store.get("epsilon"), below.get("theta")], [2, 0.1, 0]);
  below.receive({ theta: 3 });
  await null;
  assert.deepEqual([seen, store.heard.get("theta")], [[2], 3]); // covered, it changes unseen
  store.clear();
  assert.deepEqual(seen, [2, 3]);
});

test("what is asked for and not sent is asked for, and on show, and no answer undoes it", async () => {
  const { below, store } = start();
  store.wanted.value = { theta: 1 };
  below.receive({ theta: 5, _frame: { ...FRAME, theta: 5 } });
  await null;
  assert.deepEqual([store.get("theta"), store.asked.value.theta], [1, 1]);
  assert.deepEqual([store.heard.get("theta"), store.unsettled.value], [5, ["theta"]]);
});

test("a request takes what is wanted to the model in one change, with its number", () => {
  const { below, store, seen, see } = start();
  store.wanted.value = { theta: 1, epsilon: 0.2 };
  see(() => [store.heard.get("theta"), store.heard.get("epsilon"), store.isBusy.value]);
  store.submit(3);
  assert.deepEqual(seen, [[1, 0.2, true]]);
  assert.deepEqual(
    [below.get("_request"), store.wanted.value],
    [{ id: 3, asked: { theta: 1, epsilon: 0.2 } }, {}],
  );
});

test("busy is what was sent and is not answered", async () => {
  const { below, store } = start();
  store.submit(3);
  for (const [request, isBusy] of [
    [2, true],
    [3, false],
  ] as const) {
    below.receive({ _frame: { ...FRAME, request } });
    await null;
    assert.equal(store.isBusy.value, isBusy);
  }
});

test("late is what is on show and not asked for, each part by its own frame", async () => {
  const { below, store } = start({
    _cloud_frame: CLOUD,
    _strip_frame: { pair: [0, 1], theta: 0, epsilon: 0.6, n_lit: 0, items: [] },
    _course_frame: { pair: [0, 1], epsilon: 0.6, problem: "" },
    _table_frame: {
      state: "done",
      epsilon: 0.6,
      by: "count",
      descending: true,
      rows: [],
      n_rows: 0,
      has_labels: false,
      hint: "",
      ...{ least: 10, search: "", fewest: 0, n_few: 0, n_listed: 0 },
    },
    table_by: "count",
    table_descending: true,
    table_least: 10,
    table_search: "",
  });
  const late = () => {
    const { asked, ...parts } = store.late.value;
    const names = Object.entries(parts).flatMap(([name, is]) => (is ? [name] : []));
    return [...asked, "/", ...names].join(" ");
  };
  assert.equal(late(), "/");
  store.wanted.value = { theta: 1 };
  assert.equal(late(), "theta / strip");
  store.wanted.value = { epsilon: 0.5 };
  assert.equal(late(), "epsilon / strip table timeline");
  store.wanted.value = { pair: [1, 2] };
  assert.equal(late(), "pair / cloud strip timeline");
  store.wanted.value = {};
  store.set({ cloud: "density", table_by: "label" });
  assert.equal(late(), "/ cloud table");
  for (const asked of [{ table_by: "count" }, { table_least: 3 }, { table_search: "b" }] as const) {
    store.set({ table_by: "count", table_least: 10, table_search: "", ...asked });
    assert.equal(late(), "table_by" in asked ? "/ cloud" : "/ cloud table");
  }
  below.receive({ _frame: null });
  await null;
  assert.deepEqual(store.late.value.asked, [...ASKED]);
});

test("the page's own answer is on time, and the kernel's is still due", () => {
  const { store } = start();
  store.wanted.value = { theta: 1 };
  assert.ok(!store.answersLocally.value);
  store.local.value = { _frame: { ...FRAME, theta: 1 } };
  assert.deepEqual([store.late.value.asked, store.unsettled.value], [[], ["theta"]]);
  assert.ok(store.answersLocally.value);
  store.wanted.value = { theta: 2 };
  assert.ok(!store.answersLocally.value);
});

test("where the page takes the kernel's place its answers are the last word", () => {
  const { store } = start();
  store.wanted.value = { theta: 1 };
  store.source.value = {} as never;
  store.local.value = { _frame: { ...FRAME, theta: 1 } };
  assert.deepEqual([store.unsettled.value, store.answersLocally.value], [[], false]);
});

test("abort leaves no listener, and nothing is told after it", async () => {
  const { below, closing, store, seen, see } = start();
  see(() => store.get("theta"));
  assert.ok(store.late.value && below.handlers > 0);
  below.receive({ theta: 1 });
  closing.abort();
  await null;
  assert.deepEqual([below.handlers, seen], [0, []]);
  store.get("title");
  see(() => store.get("title"));
  store.set({ title: "later" });
  assert.deepEqual([below.handlers, seen], [0, []]);
});

test("who watches may set what it watches", () => {
  const { store, closing } = start();
  const seen: number[] = [];
  watch(
    () => store.get("theta"),
    (theta) => {
      seen.push(theta);
      if (theta > 6) store.set({ theta: theta - 6 });
    },
    closing.signal,
  );
  store.set({ theta: 13 });
  assert.deepEqual(seen, [13, 7, 1]);
});
