import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "../../src/kernel/store.ts";
import type { ScopeModel } from "../../src/protocol/traits.ts";
import { decodedArraysOf } from "../../src/state/decoded-arrays.ts";
import { Model } from "../support/model.js";

/** Little-endian values that start `offset` bytes into their message, with noise around. */
function inside(values: number[], offset: number, write: "setInt32" | "setFloat32"): DataView {
  const message = new Uint8Array(offset + 4 * values.length + 5).fill(0xab);
  const view = new DataView(message.buffer, offset, 4 * values.length);
  values.forEach((value, k) => {
    view[write](4 * k, value, true);
  });
  return view;
}

test("a buffer is decoded once, and again when another comes", async () => {
  const model = new Model({ _counts: inside([1, 2], 3, "setInt32") }, () => {});
  const closing = new AbortController();
  const store = new Store(model.proxy() as unknown as ScopeModel, closing.signal);
  const arrays = decodedArraysOf(store);
  const { counts, band } = arrays;
  assert.deepEqual([[...counts], band.length], [[1, 2], 0]);
  model.receive({ _band: inside([0.5], 2, "setFloat32") });
  await null;
  assert.equal(arrays.counts, counts);
  assert.deepEqual([...arrays.band], [0.5]);
  model.receive({ _counts: inside([3], 1, "setInt32") });
  await null;
  assert.deepEqual([...arrays.counts], [3]);
});

test("the courses of plane and layer, and what the plane's is the mean over", () => {
  const traits = {
    _course: Float32Array.of(0.5, Number.NaN),
    _course_error: Float32Array.of(0.25, 0),
    _course_ensemble: Float32Array.of(-0.25, 1),
  };
  const model = new Model(traits, () => {});
  const { signal } = new AbortController();
  const arrays = decodedArraysOf(new Store(model.proxy() as unknown as ScopeModel, signal));
  const { course, courseError, layerCourse } = arrays;
  assert.deepEqual([course, courseError, layerCourse], Object.values(traits));
});

test("the map's arrays and those of its window are each their own", () => {
  const names = ["_map", "_map_best", "_map_lit", "_tile", "_tile_best", "_tile_lit"] as const;
  const traits = Object.fromEntries(names.map((name, k) => [name, Uint16Array.of(k, 256 * k)]));
  const model = new Model(traits, () => {});
  const { signal } = new AbortController();
  const arrays = decodedArraysOf(new Store(model.proxy() as unknown as ScopeModel, signal));
  const { map, mapBest, mapLit, tile, tileBest, tileLit } = arrays;
  const found = [map, mapBest, mapLit, tile, tileBest, tileLit];
  assert.deepEqual(found, Object.values(traits));
});
