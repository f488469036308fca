import assert from "node:assert/strict";
import { test } from "node:test";
import { listen } from "../../src/protocol/traits.ts";
import { connected } from "../support/fakes.ts";

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
