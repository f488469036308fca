import assert from "node:assert/strict";
import { test } from "node:test";
import type { TableFrame } from "../../../src/protocol/frames.ts";
import { tableFrameOf, tableProgressOf } from "../../../src/protocol/readers.ts";
import type { ScopeModel } from "../../../src/protocol/traits.ts";
import {
  columnsOf,
  directionsInBeam,
  explanation,
  sortedBy,
  tableCaption,
} from "../../../src/views/direction-table/table-data.ts";
import { FRAME } from "../../support/fakes.ts";
import { Model } from "../../support/model.js";

const TABLE: TableFrame = {
  state: "done",
  epsilon: 0.6,
  n_rows: 2,
  by: "count",
  descending: true,
  has_labels: true,
  hint: "",
  ...{ least: 0, search: "", fewest: 0, n_few: 0, n_listed: 2 },
  rows: [
    [0, 1, "b0", 5, 1.5, "cat", 0, 0.6, 0.1, []],
    [0, -1, "b0", 0, 1.5, null, null, null, null, []],
  ],
};

test("numbers begin with the largest, names with the first, and again turns the order", () => {
  const from = { table_by: "direction", table_descending: false } as const;
  const turned = { table_by: "direction", table_descending: true };
  assert.deepEqual(sortedBy("direction", from), turned);
  for (const column of ["count", "kurtosis", "purity", "coverage"] as const) {
    const sorted = { table_by: column, table_descending: true };
    assert.deepEqual(sortedBy(column, from), sorted);
    assert.deepEqual(sortedBy(column, sorted), { ...sorted, table_descending: false });
  }
  assert.deepEqual(sortedBy("label", { table_by: "count", table_descending: true }), {
    table_by: "label",
    table_descending: false,
  });
});

for (const [degree, keys] of [
  [0, ["1:3"]],
  [359.7, ["1:3"]],
  [63.2, ["1:7"]],
  [180, ["-1:3"]],
  [243.4, ["-1:7"]],
  [1, []],
  [90, []],
] as const) {
  test(`at ${degree}° the beam stands on ${keys.join() || "no direction"}`, () => {
    const angles = { alpha: (63.4 * Math.PI) / 180, theta: (degree * Math.PI) / 180 };
    assert.deepEqual([...directionsInBeam({ ...FRAME, pair: [3, 7], ...angles })], keys);
  });
}

test("without a frame it stands on nothing", () => {
  assert.equal(directionsInBeam(undefined).size, 0);
});

test("the first count has a state before it has rows", () => {
  const model = new Model({ _table_frame: {} }, () => {});
  const typed = model.proxy() as unknown as ScopeModel;
  assert.deepEqual(tableProgressOf(typed), { state: "running", hint: "" });
  model.receive({ _table_frame: { state: "failed", hint: "no memory", by: "count" } });
  assert.deepEqual(tableProgressOf(typed), { state: "failed", hint: "no memory" });
  assert.equal(tableFrameOf(typed), undefined);
  model.receive({ _table_frame: TABLE });
  assert.equal(tableFrameOf(typed), TABLE);
});

test("what is counted, and how much of it is on show", () => {
  assert.equal(explanation(TABLE), "samples within ±53° of each direction");
  assert.match(explanation({ ...TABLE, n_listed: 8192 }), / · first 2 of 8,192$/);
  for (const [more, said] of [
    [{ n_few: 3, least: 10, fewest: 10 }, "3 with fewer than 10 samples left out"],
    [
      { n_few: 3, least: 10, fewest: 1 },
      "none has 10 samples · 3 with fewer than 1 sample left out",
    ],
    [{ search: "cat", fewest: 10 }, "2 found"],
    [{ search: "cat", rows: [], n_listed: 0, fewest: 10 }, "none found"],
    [
      { search: "c", n_listed: 900, n_few: 1, fewest: 9 },
      "first 2 of 900 · none has 10 samples · 1 with fewer than 9 samples left out",
    ],
  ] as const) {
    const { length } = "samples within ±53° of each direction · ";
    assert.equal(explanation({ ...TABLE, least: 10, ...more } as TableFrame).slice(length), said);
  }
  assert.match(tableCaption(TABLE), /^Directions: .*, sorted by samples, falling; a press turns/);
  assert.match(tableCaption({ ...TABLE, descending: false }), /, rising;/);
  const unlabelled = { ...TABLE, by: "purity", descending: false, has_labels: false } as const;
  assert.match(tableCaption(unlabelled), /, sorted by kurtosis, falling;/);
});

test("without labels there is nothing to say of them", () => {
  assert.deepEqual(columnsOf(false), ["direction", "count", "kurtosis"]);
  assert.equal(columnsOf(true).length, 6);
});
