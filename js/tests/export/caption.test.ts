import assert from "node:assert/strict";
import { test } from "node:test";
import { wrapIntoRows, wrapped } from "../../src/export/caption.ts";

const letters = (text: string) => Array.from(text).length;

test("lines break at spaces, and within words only where they must", () => {
  assert.deepEqual(wrapped("one two three", 7, 9, letters), ["one two", "three"]);
  assert.deepEqual(wrapped("a bcdefghi", 4, 9, letters), ["a", "bcde", "fghi"]);
  assert.deepEqual(wrapped("", 4, 9, letters), []);
  assert.deepEqual(wrapped("wide", 0, 9, letters), ["w", "i", "d", "e"]);
});

test("what is cut off says so, and still fits", () => {
  assert.deepEqual(wrapped("one two three four", 7, 2, letters), ["one two", "three…"]);
  assert.deepEqual(wrapped("abcdefgh", 3, 1, letters), ["ab…"]);
});

test("rows are filled in order, and one thing alone may be too wide", () => {
  assert.deepEqual(wrapIntoRows([4, 4, 4, 20, 1], 1, 9), [[0, 1], [2], [3], [4]]);
  assert.deepEqual(wrapIntoRows([], 1, 9), []);
});
