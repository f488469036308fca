import assert from "node:assert/strict";
import { test } from "node:test";
import { curveCsv } from "../../src/export/curve-csv.ts";

const CURVE = {
  frame: { pair: [3, 1] as [number, number], n_samples: 30 },
  counts: Int32Array.of(7, 0, 1, 2),
  legend: undefined,
  classCounts: new Int32Array(),
  preparation: "",
};

test("a curve has a row for each angle, with every digit of its values", () => {
  const [header, ...rows] = curveCsv(CURVE).split("\r\n");
  assert.equal(header, "i,j,angle,count,value");
  assert.equal(rows.pop(), "");
  assert.equal(rows[0], `3,1,0,7,${7 / 30}`);
  assert.equal(rows[3], `3,1,${1.5 * Math.PI},2,${2 / 30}`);
  const values = rows.map((row) => Number(row.split(",")[4]));
  assert.deepEqual(values, [7 / 30, 0, 1 / 30, 2 / 30]);
});

test("what was done to the activations has the last column", () => {
  const legend = { names: ["a"], sizes: [30], other: null, n_classes: 1 };
  const preparation = "centred on the mean · 1,200 samples shorter than 0.1 count as zeros";
  const classCounts = CURVE.counts;
  const [header, first] = curveCsv({ ...CURVE, legend, classCounts, preparation }).split("\r\n");
  assert.equal(header, "i,j,angle,count,value,count[a],preparation");
  assert.ok(first?.endsWith(`,7,"${preparation}"`));
});

test("classes have columns of their own, and their names stay names", () => {
  const names = ["=cmd()", 'a "b", c', ""];
  const legend = { names, sizes: [10, 10, 10], other: null, n_classes: 3 };
  const classCounts = Int32Array.of(4, 0, 1, 0, 2, 0, 0, 1, 1, 0, 0, 1);
  const [header, first] = curveCsv({ ...CURVE, legend, classCounts }).split("\r\n");
  assert.equal(header, 'i,j,angle,count,value,count[=cmd()],"count[a ""b"", c]",count[]');
  assert.ok(first?.endsWith(",4,2,1"));
  // Counts that do not belong to this curve are none.
  const short = { ...CURVE, legend, classCounts: classCounts.slice(1) };
  assert.ok(curveCsv(short).startsWith("i,j,angle,count,value\r\n"));
});
