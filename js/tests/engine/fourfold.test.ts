import assert from "node:assert/strict";
import { test } from "node:test";
import { TAU } from "../../src/base/angles.ts";
import { litArcs } from "../../src/engine/arcs.ts";
import { planeArcs } from "../../src/engine/curve.ts";
import { alignmentOf, fourfoldCosine, fourfoldSum } from "../../src/engine/fourfold.ts";
import { PlanePoints } from "../../src/engine/plane-points.ts";
import { FOURFOLD_UNIT } from "../../src/protocol/limits.ts";
import { at, cosineOf4Phi, type PlanePoint } from "../support/kernel/vectors.ts";
import { numbers } from "../support/page-data.ts";

const SQUARE = Math.PI / 2;
const ALPHAS = [SQUARE, 0.3, 1.2, Math.PI / 3, 1.9, 3] as const;

const cosineAt = (a: number, c: number, alpha: number): number =>
  fourfoldCosine(a, c, Math.atan2(c, a), alpha);

const pointsAt = (angles: readonly number[], radius: number): PlanePoints =>
  PlanePoints.of(
    Float32Array.from(angles.flatMap((psi) => [radius * Math.cos(psi), radius * Math.sin(psi)])),
  );

const directionsOf = (alpha: number) => [0, alpha, Math.PI, Math.PI + alpha];
const bisectorsOf = (alpha: number) => [0, 1, 2, 3].map((k) => (alpha + k * Math.PI) / 2);

/** The alignment of samples at these angles, all at one radius. */
function alignmentAt(angles: readonly number[], radius: number, epsilon: number, alpha = SQUARE) {
  const plane = { pair: [0, 1] as [number, number], alpha, points: pointsAt(angles, radius) };
  return planeArcs(plane, epsilon).alignment ?? Number.NaN;
}

test("it is cos 4φ by definition, to a whole number of units", () => {
  const [across, up] = [numbers(400, 1), numbers(400, 2)];
  for (const alpha of ALPHAS) {
    for (let k = 0; k < across.length; k += 1) {
      const point: PlanePoint = [at(across, k), at(up, k)];
      const found = cosineAt(...point, alpha);
      const expected = FOURFOLD_UNIT * cosineOf4Phi(point, alpha);
      assert.ok(Number.isInteger(found));
      assert.ok(Math.abs(found - expected) < 0.51, `${point} at ${alpha}: ${found}, ${expected}`);
    }
  }
});

test("1 on each direction, −1 halfway between two, 0 a quarter of the way", () => {
  for (const alpha of ALPHAS) {
    const cosines = (angles: readonly number[]) =>
      angles.map((psi) => cosineAt(Math.cos(psi), Math.sin(psi), alpha) / FOURFOLD_UNIT);
    const near = (found: readonly number[], value: number) => {
      for (const each of found) assert.ok(Math.abs(each - value) < 1e-6, `${each} at ${alpha}`);
    };
    near(cosines(directionsOf(alpha)), 1);
    near(cosines(bisectorsOf(alpha)), -1);
    near(cosines([alpha / 4, (3 * alpha) / 4, alpha + (Math.PI - alpha) / 4, alpha / 4 - TAU]), 0);
  }
});

test("the square is exact on the axes and the diagonals, whatever the signs", () => {
  for (const [a, c, cosine] of [
    [1, 0, 1],
    [-0, -1, 1],
    [-1, -0, 1],
    [0.25, -0.25, -1],
    [-1e-30, -1e-30, -1],
  ] as const) {
    assert.equal(cosineAt(a, c, SQUARE), cosine * FOURFOLD_UNIT, `${a}, ${c}`);
  }
});

