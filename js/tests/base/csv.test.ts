import assert from "node:assert/strict";
import { test } from "node:test";
import { csvOf } from "../../src/base/csv.ts";

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
