import assert from "node:assert/strict";
import { test } from "node:test";
import type { KernelLink, MessageHandler } from "../../src/kernel/kernel-connection.ts";
import { ViewCount } from "../../src/kernel/view-count.ts";
import type { PageMessage } from "../../src/protocol/messages.ts";
import { FakeClock } from "../support/clock.ts";

function opened() {
  const sent: PageMessage[] = [];
  const handlers: MessageHandler[] = [];
  const link = {
    send: (message: PageMessage) => sent.push(message),
    onMessage: (handler: MessageHandler) => handlers.push(handler),
  } as unknown as KernelLink;
  const [clock, model] = [new FakeClock(), new AbortController()];
  const views = new ViewCount(link, model.signal, clock);
  const view = () => {
    const own = new AbortController();
    views.add(own.signal);
    return () => own.abort();
  };
  const ask = () => {
    for (const handler of handlers) handler({ type: "who_shows" }, []);
  };
  /** What was said since: shown, answered; each with the page's own name, which stays the same. */
  const said = () =>
    sent.splice(0).map((each) => each.type === "views" && [each.shown, each.asked]);
  return { clock, model, view, ask, said };
}

test("the kernel is told of the first view, and when the last one has been gone for a while", () => {
  const { clock, view, said } = opened();
  const [first, second] = [view(), view()];
  assert.deepEqual(said(), [[true, false]]);
  first();
  assert.equal(clock.waiting, 0);
  second();
  assert.deepEqual(said(), []);
  clock.strike();
  assert.deepEqual(said(), [[false, false]]);
  view();
  assert.deepEqual(said(), [[true, false]]);
});

test("a view that is made anew at once is no news", () => {
  const { clock, view, said } = opened();
  const close = view();
  said();
  close();
  view();
  clock.strike();
  assert.deepEqual(said(), []);
});

test("pages that show the scope answer the kernel", () => {
  const { clock, view, ask, said } = opened();
  ask();
  assert.deepEqual(said(), []);
  const close = view();
  said();
  ask();
  assert.deepEqual(said(), [[true, true]]);
  close();
  ask();
  assert.deepEqual(said(), [[true, true]]);
  clock.strike();
  ask();
  assert.deepEqual(said(), [[false, false]]);
});

test("nothing is said of a model that is gone", () => {
  const { clock, model, view, said } = opened();
  const [first, second] = [view(), view()];
  said();
  first();
  second();
  model.abort();
  clock.strike();
  assert.deepEqual(said(), []);
  const late = view();
  said();
  late();
  assert.equal(clock.waiting, 0);
});

test("a view that is gone before it is there does not count", () => {
  const { said } = opened();
  const link = { onMessage: () => {} } as unknown as KernelLink;
  new ViewCount(link, new AbortController().signal).add(AbortSignal.abort());
  assert.deepEqual(said(), []);
});
