import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestQueue } from "../../src/kernel/request-queue.ts";
import { FakeClock } from "../support/clock.ts";
import { connected, FRAME, wired } from "../support/fakes.ts";

function start() {
  const kernel = connected();
  const clock = new FakeClock();
  const closing = new AbortController();
  const { store, link } = wired(kernel.model, closing.signal);
  const requests = new RequestQueue(store, link, closing.signal, clock);
  const isBusy = () => store.isBusy.value;
  return { ...kernel, clock, closing, store, requests, isBusy };
}

test("a value is shown at once and sent at once", () => {
  const { store, model, requests, sent, isBusy } = start();
  requests.ask("theta", 1);
  assert.deepEqual([store.get("theta"), model.get("theta")], [1, 1]);
  assert.deepEqual(sent, [{ theta: 1 }]);
  assert.ok(isBusy());
});

test("what waits is shown at once, and no answer undoes it", async () => {
  const { store, model, requests, answer, sent } = start();
  requests.ask("theta", 1);
  requests.ask("theta", 2);
  // The model holds what was sent: a host would send, later and beside something else, what it was given.
  assert.deepEqual([store.get("theta"), model.get("theta"), sent.length], [2, 1, 1]);
  await answer();
  assert.deepEqual([store.get("theta"), model.get("theta"), sent[1]], [2, 2, { theta: 2 }]);
});

test("each request has a number, and only its own answer frees the way", async () => {
  const { requests, asked, receive, isBusy, clock } = start();
  requests.ask("theta", 1);
  clock.strike();
  requests.ask("position", 2);
  assert.deepEqual(asked, [
    { id: 1, asked: { theta: 1 } },
    { id: 2, asked: { position: 2 } },
  ]);
  receive({ theta: 1, request: 1 });
  await null;
  assert.ok(isBusy());
  receive({ position: 2, request: 2 });
  await null;
  assert.ok(!isBusy());
});

test("numbers go on from the highest that a page has used, or the kernel has answered", async () => {
  const { requests, asked, push, receive } = start();
  push({ _request: { id: 5, asked: {} } }); // another page's, heard of
  await null;
  requests.ask("theta", 1);
  receive({ request: 9 });
  await null;
  requests.ask("theta", 2);
  assert.deepEqual(
    asked.map(({ id }) => id),
    [6, 10],
  );
});

test("two pages of one scope each get their answers", async () => {
  const kernels = { request: 0, theta: 0 };
  const pages = [connected(), connected()].map((page) => {
    const { signal } = new AbortController();
    const { store, link } = wired(page.model, signal);
    return { ...page, store, requests: new RequestQueue(store, link, signal, new FakeClock()) };
  });
  const [one, other] = pages;
  if (!one || !other) throw new Error("expected two pages");
  const serve = async (page: (typeof pages)[number]) => {
    const { request, ...values } = page.inbox.shift() ?? {};
    Object.assign(kernels, values, { request: Math.max(kernels.request, Number(request)) });
    // What one page sets the others hear of, the number too.
    for (const each of pages) {
      each.push({ _request: { id: kernels.request, asked: {} } });
      each.receive(kernels);
    }
    await null;
  };
  one.requests.ask("theta", 1);
  other.requests.ask("theta", 2); // at once, with the same number
  await serve(one);
  await serve(other);
  assert.deepEqual([one.store.get("theta"), other.store.get("theta")], [2, 2]);
  assert.ok(!one.store.isBusy.value && !other.store.isBusy.value);
  other.requests.ask("theta", 3);
  one.requests.ask("theta", 4);
  await serve(other);
  await serve(one);
  assert.deepEqual([one.store.get("theta"), other.store.get("theta")], [4, 4]);
  assert.ok(!one.store.isBusy.value && !other.store.isBusy.value);
  assert.deepEqual(other.store.late.value.asked, []);
});

test("nothing is sent while a request is under way, and the last value always arrives", async () => {
  const { store, requests, sent, inbox, answer, isBusy } = start();
  for (let k = 1; k <= 50; k += 1) {
    requests.ask("theta", k / 10);
    assert.ok(inbox.length <= 1);
    if (k % 20 === 0) await answer();
    assert.equal(store.get("theta"), k / 10);
  }
  while (inbox.length > 0) await answer();
  assert.deepEqual(
    sent.map(({ theta }) => theta),
    [0.1, 2, 4, 5],
  );
  assert.ok(!isBusy());
});

