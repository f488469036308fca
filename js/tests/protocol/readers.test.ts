import assert from "node:assert/strict";
import { test } from "node:test";
import {
  curveFrameOf,
  layerFrameOf,
  testFrameOf,
  timelineFrameOf,
} from "../../src/protocol/readers.ts";
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

test("of a test and of a timeline there is nothing before they have begun", () => {
  for (const nothing of [null, undefined, {}]) {
    assert.equal(testFrameOf(scopeModel({ _test_frame: nothing })), undefined);
    assert.equal(timelineFrameOf(scopeModel({ _course_frame: nothing })), undefined);
  }
  const failed = { state: "failed", progress: 0, step: 0, hint: "no" };
  assert.equal(testFrameOf(scopeModel({ _test_frame: failed })), failed);
  const course = { pair: [0, 1], epsilon: 0.5, layer_epsilon: null, problem: "" };
  assert.equal(timelineFrameOf(scopeModel({ _course_frame: course })), course);
  assert.equal(timelineFrameOf(scopeModel({ _course_frame: { problem: "no" } })), undefined);
});
