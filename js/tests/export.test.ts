import assert from "node:assert/strict";
import { test } from "node:test";
import { csvOf } from "../src/csv.ts";
import { hexOf, splitAlpha } from "../src/export-colours.ts";
import { curveTable } from "../src/export-curve.ts";
import { entryAfter } from "../src/export-menu.ts";
import { plainText, stemOf } from "../src/export-names.ts";
import { answered } from "../src/export-shown.ts";
import { rowsOf, wrapped } from "../src/export-text.ts";
import type { Shown } from "../src/view-state.ts";
import { CLOUD, FRAME } from "./fakes.ts";

test("cells are quoted where they must be, and lines end as the standard says", () => {
  const text = csvOf(["a,b", 'say "so"', "two\nlines"], [[1, -0.5, 1e-7]]);
  assert.equal(text, '"a,b","say ""so""","two\nlines"\r\n1,-0.5,1e-7\r\n');
});

test("a name that a spreadsheet would take for a formula is no longer one", () => {
  for (const name of ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"]) {
    assert.ok(csvOf([name], []).startsWith(`'${name}`));
  }
  assert.ok(csvOf(["a=1"], []).startsWith("a=1"));
});

const CURVE = {
  frame: { pair: [3, 1] as [number, number], n_samples: 30 },
  counts: Int32Array.of(7, 0, 1, 2),
  legend: undefined,
  classCounts: new Int32Array(),
};

test("a curve has a row for each angle, with every digit of its values", () => {
  const [header, ...rows] = curveTable(CURVE).split("\r\n");
  assert.equal(header, "i,j,angle,count,value");
  assert.equal(rows.pop(), "");
  assert.equal(rows[0], `3,1,0,7,${7 / 30}`);
  assert.equal(rows[3], `3,1,${1.5 * Math.PI},2,${2 / 30}`);
  const values = rows.map((row) => Number(row.split(",")[4]));
  assert.deepEqual(values, [7 / 30, 0, 1 / 30, 2 / 30]);
});

test("classes have columns of their own, and their names stay names", () => {
  const names = ["=cmd()", 'a "b", c', ""];
  const legend = { names, sizes: [10, 10, 10], other: null, n_classes: 3 };
  const classCounts = Int32Array.of(4, 0, 1, 0, 2, 0, 0, 1, 1, 0, 0, 1);
  const [header, first] = curveTable({ ...CURVE, legend, classCounts }).split("\r\n");
  assert.equal(header, 'i,j,angle,count,value,count[=cmd()],"count[a ""b"", c]",count[]');
  assert.ok(first?.endsWith(",4,2,1"));
  // Counts that do not belong to this curve are none.
  const short = { ...CURVE, legend, classCounts: classCounts.slice(1) };
  assert.ok(curveTable(short).startsWith("i,j,angle,count,value\r\n"));
});

for (const [names, stem] of [
  [["b₀", "b₁₂"], "srm-b0-b12"],
  [["layer 3/neuron:7", "größe_2"], "srm-layer-3-neuron-7-größe_2"],
  [["../../etc", "<img>"], "srm-etc-img"],
  [["\u202e", "…"], "srm-b4-b9"],
  [["same", "same"], "srm-b4-b9"],
  [["", "x"], "srm-b4-x"],
] as const) {
  test(`directions named ${JSON.stringify(names)} give ${stem}`, () => {
    assert.equal(stemOf({ pair: [4, 9], names: [...names] }), stem);
  });
}

test("names of files are never longer than file systems take", () => {
  const stem = stemOf({ pair: [0, 1], names: ["\u{20000}".repeat(90), "x".repeat(90)] });
  assert.ok(new TextEncoder().encode(`${stem}.svg`).length < 255);
});

test("what XML can not hold is replaced, and what turns the writing direction is gone", () => {
  assert.equal(plainText("a\u0000b\ud800c\u000b"), "a\ufffdb\ufffdc\ufffd");
  assert.equal(plainText(" \u202eab\u2067 \n c😀 "), "ab c😀");
});

for (const [colour, opaque, alpha] of [
  ["rgb(1, 2, 3)", "rgb(1, 2, 3)", 1],
  ["rgba(1, 2, 3, 0.25)", "rgb(1, 2, 3)", 0.25],
  ["oklab(0.5 0.1 -0.1)", "oklab(0.5 0.1 -0.1)", 1],
  ["oklab(0.5 0.1 -0.1 / 0.2)", "oklab(0.5 0.1 -0.1)", 0.2],
  ["color(srgb 1 0 0 / 5e-2)", "color(srgb 1 0 0)", 0.05],
  ["oklch(0.5 0.1 20 / 40%)", "oklch(0.5 0.1 20)", 0.4],
] as const) {
  test(`${colour} is ${opaque} of opacity ${alpha}`, () => {
    assert.deepEqual(splitAlpha(colour), { opaque, alpha });
  });
}

test("colours are written as every program reads them", () => {
  assert.equal(hexOf([0, 128, 255]), "#0080ff");
});

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
  assert.deepEqual(rowsOf([4, 4, 4, 20, 1], 1, 9), [[0, 1], [2], [3], [4]]);
  assert.deepEqual(rowsOf([], 1, 9), []);
});

test("keys go through the menu and round its ends", () => {
  const steps = ["ArrowDown", "ArrowUp", "Home", "End", "x"];
  assert.deepEqual(
    steps.map((key) => entryAfter(key, 2, 3)),
    [0, 1, 0, 2, undefined],
  );
});

test("what is saved belongs to the curve, whatever has been asked for since", () => {
  const asked = { ...FRAME, pair: [2, 3], epsilon: 0.1, theta: 3, frame: FRAME };
  const shown = { ...asked, cloud: "density", cloudFrame: CLOUD } as unknown as Shown;
  const { pair, epsilon, theta, cloud, cloudFrame } = answered(shown);
  assert.deepEqual([pair, epsilon, theta], [FRAME.pair, FRAME.epsilon, FRAME.theta]);
  assert.deepEqual([cloud, cloudFrame], ["points", CLOUD]);
  const elsewhere = { ...CLOUD, pair: [0, 2] };
  assert.equal(answered({ ...shown, cloudFrame: elsewhere } as Shown).cloudFrame, undefined);
  assert.equal(answered({ ...shown, cloud: "off" }).cloud, "off");
  const none = { ...shown, frame: undefined };
  assert.equal(answered(none), none);
});