test("values of several kinds wait together", async () => {
  const { requests, sent, answer } = start();
  requests.ask("theta", 1);
  requests.ask("epsilon", 0.4);
  requests.ask("resolution", 90);
  await answer();
  assert.deepEqual(sent[1], { epsilon: 0.4, resolution: 90 });
});

test("the echo of an older value does not undo a newer one", async () => {
  const { store, requests, receive } = start();
  requests.ask("epsilon", 0.4);
  requests.ask("epsilon", 0.3);
  receive({ epsilon: 0.4 });
  await null;
  assert.equal(store.get("epsilon"), 0.3);
});

test("what is asked for last is sent, also where an echo has set the model to it", async () => {
  const { requests, sent, push, answer } = start();
  requests.ask("order", "peak");
  requests.ask("order", "index");
  push({ order: "peak" });
  requests.ask("order", "peak");
  await answer();
  assert.deepEqual(sent, [{ order: "peak" }, { order: "peak" }]);
});

test("a request says what it asks for, also where its host sends something else", async () => {
  const { requests, asked, push, clock, model } = start();
  requests.ask("order", "alignment");
  clock.strike();
  model.set("order", "index"); // another view's, unsaved
  push({ order: "peak" });
  requests.ask("order", "peak");
  assert.deepEqual(asked.at(-1), { id: 2, asked: { order: "peak" } });
});

test("a refusal puts the last good value back and frees the way", async () => {
  const { model, requests, sent, refuse, isBusy } = start();
  requests.ask("pair", [9, 9]);
  await refuse("expected directions from 0 to 3, got (9, 9)");
  assert.deepEqual(model.get("pair"), [0, 1]);
  assert.equal(model.get("error"), "expected directions from 0 to 3, got (9, 9)");
  assert.ok(!isBusy());
  requests.ask("pair", [1, 2]);
  assert.deepEqual(sent.at(-1), { pair: [1, 2] });
});

test("an answer that never comes is not waited for for ever", async () => {
  const { requests, sent, clock, answer } = start();
  requests.ask("theta", 1);
  requests.ask("theta", 2);
  clock.strike();
  assert.deepEqual(sent, [{ theta: 1 }, { theta: 2 }]);
  await answer();
  await answer();
  assert.equal(clock.waiting, 0);
});

test("after an answer is overdue even what is shown already is sent", () => {
  const { requests, sent, clock, isBusy } = start();
  requests.ask("theta", 1);
  clock.strike();
  requests.ask("theta", 0);
  assert.deepEqual(sent.at(-1), { theta: 0 });
  assert.ok(isBusy());
});

test("what the kernel shows already is asked for like all else, and answered", async () => {
  const { model, store, requests, sent, answer, receive, isBusy } = start();
  requests.ask("theta", 1);
  requests.ask("theta", 2);
  requests.ask("theta", 1);
  await answer();
  assert.ok(isBusy());
  await answer();
  assert.ok(!isBusy());
  receive({ theta: 3 });
  await null;
  requests.ask("epsilon", 0.1);
  assert.deepEqual(sent.at(-1), { epsilon: 0.1 });
  assert.deepEqual([store.get("theta"), model.get("theta")], [3, 3]);
});

for (const [first, then] of [
  ["pair", "position"],
  ["position", "pair"],
] as const) {
  test(`${then} after ${first}, both waiting: only ${then} has a say`, async () => {
    const { requests, sent, asked, answer, model } = start();
    const ask = {
      pair: () => requests.ask("pair", [2, 3]),
      position: () => requests.ask("position", 4),
    };
    requests.ask("position", 2);
    ask[first]();
    ask[then]();
    await answer();
    assert.deepEqual(sent[1], then === "position" ? { position: 4 } : { pair: [2, 3] });
    assert.deepEqual(asked[1]?.asked, sent[1]);
    await answer();
    assert.deepEqual(model.get("pair"), then === "pair" ? [2, 3] : [1, 3]);
  });
}

