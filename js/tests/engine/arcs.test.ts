import assert from "node:assert/strict";
import { test } from "node:test";
import { TAU } from "../../src/base/angles.ts";
import {
  type Arcs,
  countArcs,
  litArcs,
  samplesLitAt,
  signedCounts,
} from "../../src/engine/arcs.ts";
import { PlanePoints } from "../../src/engine/plane-points.ts";

const AXES = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

const SQUARE = Math.PI / 2;

const countLitAt = (arcs: Arcs, angle: number): number => samplesLitAt(arcs, angle).length;

const total = (counts: Int32Array): number => counts.reduce((sum, count) => sum + count, 0);

test("a sample on an axis is lit at 2k + 1 of K angles where ε = cos(2πk / K)", () => {
  for (let resolution = 24; resolution <= 360; resolution += 4) {
    for (let k = 0; k < resolution / 2; k += 1) {
      for (const at of AXES) {
        const arcs = litArcs(
          PlanePoints.of(Float32Array.from(at)),
          Math.cos((TAU * k) / resolution),
          SQUARE,
        );
        assert.equal(total(countArcs(arcs, resolution)), 2 * k + 1, `${at}, ${k} of ${resolution}`);
      }
    }
  }
});

test("a sample at ε = −1 is lit at every angle, and nothing but one at −ε is at its far side", () => {
  const points = PlanePoints.of(Float32Array.from([1, 0, 0.5, 0, 0, 0]));
  for (const [epsilon, lit] of [
    [-1, 3],
    [-0.5, 2],
    [-0.49, 1],
    // An arc that misses less than the rounding of a cosine is the whole circle.
    [-0.5 * (1 - 1e-15), 2],
  ] as const) {
    assert.equal(countLitAt(litArcs(points, epsilon, SQUARE), Math.PI), lit, `ε = ${epsilon}`);
  }
});

test("a sample is lit from its radius on, as float64 has it, however small it is", () => {
  for (let n = 1; n < 500; n += 1) {
    const points = PlanePoints.of(Float32Array.from([Math.sin(n) * 0.9, Math.cos(3 * n) * 0.4]));
    const own = points.radius(0);
    assert.deepEqual([...litArcs(points, own, SQUARE).samples], [0], `${own}`);
    assert.deepEqual([...litArcs(points, own * (1 + 1e-15), SQUARE).samples], [0], `${own}`);
    assert.deepEqual([...litArcs(points, own * (1 + 1e-8), SQUARE).samples], [], `${own}`);
    assert.equal(
      countLitAt(litArcs(points, own, SQUARE), (points.angle(0) + TAU) % TAU),
      1,
      `${own}`,
    );
  }
  const faint = PlanePoints.of(Float32Array.from([0, 0, 1e-25, 0]));
  for (const epsilon of [Number.MIN_VALUE, 1e-200, 1e-30]) {
    assert.deepEqual([...litArcs(faint, epsilon, SQUARE).samples], [1], `ε = ${epsilon}`);
  }
});

test("counts at an angle, on a grid and of single samples are the same", () => {
  const n = 60;
  const points = new PlanePoints(
    Float32Array.from({ length: n }, (_, k) => Math.sin(k) * 0.8),
    Float32Array.from({ length: n }, (_, k) => Math.cos(2 * k) * 0.6),
  );
  for (const epsilon of [-0.7, -0.2, 0, 0.3, 0.65]) {
    const arcs = litArcs(points, epsilon, SQUARE);
    for (const resolution of [5, 8, 90]) {
      const counts = countArcs(arcs, resolution);
      const signed = signedCounts(arcs, counts);
      for (let k = 0; k < resolution; k += 1) {
        const angle = (TAU * k) / resolution;
        const opposite = (TAU * ((k + resolution / 2) % resolution)) / resolution;
        assert.equal(counts[k], countLitAt(arcs, angle));
        assert.equal(signed[k], (counts[k] ?? 0) - countLitAt(arcs, opposite));
      }
    }
  }
});

test("groups add up to all", () => {
  const points = PlanePoints.of(Float32Array.from([1, 0, 0, 1, -1, 0, 0.6, 0.6, 0.1, 0]));
  // The last one, of the first group, is lit all around at −0.3.
  const groups = Uint8Array.from([0, 2, 2, 0, 0]);
  for (const epsilon of [-0.3, 0.5]) {
    const arcs = litArcs(points, epsilon, SQUARE);
    const byGroup = countArcs(arcs, 12, groups, 3);
    for (const group of [0, 1, 2]) {
      const own = [0, 1, 2, 3, 4].filter((sample) => groups[sample] === group);
      const alone = countArcs(
        litArcs(
          new PlanePoints(
            Float32Array.from(own, (k) => points.a[k] ?? 0),
            Float32Array.from(own, (k) => points.c[k] ?? 0),
          ),
          epsilon,
          SQUARE,
        ),
        12,
      );
      assert.deepEqual([...byGroup.subarray(12 * group, 12 * (group + 1))], [...alone]);
    }
  }
});
