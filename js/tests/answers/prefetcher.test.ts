import assert from "node:assert/strict";
import { test } from "node:test";
import { OptimisticAnswers } from "../../src/answers/optimistic-answers.ts";
import { type CachedPlane, PlaneCache } from "../../src/answers/plane-cache.ts";
import { epsilonsNear, positionsAhead } from "../../src/answers/slider-forecast.ts";
import type { AheadFrame, CurveFrame } from "../../src/protocol/frames.ts";
import type { ScopeTraits } from "../../src/protocol/traits.ts";
import { FakeClock } from "../support/clock.ts";
import { AHEAD, FRAME, hearing, LAYER, wired } from "../support/fakes.ts";
import { Model } from "../support/model.js";
import { ASKED_FIRST } from "../support/page-data.ts";

const COURSE = { position: 50, moved: 0, stride: 1, nPlanes: 100 };

test("at rest a slider may go either way", () => {
  const near = positionsAhead(COURSE);
  assert.deepEqual(near.slice(0, 3), [51, 52, 53]);
  assert.ok(near.includes(49) && near.includes(44) && !near.includes(50));
});

test("under way it goes on, more likely than back, and in leaps as it went", () => {
  const on = positionsAhead({ ...COURSE, moved: 1 });
  assert.ok(on.includes(62) && on.includes(46) && !on.includes(45) && !on.includes(63));
  const back = positionsAhead({ ...COURSE, moved: -3 });
  assert.deepEqual(back.slice(0, 4), [47, 44, 41, 38]);
});

test("planes are a pixel apart, whole, there, and each of them once", () => {
  const apart = positionsAhead({
    ...COURSE,
    position: 5000,
    moved: 22,
    stride: 21.8,
    nPlanes: 9000,
  });
  assert.ok(apart.includes(5022) && apart.includes(5044) && apart.includes(5065));
  const edge = positionsAhead({ ...COURSE, position: 98, moved: 1 });
  assert.deepEqual(edge, [99, 97, 96, 95, 94]);
  assert.equal(new Set(apart).size, apart.length);
});

test("ε goes by hundredths, or from level to level", () => {
  assert.deepEqual(epsilonsNear(0.5, []).slice(0, 4), [0.51, 0.49, 0.52, 0.48]);
  assert.deepEqual(epsilonsNear(0.995, []).slice(0, 2), [0.99, 0.98]);
  assert.deepEqual(epsilonsNear(0.4, [0.2, 0.4, 0.7, 0.8]), [0.7, 0.2, 0.8]);
});

const readyAt = (position: number, more: Partial<AheadFrame> = {}, bytes = 100): CachedPlane => ({
  era: 1,
  frame: { ...AHEAD, position, pair: [0, position + 1], ...more },
  traits: { _counts: new Int32Array([position]) },
  bytes,
});
const soughtAt = (position: number, epsilon = FRAME.epsilon) => ({
  position,
  epsilon,
  resolution: FRAME.resolution,
});

test("the shelf keeps what was looked at last, within its bytes", () => {
  const shelf = new PlaneCache(350);
  for (const position of [1, 2, 3]) shelf.put(readyAt(position));
  assert.ok(shelf.find(soughtAt(1)));
  shelf.put(readyAt(4));
  assert.deepEqual(
    [1, 2, 3, 4].map((at) => shelf.has(soughtAt(at))),
    [true, false, true, true],
  );
  assert.equal(shelf.bytes, 300);
  shelf.put(readyAt(4, {}, 120));
  assert.equal(shelf.bytes, 320);
  shelf.put(readyAt(5, {}, 400));
  assert.equal(shelf.bytes, 0);
});

test("the shelf knows planes by position, ε and resolution, and where a pair stands", async () => {
  const shelf = new PlaneCache();
  shelf.put(readyAt(7));
  assert.equal(shelf.find(soughtAt(7, 0.1)), undefined);
  assert.equal(shelf.position([0, 8]), 7);
  assert.equal(shelf.position([8, 0]), undefined);
  shelf.clear();
  assert.deepEqual(
    [shelf.bytes, shelf.has(soughtAt(7)), shelf.position([0, 8])],
    [0, false, undefined],
  );
});