test("signed is told without an answer, also while something waits", async () => {
  const { requests, sent, answer, isBusy } = start();
  requests.tell("signed", true);
  assert.deepEqual(sent, [{ signed: true }]);
  assert.ok(!isBusy());
  requests.ask("theta", 1);
  requests.ask("theta", 2);
  requests.tell("signed", false);
  assert.deepEqual(sent.at(-1), { signed: false });
  await answer();
  await answer();
  assert.deepEqual(sent.at(-1), { theta: 2 });
});

test("order goes to the kernel; a position waiting for the order before does not", async () => {
  const { requests, sent, answer, store, isBusy } = start();
  requests.ask("position", 2);
  requests.ask("position", 4);
  requests.ask("order", "peak");
  assert.equal(store.get("order"), "peak");
  await answer();
  assert.deepEqual(sent[1], { order: "peak" });
  assert.ok(isBusy());
  await answer();
  assert.ok(!isBusy());
});

test("scale, navigator and window are told without waiting for an answer", () => {
  const { requests, sent, isBusy } = start();
  requests.tell("scale", "gain");
  requests.tell("navigator", false);
  requests.tell("_window", [0, 8, 64]);
  assert.deepEqual(sent, [{ scale: "gain" }, { navigator: false }, { _window: [0, 8, 64] }]);
  assert.ok(!isBusy());
});

test("what belongs together is told in one message", () => {
  const { requests, sent } = start();
  requests.tellAll({ table_by: "count", table_descending: false });
  assert.deepEqual(sent, [{ table_by: "count", table_descending: false }]);
});

test("a message goes after what waits", () => {
  const { requests, sent, heard } = start();
  requests.ask("theta", 1);
  requests.ask("theta", 2);
  requests.send({ type: "direction", direction: 3, sign: -1 });
  assert.deepEqual(sent, [{ theta: 1 }, { theta: 2 }]);
  assert.deepEqual(heard, [{ type: "direction", direction: 3, sign: -1 }]);
});

test("the plane on show is asked for again, to put an error away", async () => {
  const { requests, sent, answer, refuse, model, isBusy } = start();
  requests.ask("pair", [9, 9]);
  requests.refresh();
  assert.equal(sent.length, 1);
  await refuse("expected directions from 0 to 3, got (9, 9)");
  requests.refresh();
  assert.deepEqual(sent.at(-1), {}); // the number alone
  assert.ok(isBusy());
  await answer();
  assert.equal(model.get("error"), "");
});

test("listeners hear of answers, and see what is asked for", async () => {
  const { store, requests, answer } = start();
  const seen: number[] = [];
  const view = new AbortController();
  requests.onAnswer(() => seen.push(store.get("theta")), view.signal);
  requests.ask("theta", 1);
  requests.ask("theta", 2);
  await answer();
  assert.deepEqual(seen, [2]);
  view.abort();
  await answer();
  assert.deepEqual(seen, [2]);
});

test("closing leaves no handler and no timer, and nothing is sent after it", () => {
  const { requests, clock, closing, handlers, sent } = start();
  requests.ask("theta", 1);
  closing.abort();
  requests.ask("theta", 2);
  assert.deepEqual([handlers(), clock.waiting, sent.length], [0, 0, 1]);
});

test("while the page draws by itself the kernel is asked at a calm pace, and for the last value", async () => {
  const { store, requests, sent, answer, clock, closing } = start();
  /** The page's own answer to θ. */
  const draw = (theta: number) => {
    store.local.value = { _frame: { ...FRAME, theta } };
  };
  const ask = (theta: number) => {
    store.wanted.value = { theta };
    draw(theta);
    requests.ask("theta", theta);
  };
  ask(1);
  await answer();
  ask(2);
  ask(3);
  assert.equal(sent.length, 1);
  clock.strike();
  assert.deepEqual(sent.at(-1), { theta: 3 });
  await answer();
  store.clear();
  requests.ask("theta", 4);
  assert.deepEqual(sent.at(-1), { theta: 4 });
  await answer();
  ask(5);
  assert.equal(sent.length, 4); // the page drew none of those before
  closing.abort();
  assert.equal(clock.waiting, 0);
});
