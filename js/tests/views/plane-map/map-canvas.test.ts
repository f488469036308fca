import assert from "node:assert/strict";
import { test } from "node:test";
import "../../support/dom.ts";
import { createMapCanvas } from "../../../src/views/plane-map/map-canvas.ts";
import type { ScoreGrid } from "../../../src/views/plane-map/map-grid.ts";
import { wholeMap } from "../../../src/views/plane-map/viewport.ts";

const SIZE = 6;

const overview: ScoreGrid = {
  by: "peak",
  surveyed: 1,
  epsilon: 0.5,
  step: 1,
  size: SIZE,
  low: 0,
  high: 1,
  row: 0,
  column: 0,
  values: new Uint16Array(SIZE * SIZE).fill(1),
  best: new Uint16Array(),
  lit: new Uint16Array(SIZE * SIZE),
};
const palette = {
  ramp: new Uint8ClampedArray(4 * 256),
  ink: "#000",
  ground: "#fff",
  hatch: "#ccc",
};
const scene = {
  viewport: wholeMap(SIZE),
  data: { frame: undefined, overview, tile: undefined },
  palette,
  pair: [0, 1] as [number, number],
  hovered: undefined,
};

/** A canvas as browsers create it, with what is drawn on it. */
function newCanvas(width = 300, height = 150) {
  const drawn: number[][] = [];
  const nothing = () => {};
  const canvas = { width, height, getContext: () => context };
  const context = {
    canvas,
    drawImage: (_sheet: unknown, ...square: number[]) => drawn.push(square),
    clearRect: nothing,
    fillRect: nothing,
    strokeRect: nothing,
  };
  return { canvas: canvas as unknown as HTMLCanvasElement, drawn };
}

test("the map fills its canvas at every width, whatever size the canvas has had", () => {
  for (const ratio of [1, 1.25, 2]) {
    window.devicePixelRatio = ratio;
    for (let side = 100; side <= 1100; side += 1) {
      const pixels = Math.round(side * ratio);
      for (const size of [[], [pixels, 150], [300, pixels], [pixels, pixels]]) {
        const { canvas, drawn } = newCanvas(...size);
        createMapCanvas(canvas)(scene, side);
        const name = `${side} at ${ratio}, once ${size}`;
        assert.deepEqual([canvas.width, canvas.height], [pixels, pixels], name);
        assert.deepEqual(drawn, [[0, 0, pixels, pixels]], name);
      }
    }
  }
  window.devicePixelRatio = 1;
});
