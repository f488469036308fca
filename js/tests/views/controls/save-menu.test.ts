import assert from "node:assert/strict";
import { test } from "node:test";
import { entryAfter } from "../../../src/views/controls/save-menu.ts";

test("keys go through the menu and round its ends", () => {
  const steps = ["ArrowDown", "ArrowUp", "Home", "End", "x"];
  assert.deepEqual(
    steps.map((key) => entryAfter(key, 2, 3)),
    [0, 1, 0, 2, undefined],
  );
});
