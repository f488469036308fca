import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { type SurveySpec, SurveyTask } from "../../src/answers/survey-task.ts";
import type { LayerSamples } from "../../src/engine/layer-samples.ts";
import type { MapFrame } from "../../src/protocol/frames.ts";
import type { ScopeTraits } from "../../src/protocol/traits.ts";
import { FakeClock } from "../support/clock.ts";
import { layerSamplesOf, unitRows } from "../support/page-data.ts";

const SMALL = layerSamplesOf({ n: 300, d: 6 });
// Enough to take several stretches.
const LARGE = layerSamplesOf({ n: 3000, d: 40 });
/** Says that it is larger than it is. */
const COSTLY: LayerSamples = Object.create(LARGE, { nSamples: { value: 3_000_000 } });

// Time by which every look at the clock takes a while: a survey is done in the same stretches always.
let time = 0;
mock.method(performance, "now", () => {
  time += 3;
  return time;
});

function start() {
  const queue = new FakeClock();
  const closing = new AbortController();
  let seen: Partial<ScopeTraits> = {};
  const done: SurveySpec[] = [];
  const show = (traits: Partial<ScopeTraits>) => {
    seen = { ...seen, ...traits };
  };
  const surveyor = new SurveyTask(show, (aim) => done.push(aim), closing.signal, queue);
  const map = () => (seen._map_frame ?? {}) as Partial<MapFrame>;
  const at = (epsilon: number, layer = SMALL): SurveySpec => ({
    step: 0,
    layer,
    epsilon,
    isotropic: 0.1,
  });
  return { queue, closing, surveyor, map, at, done, seen: () => seen };
}

test("all planes are surveyed, charted and kept", () => {
  const { queue, surveyor, map, at, done, seen } = start();
  surveyor.request(at(0.5), "index");
  assert.equal(map().state, "running");
  queue.drain();
  const { state, n_planes, by, epsilon, size } = map();
  assert.deepEqual([state, n_planes, by, epsilon, size], ["done", 15, "alignment", 0.5, 6]);
  assert.equal((seen()._map as Uint16Array).length, 36);
  const lit = [...(seen()._map_lit as Uint16Array)];
  assert.ok(lit.every((n, k) => (k % 7 === 0 ? n === 0 : n > 0 && n <= 300)));
  assert.equal((seen()._ensemble as Float32Array).length, 5 * 360);
  assert.equal(surveyor.at(at(0.5))?.epsilon, 0.5);
  assert.equal(surveyor.at(at(0.4)), undefined);
  surveyor.request(at(0.5), "peak");
  assert.deepEqual([map().by, queue.waiting, done.length], ["peak", 0, 1]);
});

test("the map tells of the layer: A₄ and n_eff, or nothing if the basis is not orthonormal", () => {
  const { queue, surveyor, map, at } = start();
  surveyor.request(at(0.5), "index");
  queue.drain();
  const { alignment, participation } = map();
  const { moments } = surveyor.at(at(0.5)) ?? {};
  assert.ok(moments);
  assert.deepEqual([alignment, participation], [moments.alignment, moments.participation]);
  surveyor.request(at(1), "index");
  queue.drain();
  assert.deepEqual([map().n_lit, map().alignment], [0, alignment]);
  const oblique = layerSamplesOf({ n: 300, d: 5, m: 6, basis: unitRows(6, 5) });
  surveyor.request({ ...at(0.5, oblique), step: 1 }, "index");
  queue.drain();
  assert.deepEqual([map().state, map().alignment, map().participation], ["done", null, null]);
});

test("the latest ε wins, and a young survey is finished first", () => {
  const { queue, surveyor, map, at, done } = start();
  surveyor.request(at(0.5, LARGE), "index");
  queue.strikeOnce();
  for (const epsilon of [0.4, 0.3, 0.2]) surveyor.request(at(epsilon, LARGE), "index");
  queue.drain();
  assert.deepEqual(
    done.map(({ epsilon }) => epsilon),
    [0.5, 0.2],
  );
  assert.deepEqual([map().state, map().epsilon], ["done", 0.2]);
});

