import assert from "node:assert/strict";
import { test } from "node:test";
import { joinBytes } from "../src/buffers.ts";

test("bytes are joined in their order, empty ones and none at all too", () => {
  const parts = [Uint8Array.of(1, 2), new Uint8Array(), Uint8Array.of(3, 4, 5).subarray(1)];
  assert.deepEqual(joinBytes(parts), Uint8Array.of(1, 2, 4, 5));
  assert.deepEqual(joinBytes([]), new Uint8Array());
});