const N_PLANES = 1000;

/** A model whose kernel is busy, and a page beside it that hears of planes ahead. */
function start(frame: Partial<CurveFrame> = {}, layer: Record<string, unknown> = {}) {
  const heard: { type: string; era: number; planes: [number, number][] }[] = [];
  const shown: CurveFrame = { ...FRAME, position: 20, ...frame };
  const asked = { ...ASKED_FIRST, pair: shown.pair, position: 20, theta: 0, epsilon: 0.6 };
  const about = { ...LAYER, n_planes: N_PLANES, isotropic_series: [-1], ...layer };
  const below = new Model(
    {
      ...asked,
      resolution: 360,
      step: 0,
      order: "index",
      _frame: shown,
      _layer: about,
      _legend: {},
    },
    () => {},
    (message) => heard.push(message as never),
  );
  const { model, takers } = hearing(below);
  const clock = new FakeClock();
  const closing = new AbortController();
  const { store, link } = wired(model, closing.signal);
  const { hints } = new OptimisticAnswers(store, link, closing.signal, clock);
  const send = (position: number, more: Partial<AheadFrame> = {}, era = 1) => {
    const ahead = { ...readyAt(position, more).frame, names: [`n${position}`, "x"] };
    const message = { type: "ahead", era, frames: { _frame: ahead }, arrays: ["_counts"] };
    const counts = Int32Array.of(0, position);
    for (const take of [...takers]) take(message, [new DataView(counts.buffer, 4, 4)]);
  };
  const move = (values: Partial<ScopeTraits>) => store.set(values);
  /** One message of the kernel. */
  const receive = (message: Record<string, unknown>) => {
    below.receive(message);
    return Promise.resolve();
  };
  const seen = () => store.get("_frame") as CurveFrame;
  const late = () => store.late.value.asked;
  const drawn = () => new Int32Array((store.get("_counts") as DataView).buffer)[0];
  return {
    ...{ below, receive, takers, clock, closing, store, hints },
    ...{ heard, send, move, seen, late, drawn },
  };
}

test("near the slider its neighbours are wished for, and drawn when they are asked for", async () => {
  const { hints, heard, send, move, seen, late, drawn } = start();
  hints.planeSliderTouched(1);
  await null;
  assert.equal(heard.length, 1);
  assert.equal(heard[0]?.era, 1);
  assert.deepEqual(heard[0]?.planes.slice(0, 2), [
    [21, 0.6],
    [22, 0.6],
  ]);
  send(21);
  assert.equal(seen().position, 20);
  move({ position: 21 });
  assert.deepEqual([seen().position, seen().names[0], drawn(), late()], [21, "n21", 21, []]);
  assert.equal(seen().request, FRAME.request); // no answer of the kernel's
});

test("what was not sent is never drawn under its name: the nearest stays, and is late", () => {
  const { send, move, seen, late, store } = start();
  send(25);
  move({ position: 25 });
  assert.deepEqual([seen().position, late()], [25, []]);
  move({ position: 40 });
  assert.deepEqual([seen().position, seen().names[0]], [25, "n25"]);
  assert.ok(late().includes("position"));
  assert.equal(store.get("position"), 40);
  move({ position: 10 }); // the kernel's own is nearer
  assert.equal(seen().position, 20);
  assert.ok(late().includes("position"));
});

test("a plane that arrives after it was asked for is drawn at once", () => {
  const { send, move, seen, late } = start();
  move({ position: 30 });
  assert.equal(seen().position, 20);
  send(30);
  assert.deepEqual([seen().position, late()], [30, []]);
});

test("the kernel's answer takes the place of what was drawn ahead", async () => {
  const { receive, send, move, seen, store, below } = start();
  send(21);
  move({ position: 21 });
  const answer = { ...FRAME, request: 2, position: 21, pair: [0, 22] as [number, number] };
  await receive({ position: 21, pair: [0, 22], _frame: answer });
  assert.equal(seen(), answer);
  assert.equal(store.get("_counts"), below.get("_counts"));
});

