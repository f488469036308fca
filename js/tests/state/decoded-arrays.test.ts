import assert from "node:assert/strict";
import { test } from "node:test";
import type { ScopeModel } from "../../src/protocol/traits.ts";
import { createArrayReader } from "../../src/state/decoded-arrays.ts";
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

const scopeModel = (state: Record<string, unknown>) =>
  new Model(state, () => {}).proxy() as unknown as ScopeModel;

test("a buffer is decoded once", () => {
  const model = scopeModel({ _counts: inside([1, 2], 3, "setInt32") });
  const read = createArrayReader(model);
  const { counts } = read();
  assert.deepEqual([...counts], [1, 2]);
  assert.equal(read().counts, counts);
  model.set("_counts", inside([3], 1, "setInt32"));
  assert.deepEqual([...read().counts], [3]);
});
