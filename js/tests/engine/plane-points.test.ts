import assert from "node:assert/strict";
import { test } from "node:test";
import { InPlane } from "../../src/engine/plane-points.ts";

test("interleaved coordinates are parted, an odd one at the end left out", () => {
  const { a, c } = InPlane.of(Float32Array.of(0.5, 0.25, -1, 0, 0.75));
  assert.deepEqual([a, c], [Float32Array.of(0.5, -1), Float32Array.of(0.25, 0)]);
  assert.equal(InPlane.of(new Float32Array()).length, 0);
});
