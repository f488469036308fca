import assert from "node:assert/strict";
import { test } from "node:test";
import { OptimisticAnswers } from "../../src/answers/optimistic-answers.ts";
import { KernelConnection, QUIET_SECONDS } from "../../src/kernel/kernel-connection.ts";
import { RequestQueue } from "../../src/kernel/request-queue.ts";
import { Store } from "../../src/kernel/store.ts";
import { ASKED } from "../../src/protocol/limits.ts";
import { pick } from "../../src/protocol/readers.ts";
import type { ScopeModel } from "../../src/protocol/traits.ts";
import { FakeClock } from "../support/clock.ts";
import { connected, FRAME } from "../support/fakes.ts";

type Taker = (message?: unknown, buffers?: DataView[]) => void;
type Slot = (sender: unknown, heard: unknown) => void;

const CUSTOM: string = "msg:custom";

/** Those who listen, and what they hear. */
function signal() {
  const slots = new Set<Slot>();
  return {
    slots,
    connect: (slot: Slot) => slots.add(slot),
    disconnect: (slot: Slot) => slots.delete(slot),
    emit: (heard: unknown) => {
      for (const slot of [...slots]) slot(undefined, heard);
    },
  };
}

/** A model whose host knows its kernel, as JupyterLab does. */
function hosted() {
  const fake = connected();
  const comms: Record<string, unknown> = { layout: {} };
  const connection = {
    requestCommInfo: () => Promise.resolve({ content: { status: "ok", comms } }),
    status: "idle",
    connectionStatus: "connected",
    isDisposed: false,
    statusChanged: signal(),
    disposed: signal(),
  };
  const turned = new Set<() => void>();
  const layout = {
    model_id: "layout",
    comm_live: true,
    on: (_event: string, handler: () => void) => turned.add(handler),
    off: (_event: string, handler: () => void) => turned.delete(handler),
  };
  const takers = new Set<Taker>();
  const { get, on, off } = fake.model;
  const host = {
    ...fake.model,
    get: (name: string) => (name === "layout" ? layout : get(name as "pair")),
    on: (event: "change:_frame", handler: Taker) =>
      event === CUSTOM ? takers.add(handler) : on(event, handler),
    off: (event: string, handler: Taker) =>
      event === CUSTOM ? takers.delete(handler) : off(event, handler),
    widget_manager: { kernel: connection },
  } as unknown as ScopeModel;
  const turn = (live: boolean) => {
    layout.comm_live = live;
    for (const handler of [...turned]) handler();
  };
  const hear = (message: unknown, buffers: DataView[]) => {
    for (const take of [...takers]) take(message, buffers);
  };
  return { ...fake, host, comms, connection, turned, takers, layout, turn, hear };
}

function start(fake = hosted()) {
  const [clock, wire] = [new FakeClock(), new FakeClock()];
  const closing = new AbortController();
  const kernel = new KernelConnection(fake.host, closing.signal, clock);
  const store = new Store(fake.host, closing.signal);
  new OptimisticAnswers(store, kernel, closing.signal, new FakeClock());
  const requests = new RequestQueue(store, kernel, closing.signal, wire);
  const tick = (seconds: number) => {
    for (let k = 0; k < seconds; k += 1) clock.strike();
  };
  const said = () => kernel.notice.text;
  return { ...fake, clock, wire, closing, kernel, store, requests, tick, said };
}

/** Samples of the plane on show, so that the page can count there. */
function hold(model: ReturnType<typeof start>) {
  const message = {
    type: "held",
    step: 0,
    pair: FRAME.pair,
    n_samples: FRAME.n_samples,
    alpha: FRAME.alpha,
    floor: -1,
    n_groups: 0,
    compare: -1,
    n_compared: 0,
  };
  const points = new DataView(new Float32Array([0.9, 0.1, 0.2, 0.8]).buffer);
  const none = new DataView(new ArrayBuffer(0));
  return model.hear(message, [points, none, none]);
}

test("a kernel that answers is not spoken of", async () => {
  const { requests, answer, tick, said, clock } = start();
  assert.equal(said(), "");
  assert.equal(clock.waiting, 0);
  requests.ask("theta", 1);
  tick(QUIET_SECONDS - 1);
  assert.equal(said(), "");
  await answer();
  assert.equal(clock.waiting, 0);
  requests.ask("theta", 2);
  tick(QUIET_SECONDS - 1);
  assert.equal(said(), "");
});

