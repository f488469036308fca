import assert from "node:assert/strict";
import { test } from "node:test";
import { curveFrameOf, layerFrameOf } from "../../src/protocol/readers.ts";
import type { ScopeModel } from "../../src/protocol/traits.ts";
import { FRAME } from "../support/fakes.ts";
import { Model } from "../support/model.js";

const scopeModel = (state: Record<string, unknown>) =>
  new Model(state, () => {}).proxy() as unknown as ScopeModel;

test("before the kernel's first answer there is no frame and an empty layer", () => {
  for (const _frame of [null, undefined, {}]) {
    assert.equal(curveFrameOf(scopeModel({ _frame })), undefined);
  }
  assert.equal(curveFrameOf(scopeModel({ _frame: FRAME })), FRAME);
  assert.equal(layerFrameOf(scopeModel({ _layer: null })).n_planes, 0);
});