test("an older survey makes way", () => {
  const { queue, surveyor, at, done } = start();
  surveyor.request(at(0.5, LARGE), "index");
  queue.strikeOnce();
  time += 2000;
  surveyor.request(at(0.4, LARGE), "index");
  queue.drain();
  assert.deepEqual(
    done.map(({ epsilon }) => epsilon),
    [0.4],
  );
});

test("what may take long waits for a click, and then goes on whatever else moves", () => {
  const { queue, surveyor, map, at, done } = start();
  surveyor.request(at(0.9, COSTLY), "index");
  assert.deepEqual([map().state, queue.waiting], ["waiting", 0]);
  assert.match(map().hint ?? "", /^780 planes of 3,000,000 samples: this may take a while\.$/);
  surveyor.request(at(0.9, COSTLY), "index", true);
  queue.strikeOnce();
  surveyor.request(at(0.9, COSTLY), "index");
  assert.equal(map().state, "running");
  queue.drain();
  assert.deepEqual([map().state, done.length], ["done", 1]);
  surveyor.request(at(0.8, COSTLY), "index");
  assert.deepEqual([map().state, queue.waiting], ["waiting", 0]);
});

test("what takes much memory waits for a click, and what takes too much is never begun", () => {
  const { queue, surveyor, map, at } = start();
  const ofSize = (nDirections: number): LayerSamples =>
    Object.create(SMALL, { nDirections: { value: nDirections } });
  surveyor.request(at(0.5, ofSize(5_000)), "index");
  assert.deepEqual([map().state, map().too_large, queue.waiting], ["waiting", false, 0]);
  for (const costly of [false, true]) {
    surveyor.request(at(0.5, ofSize(24_576)), "index", costly);
    assert.deepEqual([map().state, map().too_large, queue.waiting], ["waiting", true, 0]);
    const said =
      "301,977,600 planes: a survey takes some 14 GB of memory, more than a page can have.";
    assert.equal(map().hint, said);
  }
});

test("without anchors to spare it the work, less is costly", () => {
  const { queue, surveyor, map, at } = start();
  const layer: LayerSamples = Object.create(LARGE, { nSamples: { value: 200_000 } });
  surveyor.request(at(0.5, layer), "index");
  assert.equal(map().state, "running");
  surveyor.request(undefined, "index");
  surveyor.request(at(0, layer), "index");
  assert.deepEqual([map().state, queue.waiting], ["waiting", 0]);
});

test("put away it stops, and shows nothing", () => {
  const { queue, surveyor, map, at, done, seen } = start();
  surveyor.request(at(0.5, LARGE), "index");
  queue.strikeOnce();
  surveyor.request(undefined, "index");
  assert.deepEqual([map().state, queue.waiting, done.length], ["off", 0, 0]);
  assert.deepEqual([seen()._map, seen()._map_lit], [new Uint16Array(), new Uint16Array()]);
  surveyor.showWindow([0, 0, 4]);
  assert.deepEqual(seen()._tile_frame, {});
});

test("no plane lit is said, with an ε that can be read", () => {
  const { queue, surveyor, map, at } = start();
  surveyor.request(at(0.1 + 0.2 + 0.6999999), "index");
  queue.drain();
  assert.equal(map().hint, "No plane is lit at ε = 1.");
});

test("a closer look is a part of the whole", () => {
  const { queue, surveyor, at, seen } = start();
  surveyor.request(at(0.5), "index");
  queue.drain();
  surveyor.showWindow([2, 1, 3]);
  for (const [all, part] of [
    ["_map", "_tile"],
    ["_map_lit", "_tile_lit"],
  ] as const) {
    const [whole, tile] = [seen()[all] as Uint16Array, seen()[part] as Uint16Array];
    const expected = [2, 3, 4].flatMap((i) => [1, 2, 3].map((j) => whole[6 * i + j]));
    assert.deepEqual([...tile], expected, part);
  }
});

test("closed it leaves nothing behind", () => {
  const { queue, closing, surveyor, at } = start();
  surveyor.request(at(0.5, LARGE), "index");
  queue.strikeOnce();
  closing.abort();
  assert.equal(queue.waiting, 0);
});