test("of one that is silent it is said for how long, until it answers", async () => {
  const { requests, answer, tick, kernel, connection, clock } = start();
  let told = 0;
  kernel.subscribe(() => {
    told += 1;
  }, new AbortController().signal);
  requests.ask("theta", 1);
  tick(QUIET_SECONDS);
  assert.deepEqual(kernel.notice, {
    text: "No answer from the kernel",

    seconds: QUIET_SECONDS,
  });
  connection.status = "busy";
  tick(4);
  assert.equal(kernel.notice.text, "No answer from the kernel (it is busy)");
  assert.equal(kernel.notice.seconds, QUIET_SECONDS + 4);
  connection.connectionStatus = "connecting";
  assert.equal(kernel.notice.text, "No answer from the kernel (not connected to it)");
  assert.equal(told, 5);
  await answer();
  assert.equal(kernel.notice.text, "");
  assert.equal(told, 6);
  assert.equal(clock.waiting, 0);
});

test("to a silent kernel no wishes for planes ahead are sent, and all else is", () => {
  const { requests, tick, kernel, heard } = start();
  requests.ask("theta", 1);
  kernel.send({ type: "ahead", era: 1, planes: [] });
  tick(QUIET_SECONDS);
  kernel.send({ type: "ahead", era: 1, planes: [] });
  kernel.send({ type: "survey" });
  assert.deepEqual(
    heard.map((message) => (message as { type: string }).type),
    ["hold", "ahead", "survey"],
  );
});

for (const status of ["restarting", "autorestarting", "starting", "terminating", "dead"]) {
  test(`a kernel is gone when it is ${status}`, () => {
    const { connection, kernel, said } = start();
    connection.statusChanged.emit("busy");
    assert.ok(!kernel.isGone);
    connection.statusChanged.emit(status);
    assert.ok(kernel.isGone);
    assert.match(said(), /^The kernel is gone: this is the last picture\./);
  });
}

test("a kernel that does not answer is asked whether it knows the scope", async () => {
  const known = start();
  known.requests.ask("theta", 1);
  known.tick(QUIET_SECONDS);
  await Promise.resolve();
  assert.ok(!known.kernel.isGone);
  const other = start();
  delete other.comms.layout;
  other.requests.ask("theta", 1);
  other.tick(1);
  await Promise.resolve();
  assert.ok(!other.kernel.isGone);
  other.tick(1);
  await Promise.resolve();
  assert.ok(other.kernel.isGone);
  const ended = start();
  ended.connection.requestCommInfo = () => Promise.reject(new Error("disposed"));
  ended.requests.ask("theta", 1);
  ended.tick(QUIET_SECONDS);
  await Promise.resolve();
  assert.ok(!ended.kernel.isGone);
});

test("a connection that ends, and a comm that does, are the end too", () => {
  const one = start();
  one.connection.disposed.emit(undefined);
  assert.ok(one.kernel.isGone);
  const other = start();
  other.turn(false);
  assert.ok(other.kernel.isGone);
  other.turn(true);
  assert.ok(!other.kernel.isGone);
});

test("nothing is sent to a kernel that is gone, and what is on show stays asked for", () => {
  const { model, store, requests, turn, sent, heard, kernel, wire, clock } = start();
  requests.ask("theta", 1);
  requests.ask("position", 3);
  turn(false);
  const before = heard.length;
  const asked = pick(model, ASKED);
  assert.deepEqual([asked.theta, asked.position], [FRAME.theta, FRAME.position]);
  assert.ok(!store.isBusy.value);
  requests.ask("position", 4);
  requests.tell("signed", true);
  requests.refresh();
  requests.send({ type: "direction", direction: 0, sign: 1 });
  kernel.send({ type: "survey" });
  assert.equal(model.get("position"), FRAME.position);
  assert.equal(model.get("signed"), true);
  assert.deepEqual(sent, [{ theta: 1 }]);
  assert.equal(heard.length, before);
  assert.equal(wire.waiting + clock.waiting, 0);
});

test("what the page can count goes on, and stays when something else can not be had", () => {
  const scope = start();
  hold(scope);
  scope.turn(false);
  scope.requests.ask("theta", 1);
  scope.requests.ask("epsilon", 0.3);
  assert.ok(scope.store.answersLocally.value);
  assert.equal(scope.store.get("_frame")?.epsilon, 0.3);
  scope.requests.ask("position", 4);
  const { theta, epsilon, position } = pick(scope.model, ASKED);
  assert.deepEqual([theta, epsilon, position], [1, 0.3, FRAME.position]);
  assert.ok(scope.store.answersLocally.value);
});

test("a kernel that answers after all is there again", async () => {
  const { connection, kernel, receive, requests, sent } = start();
  connection.statusChanged.emit("starting");
  receive({ theta: 2 });
  assert.ok(!kernel.isGone);
  await Promise.resolve();
  requests.ask("theta", 1);
  assert.deepEqual(sent.at(-1), { theta: 1 });
});

