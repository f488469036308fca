import assert from "node:assert/strict";
import { test } from "node:test";
import type { PayloadFrame } from "../../../src/protocol/frames.ts";
import { provenanceText } from "../../../src/views/readout/provenance.ts";
import { payloadOf } from "../../support/page-data.ts";

// Digits are grouped without breaking the line.
const plainly = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");

function said(more: Partial<PayloadFrame>, n: number, n_all: number): string {
  const { frame } = payloadOf({ n: 3, d: 4 });
  const steps = frame.steps.map((step) => ({ ...step, n, n_all }));
  return plainly(provenanceText({ ...frame, steps, ...more }, 0));
}

test("a page says that it holds all samples, when it was saved and by what", () => {
  assert.equal(
    said({}, 1797, 1797),
    "Counted by this page itself, from all 1,797 samples in 4 dimensions; " +
      "saved 21 November 2026 with srm_widget 1.2.3.",
  );
  assert.match(said({}, 1, 1), /from the only sample in 4 dimensions/);
});

test("a page that read a file itself says so", () => {
  assert.match(
    said({ saved: "" }, 3, 3),
    /dimensions; read from a file with srm_widget 1\.2\.3\.$/,
  );
});

test("a subsample is said to be one, with its seed", () => {
  assert.match(
    said({ seed: 7, n_dims: 4096 }, 900, 200_000),
    /a uniform random subsample of 900 of 200,000 samples \(seed 7\) in 4,096 dimensions;/,
  );
  assert.match(said({ seed: 0 }, 1, 20), /subsample of 1 of 20 samples \(seed 0\)/);
});

test("a day that is none is said as it is, and a step that is not held as nothing", () => {
  assert.match(said({ saved: "<b>some day" }, 3, 3), /; saved <b>some day with/);
  const { frame } = payloadOf({ n: 3, d: 4 });
  assert.match(provenanceText(frame, 9), /all 0 samples/);
});

test("the day is that of the page, wherever it is read", () => {
  for (const saved of ["2026-01-01", "2026-12-31"]) {
    const day = said({ saved }, 3, 3).match(/saved (\d+ \w+ \d+)/)?.[1];
    assert.equal(day, saved === "2026-01-01" ? "1 January 2026" : "31 December 2026");
  }
});
