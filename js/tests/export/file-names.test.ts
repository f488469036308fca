import assert from "node:assert/strict";
import { test } from "node:test";
import { fileStem, xmlSafeText } from "../../src/export/file-names.ts";

for (const [names, stem] of [
  [["b₀", "b₁₂"], "srm-b0-b12"],
  [["layer 3/neuron:7", "größe_2"], "srm-layer-3-neuron-7-größe_2"],
  [["../../etc", "<img>"], "srm-etc-img"],
  [["\u202e", "…"], "srm-b4-b9"],
  [["same", "same"], "srm-b4-b9"],
  [["", "x"], "srm-b4-x"],
] as const) {
  test(`directions named ${JSON.stringify(names)} give ${stem}`, () => {
    assert.equal(fileStem({ pair: [4, 9], names: [...names] }), stem);
  });
}

test("names of files are never longer than file systems take", () => {
  const stem = fileStem({ pair: [0, 1], names: ["\u{20000}".repeat(90), "x".repeat(90)] });
  assert.ok(new TextEncoder().encode(`${stem}.svg`).length < 255);
});

test("what XML can not hold is replaced, and what turns the writing direction is gone", () => {
  assert.equal(xmlSafeText("a\u0000b\ud800c\u000b"), "a\ufffdb\ufffdc\ufffd");
  assert.equal(xmlSafeText(" \u202eab\u2067 \n c😀 "), "ab c😀");
});