test("the last words of one that is gone do not call it back", () => {
  const one = start();
  one.turn(false);
  one.receive({ theta: 2 });
  assert.ok(one.kernel.isGone);
  const other = start();
  other.connection.isDisposed = true;
  other.connection.disposed.emit(undefined);
  other.receive({ theta: 2 });
  assert.ok(other.kernel.isGone);
});

test("of a curve that is still counted the rest is waited for", async () => {
  const { requests, tick, said, push } = start();
  requests.ask("theta", 1);
  push({ _frame: { ...FRAME, theta: 1, request: 2, is_partial: true, n_total: 9000 } });
  await null;
  tick(QUIET_SECONDS);
  assert.match(said(), /^No answer from the kernel/);
  push({ _frame: { ...FRAME, theta: 1, request: 3 } });
  assert.equal(said(), "");
  tick(QUIET_SECONDS);
  assert.equal(said(), "");
});

test("what was asked for and not answered before the page came is taken back", () => {
  const fake = hosted();
  fake.layout.comm_live = false;
  fake.push({ theta: 2 });
  const { model } = start(fake);
  assert.equal(model.get("theta"), FRAME.theta);
});

test("of one that is gone only what the page can draw is told", async () => {
  const one = start();
  const frame = { pair: FRAME.pair, kind: "points" };
  one.push({ cloud: "points", _cloud_frame: frame, table_by: "count", navigator: false });
  await null;
  one.turn(false);
  const changes: unknown[] = [];
  one.model.on("change:cloud", () => changes.push(one.model.get("cloud")));
  one.requests.tell("cloud", "ratio");
  assert.deepEqual(changes, ["ratio", "points"]); // who shows it already hears of it
  one.requests.tell("cloud", "off");
  one.requests.tell("cloud", "points");
  assert.equal(one.model.get("cloud"), "points");
  one.requests.tellAll({ table_by: "purity", signed: true });
  assert.deepEqual([one.model.get("table_by"), one.model.get("signed")], ["count", true]);
  one.requests.tell("navigator", true);
  assert.equal(one.model.get("navigator"), false);
  one.push({ _map_frame: { state: "done" } });
  await null;
  one.requests.tell("navigator", true);
  assert.equal(one.model.get("navigator"), true);
});

test("of one that is gone a plane that was sent ahead is found by position and by name", () => {
  const one = start();
  const ahead = { ...FRAME, position: 3, pair: [1, 2] as [number, number] };
  one.hear({ type: "ahead", era: 1, frames: { _frame: ahead }, arrays: [] }, []);
  one.turn(false);
  const { requests, model, store } = one;
  const seen = () => store.get("_frame") as typeof FRAME;
  requests.ask("position", 3);
  assert.deepEqual(seen().pair, [1, 2]);
  requests.ask("position", 2); // which nobody has
  assert.deepEqual([model.get("position"), seen().pair], [3, [1, 2]]);
  requests.ask("pair", [0, 1]);
  assert.deepEqual(seen().pair, [0, 1]);
  requests.ask("pair", [1, 2]);
  assert.deepEqual(seen().pair, [1, 2]);
  requests.ask("position", 0);
  assert.deepEqual(seen().pair, [0, 1]);
});

test("a picture that was saved is called so", () => {
  const fake = hosted();
  fake.layout.comm_live = false;
  const { kernel, said, requests, clock } = start(fake);
  assert.ok(kernel.isGone);
  assert.match(said(), /^There is no kernel: this is the picture that was saved\./);
  requests.ask("theta", 1);
  assert.equal(clock.waiting, 0);
  assert.equal(fake.model.get("theta"), FRAME.theta);
  fake.push({ _frame: null });
  assert.match(said(), /^There is no kernel, and no picture was saved\./);
});

test("hosts that show no kernel are taken at their word", () => {
  const fake = connected();
  const clock = new FakeClock();
  const kernel = new KernelConnection(fake.model, new AbortController().signal, clock);
  assert.ok(!kernel.isGone);
  kernel.expectAnswer();
  for (let k = 0; k < QUIET_SECONDS; k += 1) clock.strike();
  assert.equal(kernel.notice.text, "No answer from the kernel");
});

test("nothing is left behind", () => {
  const { closing, connection, turned, takers, handlers, requests, clock, wire } = start();
  requests.ask("theta", 1);
  closing.abort();
  assert.equal(connection.statusChanged.slots.size + connection.disposed.slots.size, 0);
  assert.equal(turned.size + takers.size + handlers() + clock.waiting + wire.waiting, 0);
});