test("a pair that has been sent is found by its name, a mirrored one is not", () => {
  const { send, move, seen, late } = start();
  send(25);
  move({ pair: [0, 26] });
  assert.deepEqual([seen().position, late()], [25, []]);
  move({ pair: [26, 0] });
  assert.ok(late().includes("pair"));
});

test("another ε of a mirrored plane is not that of the plane", () => {
  const { send, move, seen } = start({ pair: [21, 0] }, { levels: [0.5, 0.6] });
  send(20, { epsilon: 0.5 });
  move({ epsilon: 0.5 });
  assert.equal(seen().epsilon, 0.6);
});

test("of counts, levels beside the one on show are wished for, and drawn", async () => {
  const { heard, send, move, seen, late } = start({ pair: [0, 21] }, { levels: [0.4, 0.5, 0.6] });
  move({ epsilon: 0.5 });
  await null;
  assert.deepEqual(heard.at(-1)?.planes, [
    [20, 0.6],
    [20, 0.4],
  ]);
  send(20, { epsilon: 0.5 });
  assert.deepEqual([seen().epsilon, late()], [0.5, []]);
});

test("another era: what was sent is forgotten, and what comes late of the old one is left", async () => {
  const { receive, send, move, seen } = start();
  send(21);
  await receive({ _frame: { ...FRAME, request: 2, era: 2, position: 20 } });
  move({ position: 21 });
  assert.equal(seen().position, 20);
  send(21, {}, 1);
  assert.equal(seen().position, 20);
  send(21, {}, 2);
  assert.equal(seen().position, 21);
});

test("θ that has moved since is late, and the curve is not", () => {
  const { send, move, late } = start();
  send(21);
  move({ theta: 1, position: 21 });
  assert.deepEqual(late(), ["theta"]);
});

test("another order or step is the kernel's to answer", () => {
  const { send, move, seen } = start();
  send(21);
  move({ order: "peak", position: 21 });
  assert.equal(seen().position, 20);
});

test("wishes are not said twice, nor more often than the kernel can hear", async () => {
  const { heard, move, clock } = start();
  for (const position of [21, 22, 23]) {
    move({ position });
    assert.equal(heard.length, position > 21 ? 1 : 0); // what is asked for goes first
    await null;
  }
  assert.equal(heard.length, 1);
  clock.strike();
  assert.equal(heard.length, 2);
  assert.deepEqual(heard[1]?.planes[0], [24, 0.6]);
  clock.strike();
  move({ theta: 1, position: 23 });
  assert.equal(heard.length, 2);
});

test("a hand that moves many planes a pixel settles on one that is there", () => {
  const { hints, send } = start();
  hints.planeSliderTouched(10);
  send(100);
  assert.deepEqual(
    [96, 105, 106, 94].map((at) => hints.nearestReady(at)),
    [100, 100, 106, 94],
  );
  send(N_PLANES - 3);
  assert.deepEqual(
    [0, N_PLANES - 1].map((at) => hints.nearestReady(at)),
    [0, N_PLANES - 1],
  );
  hints.planeSliderTouched(1);
  assert.equal(hints.nearestReady(101), 101);
});

test("near the beam the samples of the plane are fetched, once", () => {
  const { hints, heard } = start();
  hints.beamTouched();
  hints.beamTouched();
  assert.deepEqual(
    heard.map(({ type }) => type),
    ["hold"],
  );
});

test("closed it leaves no handler and no timer", () => {
  const { below, takers, clock, closing, move } = start();
  move({ position: 30, theta: 1 });
  closing.abort();
  assert.deepEqual([below.handlers, takers.size, clock.waiting], [0, 0, 0]);
});

test("a key after another key keeps the way that the slider goes", async () => {
  const { hints, heard, move, clock } = start();
  hints.planeSliderTouched(1);
  await null;
  for (const position of [21, 22]) {
    hints.planeSliderTouched(1);
    move({ position });
    clock.strike();
    await null;
  }
  const [position] = heard.at(-1)?.planes.at(-1) ?? [];
  assert.deepEqual([heard.at(-1)?.planes.length, position], [16, 18]); // twelve ahead, four behind
});
