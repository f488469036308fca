import assert from "node:assert/strict";
import { test } from "node:test";
import type { ScoreGrid } from "../../../src/views/plane-map/map-grid.ts";
import {
  centreOf,
  isInView,
  missingWindow,
  neighbour,
  panned,
  planeAt,
  scrolledTo,
  wholeMap,
  windowAround,
  zoomed,
} from "../../../src/views/plane-map/viewport.ts";

const M = 4096;
const WHOLE = wholeMap(M);

function grid(row: number, column: number, side: number, step: number): ScoreGrid {
  const size = Math.ceil(side / step);
  const values = new Uint16Array(size * size);
  const scores = { by: "peak", surveyed: 0, epsilon: 0.5, step, size, low: 0, high: 1 } as const;
  return { ...scores, row, column, values, best: new Uint16Array(), lit: values };
}

test("what stands under the pointer stays there when zoomed, until the map ends", () => {
  let viewport = WHOLE;
  const place = { x: 0.3, y: 0.8 };
  const plane = planeAt(viewport, place, M);
  for (const factor of [1.1, 2, 4, 1.7, 0.5, 3]) {
    viewport = zoomed(viewport, factor, place, M);
    assert.deepEqual(planeAt(viewport, place, M), plane);
  }
  viewport = zoomed(viewport, 1e-6, place, M);
  assert.deepEqual(viewport, WHOLE);
  assert.equal(zoomed(viewport, 1e9, place, M).span, 4);
});

test("two fingers that move apart and along zoom and pan at once", () => {
  const viewport = { x: 1000, y: 2000, span: 512 };
  const [from, to] = [
    { x: 0.25, y: 0.5 },
    { x: 0.5, y: 0.25 },
  ];
  const next = zoomed(viewport, 2, from, M, to);
  assert.equal(next.span, 256);
  assert.equal(next.x + to.x * next.span, viewport.x + from.x * viewport.span);
  assert.equal(next.y + to.y * next.span, viewport.y + from.y * viewport.span);
});

test("panning stops at the map's edges", () => {
  const viewport = { x: 10, y: 10, span: 100 };
  assert.deepEqual(panned(viewport, { x: -0.5, y: -0.25 }, M), { x: 60, y: 35, span: 100 });
  assert.deepEqual(panned(viewport, { x: 9, y: 9 }, M), { x: 0, y: 0, span: 100 });
  const end = panned(viewport, { x: -99, y: -99 }, M);
  assert.deepEqual(end, { x: M - 100, y: M - 100, span: 100 });
  assert.deepEqual(panned(WHOLE, { x: 0.5, y: -0.5 }, M), WHOLE);
});

test("places and planes fit", () => {
  const viewport = { x: 100.5, y: 7.25, span: 20 };
  for (const pair of [
    [8, 101],
    [20, 119],
  ] as [number, number][]) {
    assert.deepEqual(planeAt(viewport, centreOf(viewport, pair), M), pair);
    assert.ok(isInView(viewport, pair));
  }
  assert.ok(!isInView(viewport, [3, 105]));
  for (const outside of [-0.01, 1.0001]) {
    assert.equal(planeAt(WHOLE, { x: outside, y: 0.5 }, M), undefined);
    assert.equal(planeAt(WHOLE, { x: 0.5, y: outside }, M), undefined);
  }
});

test("a plane out of view is brought in, one in view moves nothing", () => {
  const viewport = { x: 100, y: 100, span: 50 };
  assert.deepEqual(scrolledTo(viewport, [120, 130], M), viewport);
  for (const pair of [
    [99, 150],
    [3, 4090],
    [0, 1],
    [M - 1, M - 2],
  ] as [number, number][]) {
    const next = scrolledTo(viewport, pair, M);
    assert.ok(isInView(next, pair));
    assert.equal(next.span, 50);
  }
  assert.deepEqual(scrolledTo(wholeMap(2), [1, 0], 2), wholeMap(2));
});

test("steps go over the diagonal and end at the map's edge", () => {
  const cases: [[number, number], [number, number], [number, number]][] = [
    [
      [0, 1],
      [0, 1],
      [0, 2],
    ],
    [
      [2, 4],
      [1, 0],
      [3, 4],
    ],
    [
      [3, 4],
      [1, 0],
      [5, 4],
    ],
    [
      [3, 2],
      [0, 1],
      [3, 4],
    ],
    [
      [5, 4],
      [-1, 0],
      [3, 4],
    ],
    [
      [0, 1],
      [0, -1],
      [0, 1],
    ],
    [
      [0, 1],
      [-1, 0],
      [0, 1],
    ],
    [
      [7, 8],
      [1, 0],
      [9, 8],
    ],
    [
      [8, 9],
      [1, 0],
      [8, 9],
    ],
    [
      [9, 3],
      [0, 1e15],
      [9, 8],
    ],
    [
      [0, 3],
      [0, -1e15],
      [0, 1],
    ],
    [
      [4, 3],
      [0, 1e15],
      [4, 9],
    ],
    [
      [0, 5],
      [5, 0],
      [6, 5],
    ],
  ];
  for (const [pair, [rows, columns], next] of cases) {
    assert.deepEqual(neighbour(pair, rows, columns, 10), next, `${pair} by ${rows}`);
  }
  for (const [rows, columns] of [
    [1, 0],
    [0, -1],
  ] as const) {
    assert.deepEqual(neighbour([0, 1], rows, columns, 2), [0, 1]);
  }
});

test("a closer look is asked for only where there is one to be had", () => {
  const overview = grid(0, 0, M, 16);
  const viewport = { x: 1000, y: 1500, span: 300 };
  const missing = missingWindow(viewport, overview, undefined, M);
  assert.deepEqual(missing, [1425, 925, 451]);
  assert.equal(missingWindow(WHOLE, overview, undefined, M), undefined);
  assert.equal(missingWindow(viewport, undefined, undefined, M), undefined);
  assert.equal(missingWindow(viewport, grid(0, 0, M, 1), undefined, M), undefined);

  const tile = grid(1425, 925, 451, 2);
  assert.equal(missingWindow(viewport, overview, tile, M), undefined);
  const near = panned(viewport, { x: 0.1, y: -0.1 }, M);
  assert.equal(missingWindow(near, overview, tile, M), undefined);
  const far = panned(viewport, { x: 0.4, y: 0 }, M);
  assert.notEqual(missingWindow(far, overview, tile, M), undefined);
  const closer = zoomed(viewport, 4, { x: 0.5, y: 0.5 }, M);
  assert.notEqual(missingWindow(closer, overview, tile, M), undefined);
});

test("the window asked for lies in the map and holds the view", () => {
  for (const [x, y, span] of [
    [0, 0, 4],
    [M - 4, 0, 4],
    [M - 300.5, M - 300.5, 300.5],
    [17.3, 2000.9, 1234.5],
  ] as const) {
    const [row, column, side] = windowAround({ x, y, span }, M);
    assert.ok(row >= 0 && column >= 0 && row + side <= M && column + side <= M);
    assert.ok(column <= x && row <= y && column + side >= x + span && row + side >= y + span);
    assert.ok([row, column, side].every(Number.isInteger));
  }
});
