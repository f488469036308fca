import assert from "node:assert/strict";
import { test } from "node:test";
import "../../support/dom.ts";
import { createHatching } from "../../../src/views/plane-map/hatching.ts";

test("the hatching is drawn anew by all that it depends on, and by nothing else", () => {
  let drawn = 0;
  const nothing = () => {};
  const context = {
    fillRect: nothing,
    beginPath: nothing,
    moveTo: nothing,
    lineTo: nothing,
    stroke: () => {
      drawn += 1;
    },
  };
  const canvas = { width: 300, height: 150, getContext: () => context };
  const hatch = createHatching(canvas as unknown as HTMLCanvasElement);
  const light = { hatch: "#ccc", ground: "#fff" };
  const cases = [
    [1, 300, light],
    [1, 301, light],
    [2, 301, light],
    [2, 301, { ...light, hatch: "#444" }],
    [2, 301, { ground: "#000", hatch: "#444" }],
    [1, 602, { ground: "#000", hatch: "#444" }],
  ] as const;
  cases.forEach(([ratio, side, colours], k) => {
    window.devicePixelRatio = ratio;
    for (let again = 0; again < 2; again += 1) hatch(side, { ...colours });
    assert.equal(drawn, k + 1);
    assert.deepEqual([canvas.width, canvas.height], [ratio * side, ratio * side]);
  });
  window.devicePixelRatio = 1;
});
