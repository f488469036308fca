import assert from "node:assert/strict";
import { test } from "node:test";
import "../../support/dom.ts";
import {
  createDiagonalNames,
  directionsInView,
} from "../../../src/views/plane-map/diagonal-names.ts";
import { wholeMap } from "../../../src/views/plane-map/viewport.ts";

const LETTER = 0.6;

/** A canvas in a font of equally wide letters, with the texts that stand on it and where. */
function newCanvas() {
  let written: { text: string; x: number; y: number; size: number }[] = [];
  let size = 0;
  const context = {
    set font(font: string) {
      size = Number.parseFloat(font);
    },
    measureText: (text: string) => ({ width: LETTER * size * text.length }),
    clearRect: () => {
      written = [];
    },
    fillRect: () => {},
    fillText: (text: string, x: number, y: number) => written.push({ text, x, y, size }),
  };
  const canvas = document.createElement("canvas");
  canvas.getContext = (() => context) as unknown as typeof canvas.getContext;
  return { canvas, written: () => written };
}

const palette = { ink: "#000", ground: "#fff" };

function textsOn(side: number, nDirections: number, names: readonly string[] = []) {
  const { canvas, written } = newCanvas();
  const scene = { viewport: wholeMap(nDirections), names, nDirections, palette };
  createDiagonalNames(canvas)(side, scene);
  return written();
}

test("each direction is named where its row meets its column", () => {
  const texts = textsOn(350, 3, ["cat", "dog", "owl"]);
  assert.deepEqual(
    texts.map(({ text }) => text),
    ["cat", "dog", "owl"],
  );
  texts.forEach(({ x, y, size }, k) => {
    assert.equal(x, y);
    assert.ok(Math.abs(x - ((k + 0.5) * 350) / 3) < 1e-9);
    assert.ok(size >= 11 && size <= 13);
  });
});

test("where a name does not fit its square, numbers do, and then nothing is written", () => {
  const said = (side: number, n: number, names?: string[]) =>
    textsOn(side, n, names).map(({ text }) => text);
  const long = Array.from({ length: 16 }, (_, k) => `neuron ${k}`);
  assert.deepEqual(said(350, 16, long).slice(-2), ["14", "15"]);
  assert.deepEqual(said(1100, 16, long).slice(-2), ["neuron 14", "neuron 15"]);
  assert.deepEqual(said(240, 16).slice(0, 1), []);
  assert.equal(said(350, 64).length, 0);
  // Two that read alike name nothing.
  assert.deepEqual(said(350, 2, ["same", "same"]), ["0", "1"]);
  for (let side = 240; side < 600; side += 7) {
    for (const { text, size } of textsOn(side, 16, long)) {
      assert.ok(
        size >= 11 && text.length * LETTER * size <= side / 16 - 2 + 1e-9,
        `${text} at ${side}`,
      );
    }
  }
});

test("of a part of the map those are named whose square is in view", () => {
  assert.deepEqual(directionsInView({ x: 2.5, y: 3.5, span: 4 }, 100), [4, 5]);
  assert.deepEqual(directionsInView({ x: 50, y: 3, span: 4 }, 100), []);
  assert.deepEqual(directionsInView(wholeMap(3), 3), [0, 1, 2]);
});

test("it is written anew by all that it depends on, and not without a map", () => {
  const { canvas, written } = newCanvas();
  const write = createDiagonalNames(canvas);
  const scene = { viewport: wholeMap(4), names: ["a", "b", "c", "d"], nDirections: 4, palette };
  write(300, scene);
  const first = written();
  write(300, { ...scene, viewport: wholeMap(4) });
  assert.equal(written(), first);
  write(301, scene);
  assert.notEqual(written(), first);
  assert.equal(written().length, 4);
  write(301, { ...scene, viewport: undefined } as never);
  assert.deepEqual(written(), []);
});
