import assert from "node:assert/strict";
import { test } from "node:test";
import type { MapFrame, TileFrame } from "../../../src/protocol/frames.ts";
import {
  cellOf,
  mapDataOf,
  type ScoreGrid,
  scoreOf,
} from "../../../src/views/plane-map/map-grid.ts";
import {
  domainOf,
  hasFaintCells,
  levelOf,
  mapPixels,
} from "../../../src/views/plane-map/score-colours.ts";

const FRAME = {
  state: "done",
  progress: 1,
  by: "alignment",
  surveyed: 0,
  epsilon: 0.5,
  size: 2,
  step: 1,
  low: -0.5,
  high: 1,
};
const shorts = (...values: number[]) => Uint16Array.from(values);
const NONE = shorts();
const ARRAYS = {
  map: shorts(0, 1, 65535, 0),
  mapBest: NONE,
  mapLit: shorts(0, 9, 2, 0),
  tile: NONE,
  tileBest: NONE,
  tileLit: NONE,
};
const mapOf = (more: object = {}) => ({ ...FRAME, ...more }) as unknown as MapFrame;

const GRID: ScoreGrid = {
  by: "peak",
  surveyed: 0,
  epsilon: 0.5,
  step: 4,
  size: 2,
  low: 0,
  high: 0.5,
  row: 8,
  column: 4,
  values: Uint16Array.of(65535, 1, 0, 32768),
  best: Uint16Array.of(6, 0, 0, 15),
  lit: Uint16Array.of(7, 1, 0, 65535),
};

test("values run from the lowest to the highest score, and 0 is none", () => {
  assert.equal(scoreOf(0, FRAME), null);
  assert.equal(scoreOf(1, FRAME), -0.5);
  assert.equal(scoreOf(65535, FRAME), 1);
  assert.equal(scoreOf(32768, { low: 0.25, high: 0.25 }), 0.25);
  assert.equal(scoreOf(7, { low: null, high: null }), null);
});

test("a cell gives the best plane inside it", () => {
  const cell = cellOf(GRID, [9, 6], 100);
  assert.deepEqual(cell, {
    row: 0,
    column: 0,
    first: [8, 4],
    pair: [9, 6],
    score: 0.5,
    lit: 7,
    shared: 16,
  });
  assert.deepEqual(cellOf(GRID, [12, 8], 100)?.pair, [15, 11]);
  const unlit = cellOf(GRID, [13, 5], 100);
  assert.deepEqual([unlit?.pair, unlit?.score, unlit?.lit], [[13, 5], null, 0]);
  for (const outside of [
    [7, 6],
    [9, 3],
    [16, 6],
    [9, 12],
  ] as [number, number][]) {
    assert.equal(cellOf(GRID, outside, 100), undefined);
  }
});

test("planes that share a cell are counted once, the diagonal and the map's end left out", () => {
  assert.equal(cellOf(GRID, [8, 8], 100)?.shared, 6);
  assert.equal(cellOf(GRID, [12, 4], 14)?.shared, 8);
  assert.equal(cellOf({ ...GRID, row: 9 }, [9, 8], 100)?.shared, 10);
  assert.equal(cellOf({ ...GRID, step: 1 }, [8, 4], 100)?.shared, 1);
});

test("nothing is drawn before there is a survey, nor what does not fill the map", () => {
  assert.deepEqual(mapDataOf(undefined, null, ARRAYS), {
    frame: undefined,
    overview: undefined,
    tile: undefined,
  });
  for (const part of [{ map: shorts(1, 2) }, { mapLit: NONE }]) {
    const { frame, overview } = mapDataOf(mapOf(), null, { ...ARRAYS, ...part });
    assert.deepEqual([frame?.state, overview], ["done", undefined]);
  }
});

test("a tile only counts with the survey it belongs to", () => {
  const near = { ...FRAME, window: [4, 8, 2] } as unknown as TileFrame;
  const arrays = { ...ARRAYS, tile: shorts(1, 2, 3, 4), tileLit: shorts(5, 6, 7, 8) };
  const { overview, tile } = mapDataOf(mapOf(), near, arrays);
  assert.deepEqual([overview?.values, overview?.lit], [arrays.map, arrays.mapLit]);
  assert.deepEqual([tile?.row, tile?.column], [4, 8]);
  assert.deepEqual([tile?.values, tile?.lit], [arrays.tile, arrays.tileLit]);
  for (const change of [{ epsilon: 0.4 }, { by: "peak" }, { surveyed: 1 }]) {
    const other = mapDataOf(mapOf(change), near, arrays);
    assert.equal(other.tile, undefined);
    assert.notEqual(other.overview, undefined);
  }
});

test("zero alignment is the middle of the ramp, other scores use all of it", () => {
  assert.deepEqual(domainOf({ by: "alignment", low: -0.31, high: 0.2 }), [-0.4, 0.4]);
  assert.deepEqual(domainOf({ by: "alignment", low: -1, high: 0 }), [-1, 1]);
  assert.deepEqual(domainOf({ by: "alignment", low: null, high: null }), [-1, 1]);
  assert.deepEqual(domainOf({ by: "alignment", low: -0.003, high: 0 }), [-0.1, 0.1]);
  assert.deepEqual(domainOf({ by: "peak", low: 0.01, high: 0.3 }), [0.01, 0.3]);
  assert.deepEqual(
    [-1, 0, 1].map((score) => levelOf(score, [-1, 1], 257)),
    [0, 128, 256],
  );
  assert.equal(levelOf(0.2, [0.2, 0.2], 256), 255);
  assert.equal(levelOf(9, [0, 1], 256), 255);
});

const RAMP = Uint8ClampedArray.of(1, 2, 3, 255, 4, 5, 6, 255, 7, 8, 9, 255);

test("cells get the ramp's colours, and no score no colour", () => {
  const pixels = mapPixels(GRID, [0, 0.5], RAMP);
  assert.deepEqual([...pixels], [7, 8, 9, 255, 1, 2, 3, 255, 0, 0, 0, 0, 4, 5, 6, 255]);
});

test("the alignment of fewer than eight samples is the fainter the fewer they are", () => {
  const lit = Uint16Array.of(1, 2, 4, 6, 7, 8, 9, 65535, 0);
  const values = Uint16Array.of(65535, 65535, 65535, 65535, 65535, 65535, 65535, 1, 0);
  const grid: ScoreGrid = { ...GRID, by: "alignment", low: -1, high: 1, size: 3, values, lit };
  const pixels = mapPixels(grid, [-1, 1], RAMP);
  const colours = Array.from(lit, (_, k) => [...pixels.subarray(4 * k, 4 * k + 4)]);
  const strong = [7, 8, 9];
  assert.deepEqual(colours, [
    ...[32, 64, 128, 191, 223, 255, 255].map((opacity) => [...strong, opacity]),
    [1, 2, 3, 255],
    [0, 0, 0, 0],
  ]);
  const opaque = mapPixels({ ...grid, by: "peak" }, [-1, 1], RAMP);
  assert.deepEqual(
    Array.from(lit, (_, k) => opaque[4 * k + 3]),
    [255, 255, 255, 255, 255, 255, 255, 255, 0],
  );
});

test("cells are faint only by alignment, and only where something is lit", () => {
  const by = "alignment";
  assert.ok(hasFaintCells({ by, lit: shorts(0, 8, 7) }));
  assert.ok(hasFaintCells({ by, lit: shorts(1) }));
  assert.ok(!hasFaintCells({ by, lit: shorts(0, 8, 65535) }));
  assert.ok(!hasFaintCells({ by: "peak", lit: shorts(0, 8, 7) }));
});
