import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestQueue } from "../../src/kernel/request-queue.ts";
import { TileRequests } from "../../src/kernel/tile-requests.ts";
import type { MapWindow } from "../../src/protocol/frames.ts";
import { FakeClock } from "../support/clock.ts";
import { connected, wired } from "../support/fakes.ts";

function start() {
  const kernel = connected();
  const clock = new FakeClock();
  const closing = new AbortController();
  const { store, link } = wired(kernel.model, closing.signal);
  const requests = new RequestQueue(store, link, closing.signal, new FakeClock());
  const tiles = new TileRequests(store, requests, closing.signal, clock);
  const answer = () => {
    kernel.push({ _tile_frame: { window: kernel.sent.at(-1)?._window } });
    return Promise.resolve();
  };
  const windows = () => kernel.sent.map(({ _window }) => _window);
  return { ...kernel, clock, closing, tiles, answer, windows };
}

const at = (k: number): MapWindow => [k, k, 64];

test("one window is asked for at a time, and the last one always", async () => {
  const { tiles, answer, windows, clock } = start();
  for (let k = 0; k < 10; k += 1) tiles.ask(at(k));
  assert.deepEqual(windows(), [at(0)]);
  await answer();
  assert.deepEqual(windows(), [at(0), at(9)]);
  await answer();
  assert.equal(clock.waiting, 0);
});

test("an answer that never comes is not waited for for ever", () => {
  const { tiles, windows, clock } = start();
  tiles.ask(at(1));
  tiles.ask(at(2));
  clock.strike();
  assert.deepEqual(windows(), [at(1), at(2)]);
});

test("a window that the kernel knows is not asked for again: it comes with every map", async () => {
  const { tiles, answer, windows, clock } = start();
  tiles.ask(at(1));
  await answer();
  tiles.ask(at(1));
  assert.deepEqual([windows(), clock.waiting], [[at(1)], 0]);
  tiles.ask(at(2));
  assert.deepEqual(windows(), [at(1), at(2)]);
});

test("a window that is over is taken back", () => {
  const { tiles, windows, clock } = start();
  tiles.release();
  assert.deepEqual(windows(), []);
  tiles.ask(at(1));
  tiles.ask(at(2));
  tiles.release();
  assert.deepEqual(windows(), [at(1), []]);
  assert.equal(clock.waiting, 0);
});

test("closing leaves no timer and no handler", () => {
  const { tiles, closing, clock, handlers } = start();
  tiles.ask(at(1));
  closing.abort();
  assert.deepEqual([clock.waiting, handlers()], [0, 0]);
});
