import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestQueue } from "../../src/kernel/request-queue.ts";
import { TileRequests } from "../../src/kernel/tile-requests.ts";
import type { MapWindow } from "../../src/protocol/frames.ts";
import { FakeClock } from "../support/clock.ts";
import { connected } from "../support/fakes.ts";

function start() {
  const kernel = connected();
  const clock = new FakeClock();
  const closing = new AbortController();
  const requests = new RequestQueue(kernel.model, closing.signal, new FakeClock());
  const tiles = new TileRequests(kernel.model, requests, closing.signal, clock);
  const answer = () => kernel.push({ _tile_frame: { window: kernel.sent.at(-1)?._window } });
  const windows = () => kernel.sent.map(({ _window }) => _window);
  return { ...kernel, clock, closing, tiles, answer, windows };
}

const at = (k: number): MapWindow => [k, k, 64];

test("one window is asked for at a time, and the last one always", () => {
  const { tiles, answer, windows, clock } = start();
  for (let k = 0; k < 10; k += 1) tiles.ask(at(k));
  assert.deepEqual(windows(), [at(0)]);
  answer();
  assert.deepEqual(windows(), [at(0), at(9)]);
  answer();
  assert.equal(clock.waiting, 0);
});

test("an answer that never comes is not waited for for ever", () => {
  const { tiles, windows, clock } = start();
  tiles.ask(at(1));
  tiles.ask(at(2));
  clock.strike();
  assert.deepEqual(windows(), [at(1), at(2)]);
});

test("the same window again is a change to the kernel", () => {
  const { tiles, answer, windows } = start();
  tiles.ask(at(1));
  answer();
  tiles.ask(at(1));
  assert.deepEqual(windows(), [at(1), [1, 1, 63]]);
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
