import assert from "node:assert/strict";
import { test } from "node:test";
import type { StripFrame, StripItem } from "../../../src/protocol/frames.ts";

import {
  dataUrl,
  emptyText,
  litShare,
  sameBytes,
  sampleName,
  shownCountText,
  splitFiles,
  stripDataOf,
} from "../../../src/views/sample-strip/strip-data.ts";

const ITEM: StripItem = {
  index: 1234,
  label: "5",
  group: 0,
  cosine: 0.8312,
  at: [0.6, 0.5],
  kind: "image",
  text: "",
  mark: [0, 0],
  mime: "image/png",
  bytes: 2,
  width: 8,
  height: 8,
};

const FRAME: StripFrame = { pair: [0, 1], theta: 1, epsilon: 0.5, n_lit: 1, items: [ITEM] };

test("pictures are cut from the buffer in the items' order, wherever it begins", () => {
  const items = [2, 0, 3].map((bytes) => ({ ...ITEM, bytes }));
  const message = Uint8Array.from([9, 9, 1, 2, 3, 4, 5]);
  const parts = splitFiles(items, new DataView(message.buffer, 2));
  assert.deepEqual(
    parts.map((part) => [...part]),
    [[1, 2], [], [3, 4, 5]],
  );
  const short = splitFiles(items, message.slice(2, 6).buffer);
  assert.deepEqual(
    short.map(({ length }) => length),
    [2, 0, 0],
  );
});

test("without a frame there is nothing to cut", () => {
  const files = Uint8Array.from([1, 2]).buffer;
  assert.deepEqual(stripDataOf(undefined, files), { frame: undefined, pictures: [] });
  assert.deepEqual([...(stripDataOf(FRAME, files).pictures[0] ?? [])], [1, 2]);
  assert.deepEqual(stripDataOf({ ...FRAME, items: [] }, files).pictures, []);
});

test("pictures are the same if their bytes are", () => {
  const [one, two] = [Uint8Array.of(1, 2), Uint8Array.of(1, 3)];
  assert.ok(sameBytes(one, one.slice()));
  assert.ok(!sameBytes(one, two));
  assert.ok(!sameBytes(one, one.subarray(0, 1)));
});

test("a file becomes an address, of no other kind than a picture", () => {
  const file = Uint8Array.from({ length: 20_000 }, (_, k) => k % 251);
  const url = dataUrl("image/webp", file);
  assert.ok(url.startsWith("data:image/webp;base64,"));
  assert.deepEqual(Buffer.from(url.split(",")[1] ?? "", "base64"), Buffer.from(file));
  assert.ok(dataUrl("text/html", file).startsWith("data:image/png;base64,"));
});

test("how many are inside, and how many of them are shown", () => {
  const text = (n_lit: number, shown: number) =>
    shownCountText({ ...FRAME, n_lit, items: Array.from({ length: shown }, () => ITEM) });
  assert.equal(text(1234, 24), "24 of 1,234 shown, by cosine");
  assert.equal(text(24, 24), "24 samples, by cosine");
  assert.equal(text(1, 1), "1 sample");
  const problem: StripItem = { ...ITEM, kind: "problem", text: "KeyError" };
  const items = [problem, ITEM, problem];
  assert.equal(shownCountText({ ...FRAME, n_lit: 3, items }), "1 of 3 shown");
});

test("a sample's name says which it is and what it holds", () => {
  assert.equal(sampleName(ITEM), "sample 1,234 · 5 · 0.83 cosine");
  const plain = { ...ITEM, label: null, cosine: -0.5 };
  assert.equal(sampleName(plain), "sample 1,234 · −0.50 cosine");
  assert.match(
    sampleName({ ...ITEM, kind: "text", text: "a word" }),
    / · a word · 5 · 0.83 cosine$/,
  );
  assert.match(
    sampleName({ ...ITEM, kind: "problem", text: "no" }),
    / · Cannot be shown · 5 · 0.83 cosine · no$/,
  );
  assert.ok(sampleName({ ...ITEM, kind: "text", text: "x".repeat(1e5) }).length < 400);
});

test("a marked part is said before the text that it stands in", () => {
  const item: StripItem = { ...ITEM, kind: "marked", text: "a 🙂 and a␣cat sat", mark: [9, 13] };
  assert.match(sampleName(item), / · ␣cat in: a 🙂 and a␣cat sat · 5 · /);
  assert.match(sampleName({ ...item, mark: [3, 3] }), / · a 🙂 and a␣cat sat · 5 · /);
  assert.match(sampleName({ ...item, mark: [90, 99] }), / · a 🙂 and a␣cat sat · 5 · /);
});

test("a sample is the lighter the further inside it is", () => {
  const shares = [0.5, 0.75, 1, 0.4, 1.2].map((cosine) => litShare({ ...ITEM, cosine }, 0.5));
  assert.deepEqual(shares, [0, 0.5, 1, 0, 1]);
  assert.equal(litShare({ ...ITEM, cosine: 1 }, 1), 0);
});

test("an empty strip says whether anything is inside the beam", () => {
  const said = [0, 1, 1096].map(emptyText);
  assert.deepEqual(said, [
    "Nothing inside the beam",
    "The one sample inside the beam is of a class switched off.",
    "All 1,096 inside the beam are of classes switched off.",
  ]);
});
