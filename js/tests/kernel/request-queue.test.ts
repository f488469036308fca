import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestQueue } from "../../src/kernel/request-queue.ts";
import { FakeClock } from "../support/clock.ts";
import { connected } from "../support/fakes.ts";

function start() {
  const kernel = connected();
  const clock = new FakeClock();
  const closing = new AbortController();
  const requests = new RequestQueue(kernel.model, closing.signal, clock);
  return { ...kernel, clock, closing, requests };
}

test("a value is set at once and sent at once", () => {
  const { model, requests, sent } = start();
  requests.ask("theta", 1);
  assert.equal(model.get("theta"), 1);
  assert.deepEqual(sent, [{ theta: 1 }]);
  assert.ok(requests.isBusy);
});

test("nothing is sent while a request is under way, and the last value always arrives", async () => {
  const { model, requests, sent, inbox, answer } = start();
  for (let k = 1; k <= 50; k += 1) {
    requests.ask("theta", k / 10);
    assert.ok(inbox.length <= 1);
    if (k % 20 === 0) await answer();
    assert.equal(model.get("theta"), k / 10);
  }
  while (inbox.length > 0) await answer();
  assert.deepEqual(
    sent.map(({ theta }) => theta),
    [0.1, 2, 4, 5],
  );
  assert.ok(!requests.isBusy);
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
  const { model, requests, receive } = start();
  requests.ask("epsilon", 0.4);
  requests.ask("epsilon", 0.3);
  receive({ epsilon: 0.4 });
  await Promise.resolve();
  assert.equal(model.get("epsilon"), 0.3);
});

test("a refusal puts the last good value back and frees the way", async () => {
  const { model, requests, sent, refuse } = start();
  requests.ask("pair", [9, 9]);
  await refuse("expected directions from 0 to 3, got (9, 9)");
  assert.deepEqual(model.get("pair"), [0, 1]);
  assert.equal(model.get("error"), "expected directions from 0 to 3, got (9, 9)");
  assert.ok(!requests.isBusy);
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
  const { requests, sent, clock } = start();
  requests.ask("theta", 1);
  clock.strike();
  requests.ask("theta", 0);
  assert.deepEqual(sent.at(-1), { theta: 0 });
  assert.ok(requests.isBusy);
});

test("what the kernel shows already is not waited for, nor sent later", async () => {
  const { model, requests, sent, answer, receive } = start();
  requests.ask("theta", 1);
  requests.ask("theta", 2);
  requests.ask("theta", 1);
  await answer();
  assert.ok(!requests.isBusy);
  receive({ theta: 3 });
  requests.ask("epsilon", 0.1);
  assert.deepEqual(sent.at(-1), { epsilon: 0.1 });
  assert.equal(model.get("theta"), 3);
});

for (const [first, then] of [
  ["pair", "position"],
  ["position", "pair"],
] as const) {
  test(`${then} after ${first}, both waiting: only ${then} has a say`, async () => {
    const { requests, sent, answer, model } = start();
    const ask = {
      pair: () => requests.ask("pair", [2, 3]),
      position: () => requests.ask("position", 4),
    };
    requests.ask("position", 2);
    ask[first]();
    ask[then]();
    await answer();
    const { pair, position } = sent[1] ?? {};
    // What is sent beside it is what the kernel has, and changes nothing there.
    if (then === "position") assert.deepEqual([position, pair ?? [0, 3]], [4, [0, 3]]);
    else assert.deepEqual([pair, position ?? 2], [[2, 3], 2]);
    await answer();
    assert.deepEqual(model.get("pair"), then === "pair" ? [2, 3] : [1, 3]);
  });
}

test("signed is told without an answer, taking along what waits", async () => {
  const { requests, sent } = start();
  requests.tell("signed", true);
  assert.deepEqual(sent, [{ signed: true }]);
  assert.ok(!requests.isBusy);
  requests.ask("theta", 1);
  requests.ask("theta", 2);
  requests.tell("signed", false);
  assert.deepEqual(sent.at(-1), { theta: 2, signed: false });
});

test("order goes to the kernel; a position waiting for the order before does not", async () => {
  const { requests, sent, answer, model } = start();
  requests.ask("position", 2);
  requests.ask("position", 4);
  requests.ask("order", "peak");
  assert.equal(model.get("order"), "peak");
  await answer();
  const { order, position } = sent[1] ?? {};
  // What is sent beside it is what the kernel has, and changes nothing there.
  assert.deepEqual([order, position ?? 2], ["peak", 2]);
  assert.ok(requests.isBusy);
  await answer();
  assert.ok(!requests.isBusy);
});

test("scale, navigator and window are told without waiting for an answer", () => {
  const { requests, sent } = start();
  requests.tell("scale", "gain");
  requests.tell("navigator", false);
  requests.tell("_window", [0, 8, 64]);
  assert.deepEqual(sent, [{ scale: "gain" }, { navigator: false }, { _window: [0, 8, 64] }]);
  assert.ok(!requests.isBusy);
});

test("what belongs together is told in one message", () => {
  const { requests, sent } = start();
  requests.tellAll({ table_by: "count", table_descending: true });
  assert.deepEqual(sent, [{ table_by: "count", table_descending: true }]);
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
  const { requests, sent, answer, refuse, model } = start();
  requests.ask("pair", [9, 9]);
  requests.refresh();
  assert.equal(sent.length, 1);
  await refuse("expected directions from 0 to 3, got (9, 9)");
  requests.refresh();
  assert.deepEqual(sent.at(-1), { pair: [0, 1] });
  assert.ok(requests.isBusy);
  await answer();
  assert.equal(model.get("error"), "");
});

test("listeners hear of answers once the wanted values are back", async () => {
  const { model, requests, answer } = start();
  const seen: number[] = [];
  const view = new AbortController();
  requests.onAnswer(() => seen.push(model.get("theta")), view.signal);
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
  const { model, sent, answer } = connected();
  const clock = new FakeClock();
  const closing = new AbortController();
  let led = true;
  const requests = new RequestQueue(model, closing.signal, clock, () => led);
  requests.ask("theta", 1);
  await answer();
  requests.ask("theta", 2);
  requests.ask("theta", 3);
  assert.equal(sent.length, 1);
  clock.strike();
  assert.deepEqual(sent.at(-1), { theta: 3 });
  await answer();
  led = false;
  requests.ask("theta", 4);
  assert.deepEqual(sent.at(-1), { theta: 4 });
  led = true;
  await answer();
  requests.ask("theta", 5);
  assert.equal(sent.length, 4); // none was led since
  closing.abort();
  assert.equal(clock.waiting, 0);
});
