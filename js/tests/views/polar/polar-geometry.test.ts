import assert from "node:assert/strict";
import { test } from "node:test";
import { angleBetween, degrees, halfAngle, type Point, radians } from "../../../src/base/angles.ts";
import {
  angleOfPoint,
  capPath,
  degreeLabels,
  directionLabels,
  dragEpsilon,
  dragTheta,
  pointAt,
  radialMaximum,
  ringLabelAngle,
  textAnchorAt,
  wedgePath,
} from "../../../src/views/polar/polar-geometry.ts";

const { PI } = Math;
const RIM = 100;

function near(actual: number, expected: number, tolerance = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

/** The ends of the arc of a wedge or a cap, with y upwards. */
function ends(path: string): Point[] {
  const spots = path.match(/-?[\d.]+,-?[\d.]+(?=[AZ]|$)/g) ?? [];
  return spots.map((spot) => {
    const [x = Number.NaN, y = Number.NaN] = spot.split(",").map(Number);
    return { x, y: -y };
  });
}

test("a pointer's angle grows anticlockwise from 3 o'clock", () => {
  near(angleOfPoint({ x: 1, y: 0 }), 0);
  near(angleOfPoint({ x: 0, y: -1 }), PI / 2);
  near(angleOfPoint({ x: -1, y: 0 }), PI);
  near(angleOfPoint({ x: 1, y: 1 }), (7 * PI) / 4);
  for (const theta of [0.1, 2, 4, 6]) near(angleOfPoint(pointAt(theta, 7)), theta);
});

test("a dragged beam keeps its distance from the pointer, also across 0", () => {
  near(degrees(dragTheta(radians(350), radians(340), radians(5))), 15);
  near(degrees(dragTheta(radians(10), radians(12), radians(0))), 358);
  near(degrees(dragTheta(0, 0, radians(33.333))), 33.3);
});

test("a dragged edge gives the cosine of its distance from the beam", () => {
  near(dragEpsilon(1 + PI / 3, 1), 0.5);
  near(dragEpsilon(1 - PI / 3, 1), 0.5);
  near(dragEpsilon(0.2, 2 * PI - 0.2), 0.92);
  assert.equal(dragEpsilon(2, 2), 1);
  assert.equal(dragEpsilon(2 + PI, 2), -1);
  near(dragEpsilon(radians(4), 0), 0.998);
});

test("wedge, cap and chord end at θ ± φ on the rim", () => {
  for (const epsilon of [0.62, 0.1, 0, -0.3, -0.99]) {
    for (const theta of [0, 1, 3, 6]) {
      const phi = halfAngle(epsilon);
      for (const path of [wedgePath(theta, phi, RIM), capPath(theta, phi, RIM)]) {
        const [low, high] = ends(path).slice(-2);
        assert.ok(low && high);
        near(low.x, RIM * Math.cos(theta - phi), 0.006);
        near(low.y, RIM * Math.sin(theta - phi), 0.006);
        near(high.x, RIM * Math.cos(theta + phi), 0.006);
        near(high.y, RIM * Math.sin(theta + phi), 0.006);
        // The chord stands at distance ε from the centre: what the method calls lit lies beyond it.
        for (const end of [low, high]) {
          near((end.x * Math.cos(theta) + end.y * Math.sin(theta)) / RIM, epsilon, 1e-4);
        }
        const large = epsilon < 0 ? "1" : "0";
        assert.match(path, new RegExp(`A100.00,100.00 0 ${large} 0 `));
      }
    }
  }
});

test("at ε = 1 wedge and cap have no width, at ε = −1 they are the disc", () => {
  const [low, high] = ends(capPath(1, halfAngle(1), RIM));
  assert.deepEqual(low, high);
  for (const path of [wedgePath, capPath]) {
    const full = path(1, halfAngle(-1), RIM);
    assert.equal(full.match(/A/g)?.length, 2);
    assert.doesNotMatch(full, /NaN/);
  }
  near(halfAngle(1.0000001), 0);
  near(halfAngle(-1.0000001), PI);
});

test("directions stand at 0, α, π, π + α", () => {
  for (const alpha of [PI / 2, 0.1, 2.5]) {
    const found = directionLabels(alpha, RIM, 19);
    const names = found.map(({ sign, which }) => `${sign}${which}`);
    assert.deepEqual(names, ["+0", "+1", "−0", "−1"]);
    found.forEach(({ angle }, k) => {
      near(angle, [0, alpha, PI, PI + alpha][k] ?? Number.NaN);
    });
  }
});

test("labels of near directions move apart, those far apart stay", () => {
  for (const alpha of [0.01, 0.15, PI - 0.01]) {
    const labels = directionLabels(alpha, RIM, 19).map(({ labelAngle }) => labelAngle);
    for (const [k, one] of labels.entries()) {
      for (const other of labels.slice(k + 1)) {
        const apart = 2 * RIM * Math.sin(angleBetween(one, other) / 2);
        assert.ok(apart >= 19 - 1e-6, `labels ${apart} px apart at α = ${alpha}`);
      }
    }
  }
  for (const { angle, labelAngle } of directionLabels(1.2, RIM, 19)) near(labelAngle, angle);
});

test("degree labels give way to directions", () => {
  const free = degreeLabels([0, PI / 2, PI, (3 * PI) / 2], RIM, 34);
  assert.deepEqual(free.map(degrees).map(Math.round), [45, 135, 225, 315]);
  assert.equal(degreeLabels([PI / 4], RIM, 34).length, 7);
});

test("isotropy counts for the scale unless it would squash the curve", () => {
  assert.equal(radialMaximum(0.02, 0.03, 1000), 0.03);
  assert.equal(radialMaximum(0.02, 0.5, 1000), 0.02);
  assert.equal(radialMaximum(1, 1, 1000), 1);
  assert.ok(radialMaximum(0, 1e-9, 1000) >= 1e-3);
});

test("the ensemble counts for the scale as far as the curve stays what is looked at", () => {
  assert.equal(radialMaximum(0.02, 0, 1000, 0.01), 0.02);
  assert.equal(radialMaximum(0.02, 0, 1000, 0.024), 0.025);
  assert.equal(radialMaximum(0.02, 0, 1000, 0.5), 0.025);
  assert.equal(radialMaximum(0, 0, 1000, 0.03), 0.03);
});

test("ring labels stand apart from both axes", () => {
  for (let alpha = 0.3; alpha < PI - 0.3; alpha += 0.1) {
    const theta = ringLabelAngle(alpha);
    for (const axis of [0, alpha, PI, PI + alpha]) {
      assert.ok(angleBetween(theta, axis) > 0.28, `α = ${alpha}`);
    }
  }
});

test("labels are anchored at the side that faces the disc", () => {
  assert.deepEqual([0, PI / 2, PI, (3 * PI) / 2, 1].map(textAnchorAt), [
    "start",
    "middle",
    "end",
    "middle",
    "start",
  ]);
});
