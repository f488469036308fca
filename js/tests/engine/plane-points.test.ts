import assert from "node:assert/strict";
import { test } from "node:test";
import { PlanePoints } from "../../src/engine/plane-points.ts";

test("interleaved coordinates are parted, an odd one at the end left out", () => {
  const { a, c } = PlanePoints.of(Float32Array.of(0.5, 0.25, -1, 0, 0.75));
  assert.deepEqual([a, c], [Float32Array.of(0.5, -1), Float32Array.of(0.25, 0)]);
  assert.equal(PlanePoints.of(new Float32Array()).length, 0);
});
