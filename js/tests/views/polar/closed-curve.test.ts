import assert from "node:assert/strict";
import { test } from "node:test";
import { closedCurve } from "../../../src/views/polar/closed-curve.ts";
import { stored } from "../../support/d3.ts";

test("a closed curve is d3's, letter by letter", () => {
  for (const [values, scale, most, path] of stored.curves) {
    assert.equal(closedCurve(values, scale, most), path);
  }
});