test("halves are rounded to even", () => {
  let [even, odd] = [0, 0];
  for (let k = -2000; k < 2000; k += 1) {
    // A sample whose cos 4φ is k + ½ units, if rounding lets it be.
    const share = Math.sqrt((k + 0.5 + FOURFOLD_UNIT) / (2 * FOURFOLD_UNIT));
    const [a, c] = [1, Math.sqrt((1 - share) / (1 + share))];
    const doubled = (1 - c * c) / (1 + c * c);
    if (doubled * doubled * (2 * FOURFOLD_UNIT) - FOURFOLD_UNIT !== k + 0.5) continue;
    assert.equal(cosineAt(a, c, SQUARE), k % 2 === 0 ? k : k + 1, `${k}`);
    if (k % 2 === 0) even += 1;
    else odd += 1;
  }
  assert.ok(even > 100 && odd > 100, `${even}, ${odd}`);
});

test("both orders of the directions give the same", () => {
  const psi = Array.from(numbers(300, 4), (x) => Math.PI * x);
  for (const alpha of ALPHAS) {
    const [one, other] = [psi, psi.map((each) => alpha - each)].map((angles) =>
      alignmentAt(angles, 0.75, 0.5, alpha),
    );
    assert.ok(Math.abs(Number(one) - Number(other)) < 1e-6, `${one}, ${other} at ${alpha}`);
  }
});

test("samples on the directions are aligned at every ε, samples between them are not", () => {
  for (const alpha of ALPHAS) {
    for (const epsilon of [-1, -0.3, 0, 0.05, 0.3, 0.5, 0.55, 0.6, 0.7, 0.79]) {
      const what = `ε = ${epsilon}, α = ${alpha}`;
      assert.ok(alignmentAt(directionsOf(alpha), 0.8, epsilon, alpha) > 0.999, what);
      assert.ok(alignmentAt(bisectorsOf(alpha), 0.8, epsilon, alpha) < -0.999, what);
    }
  }
});

test("only lit samples count, and one at the centre counts as 0", () => {
  const points = PlanePoints.of(Float32Array.of(1, 0, 0.5, 0.5, 0, 0, 0, -0.25));
  const found = (epsilon: number) => {
    const { samples, fourfold } = litArcs(points, epsilon, SQUARE);
    return [[...samples], Array.from(fourfold, (cosine) => cosine / FOURFOLD_UNIT)];
  };
  assert.deepEqual(found(0.75), [[0], [1]]);
  assert.deepEqual(found(0.5), [
    [0, 1],
    [1, -1],
  ]);
  assert.deepEqual(found(0.25), [
    [0, 1, 3],
    [1, -1, 1],
  ]);
  for (const epsilon of [0, -0.5]) {
    assert.deepEqual(found(epsilon), [
      [0, 1, 2, 3],
      [1, -1, 0, 1],
    ]);
    const plane = { pair: [0, 1] as [number, number], alpha: SQUARE, points };
    assert.equal(planeArcs(plane, epsilon).alignment, 0.25);
  }
});

test("what rounding leaves at the centre is no angle", () => {
  for (const alpha of ALPHAS) {
    const points = PlanePoints.of(Float32Array.of(9e-7, 0, 2e-6, 0));
    const { samples, fourfold } = litArcs(points, 0, alpha);
    assert.deepEqual(
      [[...samples], [...fourfold]],
      [
        [0, 1],
        [0, FOURFOLD_UNIT],
      ],
    );
  }
});

test("of no sample there is no alignment", () => {
  assert.ok(Number.isNaN(alignmentOf(0, 0)));
  const plane = { pair: [0, 1] as [number, number], alpha: SQUARE, points: pointsAt([0], 0.5) };
  assert.equal(planeArcs(plane, 0.75).alignment, null);
  assert.equal(fourfoldSum(new Int32Array()), 0);
});

test("samples spread evenly are not aligned, for any α", () => {
  const even = Array.from({ length: 4000 }, (_, k) => (TAU * (k + 0.5)) / 4000);
  for (const alpha of ALPHAS) {
    assert.ok(Math.abs(alignmentAt(even, 0.8, 0.5, alpha)) < 0.01, `${alpha}`);
  }
});
