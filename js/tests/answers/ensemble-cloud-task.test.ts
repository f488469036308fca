import assert from "node:assert/strict";
import { mock, test } from "node:test";
import {
  type EnsembleCloudSpec,
  EnsembleCloudTask,
} from "../../src/answers/ensemble-cloud-task.ts";
import type { EnsembleCloudFrame } from "../../src/protocol/frames.ts";
import type { ScopeTraits } from "../../src/protocol/traits.ts";
import { FakeClock } from "../support/clock.ts";
import { layerSamplesOf } from "../support/page-data.ts";

const SMALL = layerSamplesOf({ n: 300, d: 6 });
// Enough to take several slices.
const LARGE = layerSamplesOf({ n: 3000, d: 80 });

// Time by which every look at the clock takes a while: all is counted in the same slices always.
let time = 0;
let look = 3;
mock.method(performance, "now", () => {
  time += look;
  return time;
});

function start() {
  const queue = new FakeClock();
  const closing = new AbortController();
  const frames: Partial<EnsembleCloudFrame>[] = [];
  let seen: Partial<ScopeTraits> = {};
  const show = (traits: Partial<ScopeTraits>) => {
    seen = { ...seen, ...traits };
    frames.push(seen._ensemble_cloud_frame ?? {});
  };
  const cells = new Float32Array(64 * 64).fill(1 / 128 ** 2);
  const task = new EnsembleCloudTask(show, cells, closing.signal, queue);
  const at = (epsilon: number, layer = SMALL): EnsembleCloudSpec => ({
    step: 0,
    layer,
    epsilon,
    kind: "ratio",
  });
  const frame = () => frames.at(-1) ?? {};
  return { queue, closing, task, at, frames, frame, seen: () => seen };
}

test("all planes are counted when they are asked for, and kept", () => {
  const { queue, task, at, frames, frame, seen } = start();
  task.request(undefined);
  assert.deepEqual([frames.length, queue.waiting], [0, 0]);
  task.request(at(0.5));
  assert.deepEqual(frame(), { state: "running", progress: 0, hint: "" });
  queue.drain();
  const { state, progress, n_planes, n_samples, epsilon, kind } = frame();
  assert.deepEqual([state, progress, n_planes, n_samples], ["done", 1, 15, 300]);
  assert.deepEqual([epsilon, kind], [0.5, "ratio"]);
  assert.equal((seen()._ensemble_cloud as Uint8Array).length, 128 * 128);
  const told = frames.length;
  task.request(at(0.5));
  assert.deepEqual([frames.length, queue.waiting], [told, 0]);
  task.request({ ...at(0.5), kind: "density" });
  assert.deepEqual([frame().kind, frame().low, queue.waiting], ["density", 0, 0]);
  task.request(undefined);
  assert.deepEqual(frame(), {});
  task.request(at(0.5));
  assert.deepEqual([frame().state, queue.waiting], ["done", 0]);
});

test("another ε takes the place of the one that is counted; the last picture stays meanwhile", () => {
  const { queue, task, at, frame, frames } = start();
  task.request(at(0.5, LARGE));
  queue.drain();
  task.request(at(0.01, LARGE));
  for (let k = 0; k < 100; k += 1) queue.strikeOnce();
  assert.equal(frame().state, "running");
  assert.ok((frame().progress ?? 0) > 0);
  assert.equal(frame().epsilon, 0.5);
  for (const epsilon of [0.02, 0.03]) task.request(at(epsilon, LARGE));
  queue.drain();
  assert.deepEqual([frame().state, frame().epsilon], ["done", 0.03]);
  assert.ok(frames.every((each) => each.epsilon !== 0.01));
  const shares = new Set(frames.map((each) => each.progress));
  assert.ok(shares.size <= 101);
});

test("what has only just begun is finished first, so that the picture follows a moving ε", () => {
  const { queue, task, at, frame, frames } = start();
  for (const epsilon of [0.5, 0.51, 0.52]) task.request(at(epsilon));
  queue.drain();
  assert.deepEqual([frame().state, frame().epsilon], ["done", 0.52]);
  const done = frames.filter((each) => each.state === "done").map((each) => each.epsilon);
  assert.deepEqual(done, [0.5, 0.52]);
});

test("what would take too long is refused with the call that does it", () => {
  const { queue, task, at, frame, frames } = start();
  task.request(at(0.5));
  queue.drain();
  look = 400;
  task.request(at(0.01, LARGE));
  queue.drain();
  look = 3;
  assert.deepEqual([frame().state, frame().epsilon], ["failed", 0.5]);
  assert.match(
    frame().hint ?? "",
    /^3,160 planes of 3,000 samples: .* takes this page some \d+ min/,
  );
  assert.match(frame().hint ?? "", /engine\.ensemble_density\(epsilon=0\.01, raw=False\) does it/);
  const told = frames.length;
  task.request(at(0.01, LARGE));
  assert.deepEqual([frames.length, queue.waiting], [told, 0]);
  task.request(at(0.5));
  assert.deepEqual([frame().state, frame().hint], ["done", ""]);
});

test("nothing is shown once the page is closed", () => {
  const { queue, task, at, frames, closing } = start();
  task.request(at(0.01, LARGE));
  queue.strikeOnce();
  closing.abort();
  const told = frames.length;
  queue.drain();
  assert.equal(frames.length, told);
});
