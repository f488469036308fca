import assert from "node:assert/strict";
import { test } from "node:test";
import { arrayReader } from "../src/arrays.ts";
import { decodeFloats, decodeInts } from "../src/buffers.ts";
import { frameOf, layerOf, listen, type ScopeModel } from "../src/traits.ts";
import { connected, FRAME } from "./fakes.ts";
import { Model } from "./model.js";

/** Little-endian values that start `offset` bytes into their message, with noise around. */
function inside(values: number[], offset: number, write: "setInt32" | "setFloat32"): DataView {
  const message = new Uint8Array(offset + 4 * values.length + 5).fill(0xab);
  const view = new DataView(message.buffer, offset, 4 * values.length);
  values.forEach((value, k) => {
    view[write](4 * k, value, true);
  });
  return view;
}

const scopeModel = (state: Record<string, unknown>) =>
  new Model(state, () => {}).proxy() as unknown as ScopeModel;

test("numbers are read where their view stands, aligned or not", () => {
  for (const offset of [0, 1, 2, 3, 4, 7]) {
    const ints = [0, 1, -5, 2 ** 31 - 1];
    assert.deepEqual([...decodeInts(inside(ints, offset, "setInt32"))], ints);
    const floats = [0, 0.5, -0.25, 1024];
    assert.deepEqual([...decodeFloats(inside(floats, offset, "setFloat32"))], floats);
  }
});

test("any kind of buffer is read, and none is empty", () => {
  const bytes = Uint8Array.from([9, 9, 2, 0, 0, 0, 3, 0, 0, 0]);
  assert.deepEqual([...decodeInts(bytes.subarray(2))], [2, 3]);
  assert.deepEqual([...decodeInts(bytes.slice(2).buffer)], [2, 3]);
  for (const nothing of [null, undefined]) assert.equal(decodeInts(nothing).length, 0);
});

test("a buffer is decoded once", () => {
  const model = scopeModel({ _counts: inside([1, 2], 3, "setInt32") });
  const read = arrayReader(model);
  const { counts } = read();
  assert.deepEqual([...counts], [1, 2]);
  assert.equal(read().counts, counts);
  model.set("_counts", inside([3], 1, "setInt32"));
  assert.deepEqual([...read().counts], [3]);
});

test("before the kernel's first answer there is no frame and an empty layer", () => {
  for (const _frame of [null, undefined, {}]) {
    assert.equal(frameOf(scopeModel({ _frame })), undefined);
  }
  assert.equal(frameOf(scopeModel({ _frame: FRAME })), FRAME);
  assert.equal(layerOf(scopeModel({ _layer: null })).n_planes, 0);
});

test("listeners go with their signal, and none comes after it", () => {
  const { model, handlers } = connected();
  const closing = new AbortController();
  let calls = 0;
  const names = ["theta", "epsilon"] as const;
  listen(model, names, () => (calls += 1), closing.signal);
  model.set("theta", 1);
  assert.equal(calls, 1);
  closing.abort();
  listen(model, names, () => (calls += 1), closing.signal);
  model.set("theta", 2);
  assert.equal(calls, 1);
  assert.equal(handlers(), 0);
});
