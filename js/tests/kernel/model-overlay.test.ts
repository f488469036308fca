import assert from "node:assert/strict";
import { test } from "node:test";
import { ModelOverlay } from "../../src/kernel/model-overlay.ts";
import type { ScopeModel } from "../../src/protocol/traits.ts";
import { Model } from "../support/model.js";

function start() {
  const saved: Record<string, unknown>[] = [];
  const below = new Model({ theta: 1, epsilon: 0.5, error: "" }, (changes) => saved.push(changes));
  const closing = new AbortController();
  const overlay = new ModelOverlay(below.proxy() as unknown as ScopeModel, closing.signal);
  const seen: string[] = [];
  const hear = () => seen.push(`θ ${overlay.model.get("theta")}`);
  overlay.model.on("change:theta", hear);
  return { saved, below, closing, overlay, seen, hear };
}

test("values laid over the kernel's are seen, and nowhere else", () => {
  const { saved, below, overlay, seen } = start();
  overlay.merge({ theta: 2 });
  assert.deepEqual([overlay.model.get("theta"), below.get("theta")], [2, 1]);
  assert.deepEqual(seen, ["θ 2"]);
  overlay.model.save_changes();
  assert.deepEqual(saved, []);
  assert.ok(overlay.isActive);
});

test("what is covered changes unheard, and shows once it is uncovered", () => {
  const { below, overlay, seen } = start();
  overlay.merge({ theta: 2 });
  below.receive({ theta: 3 });
  assert.deepEqual(seen, ["θ 2"]);
  overlay.clear();
  assert.deepEqual(seen, ["θ 2", "θ 3"]);
  assert.ok(!overlay.isActive);
  below.receive({ theta: 4 });
  assert.deepEqual(seen.at(-1), "θ 4");
});

test("only what differs is told, in covering as in uncovering", () => {
  const { below, overlay, seen } = start();
  overlay.merge({ theta: 1 });
  overlay.clear();
  overlay.merge({ theta: 2 });
  overlay.merge({ theta: 2 });
  below.receive({ theta: 2 });
  overlay.clear();
  assert.deepEqual(seen, ["θ 2"]);
});

test("all values are there before the first is told of", () => {
  const { overlay } = start();
  const seen: unknown[] = [];
  overlay.model.on("change:epsilon", () => seen.push(overlay.model.get("theta")));
  overlay.merge({ epsilon: 0.1, theta: 5 });
  assert.deepEqual(seen, [5]);
});

test("what a view sets and saves goes to the kernel", () => {
  const { saved, overlay, seen } = start();
  overlay.model.set("theta", 6);
  overlay.model.save_changes();
  assert.deepEqual([saved, seen], [[{ theta: 6 }], ["θ 6"]]);
});

test("a view that is gone hears nothing; after the scope no handler is left", () => {
  const { below, closing, overlay, seen, hear } = start();
  const other: number[] = [];
  overlay.model.on("change:theta", () => other.push(1));
  overlay.model.off("change:theta", hear);
  overlay.merge({ theta: 2 });
  assert.deepEqual([seen, other], [[], [1]]);
  closing.abort();
  assert.equal(below.handlers, 0);
});
