import assert from "node:assert/strict";
import { test } from "node:test";
import { Playback } from "../../src/kernel/playback.ts";
import { RequestQueue } from "../../src/kernel/request-queue.ts";
import { FakeClock } from "../support/clock.ts";
import { connected, LAYER, wired } from "../support/fakes.ts";

function start() {
  const kernel = connected();
  const clock = new FakeClock();
  const closing = new AbortController();
  const view = new AbortController();
  const { store, link } = wired(kernel.model, closing.signal);
  const requests = new RequestQueue(store, link, closing.signal, new FakeClock());
  const player = new Playback(store, requests, closing.signal, () => 170, "position", clock);
  const changes: boolean[] = [];
  player.subscribe(() => changes.push(player.isPlaying), view.signal);
  const positions = () => kernel.sent.map(({ position }) => position);
  return { ...kernel, clock, closing, view, requests, player, changes, positions };
}

test("a step needs both the time and the answer of the one before", async () => {
  const { player, clock, answer, positions } = start();
  player.start();
  assert.deepEqual(positions(), [1]);
  clock.strike();
  assert.deepEqual(positions(), [1]);
  await answer();
  assert.deepEqual(positions(), [1, 2]);
  await answer();
  assert.deepEqual(positions(), [1, 2]);
  clock.strike();
  assert.deepEqual(positions(), [1, 2, 3]);
});

test("the sweep begins anew after the last plane", async () => {
  const { player, clock, answer, positions } = start();
  player.start();
  for (let k = 0; k < 7; k += 1) {
    await answer();
    clock.strike();
  }
  assert.deepEqual(positions(), [1, 2, 3, 4, 5, 0, 1, 2]);
});

test("a plane that is refused is passed over", async () => {
  const { player, clock, answer, refuse, positions } = start();
  player.start();
  clock.strike();
  await refuse("these directions are parallel");
  assert.deepEqual(positions(), [1, 2]);
  assert.ok(player.isPlaying);
  await answer();
});

test("where every other plane is refused the sweep ends", async () => {
  const { player, clock, refuse, sent } = start();
  player.start();
  for (let k = 0; k < 20 && player.isPlaying; k += 1) {
    clock.strike();
    await refuse("these directions are parallel");
  }
  assert.ok(!player.isPlaying);
  assert.ok(sent.length === 5);
});

test("views hear of start and stop, and no timer is left", () => {
  const { player, clock, changes } = start();
  player.start();
  player.start();
  player.stop();
  player.stop();
  assert.deepEqual(changes, [true, false]);
  assert.equal(clock.waiting, 0);
});

test("the sweep ends with its last view or its model", () => {
  for (const which of ["view", "closing"] as const) {
    const scope = start();
    scope.player.start();
    scope[which].abort();
    assert.ok(!scope.player.isPlaying, which);
    assert.equal(scope.clock.waiting, 0);
  }
});

test("a single plane cannot be swept", () => {
  const { player, receive, model } = start();
  receive({});
  model.set("_layer", { ...LAYER, n_planes: 1 });
  player.start();
  assert.ok(!player.isPlaying);
});

test("steps are swept as planes are, and the plane stays", async () => {
  const kernel = connected();
  kernel.push({ _steps: ["a", "b", "c"] });
  const [clock, { signal }] = [new FakeClock(), new AbortController()];
  const { store, link } = wired(kernel.model, signal);
  const requests = new RequestQueue(store, link, signal, new FakeClock());
  const player = new Playback(store, requests, signal, () => 170, "step", clock);
  player.start();
  for (let k = 0; k < 3; k += 1) {
    await kernel.answer();
    clock.strike();
  }
  assert.deepEqual(kernel.sent, [{ step: 1 }, { step: 2 }, { step: 0 }, { step: 1 }]);
});
