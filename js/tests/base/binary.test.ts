import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeFloats, decodeInts, joinBytes } from "../../src/base/binary.ts";

test("bytes are joined in their order, empty ones and none at all too", () => {
  const parts = [Uint8Array.of(1, 2), new Uint8Array(), Uint8Array.of(3, 4, 5).subarray(1)];
  assert.deepEqual(joinBytes(parts), Uint8Array.of(1, 2, 4, 5));
  assert.deepEqual(joinBytes([]), new Uint8Array());
});

/** Little-endian values that start `offset` bytes into their message, with noise around. */
function inside(values: number[], offset: number, write: "setInt32" | "setFloat32"): DataView {
  const message = new Uint8Array(offset + 4 * values.length + 5).fill(0xab);
  const view = new DataView(message.buffer, offset, 4 * values.length);
  values.forEach((value, k) => {
    view[write](4 * k, value, true);
  });
  return view;
}

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
