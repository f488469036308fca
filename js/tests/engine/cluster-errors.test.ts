import assert from "node:assert/strict";
import { test } from "node:test";
import { litArcs } from "../../src/engine/arcs.ts";
import { clusterError, effectiveNumbers } from "../../src/engine/cluster-errors.ts";
import { planeArcs } from "../../src/engine/curve.ts";
import { PlanePoints } from "../../src/engine/plane-points.ts";
import { wilsonInterval } from "../../src/engine/wilson-interval.ts";

const [N, K, EPSILON] = [90, 24, 0.4];
const turns = Array.from({ length: N }, (_, k) => 0.37 * k * k);
const points = new PlanePoints(
  Float32Array.from(turns, (turn, k) => Math.cos(turn) * (0.3 + (k % 7) / 10)),
  Float32Array.from(turns, (turn, k) => Math.sin(turn) * (0.3 + (k % 7) / 10)),
).withAngleCache();
const plane = { pair: [0, 1] as [number, number], alpha: Math.PI / 2, points };
const codes = Int32Array.from(turns, (_, k) => (k * k) % 11);
const sizes = Array.from({ length: 11 }, (_, code) => codes.filter((own) => own === code).length);

const arcs = litArcs(points, EPSILON, Math.PI / 2);
const isLit = (k: number, theta: number) =>
  Number(points.a[k]) * Math.cos(theta) + Number(points.c[k]) * Math.sin(theta) >= EPSILON;
const each = Array.from({ length: K }, (_, k) => (2 * Math.PI * k) / K);
const counts = Int32Array.from(each, (theta) => turns.filter((_, k) => isLit(k, theta)).length);

test("effective numbers are those of the variance between clusters, with few degrees of freedom", () => {
  // Student's t at 1, 2, … degrees of freedom, and the normal quantile.
  const t = [
    12.7062, 4.30265, 3.18245, 2.77645, 2.57058, 2.44691, 2.36462, 2.306, 2.26216, 2.22814,
  ];
  const present = sizes.filter((size) => size > 0).length;
  assert.ok(present < 11);
  const clusters = sizes.flatMap((size, code) => (size > 0 ? [{ size, code }] : []));
  const compact = Int32Array.from(codes, (own) => clusters.findIndex(({ code }) => code === own));
  const found = effectiveNumbers(arcs, counts, N, {
    codes: compact,
    sizes: clusters.map(({ size }) => size),
  });
  each.forEach((theta, k) => {
    const f = Number(counts[k]) / N;
    const lit = clusters.map(
      ({ code }) => turns.filter((_, n) => codes[n] === code && isLit(n, theta)).length,
    );
    const dark = clusters.map(({ size }, g) => size - Number(lit[g]));
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    const spread = clusters.map(({ size }, g) => (Number(lit[g]) - f * size) ** 2);
    const variance = ((present / (present - 1)) * sum(spread)) / N ** 2;
    const on = [lit, dark].map((own) => sum(own) ** 2 / sum(own.map((n) => n * n)));
    const degrees = Math.max(1, Math.floor(Math.min(...on)) - 1);
    const expected = ((f * (1 - f)) / variance) * (1.959964 / Number(t[degrees - 1])) ** 2;
    assert.ok(f > 0 && f < 1);
    assert.ok(Math.abs(Number(found[k]) - Math.min(N, expected)) < 1e-3, `${found[k]} ${expected}`);
  });
});

test("where clusters do not differ, as many samples as clusters of one size", () => {
  const one = { codes: new Int32Array(N), sizes: [N] };
  assert.deepEqual(
    [...effectiveNumbers(arcs, counts, N, one)],
    each.map(() => 1),
  );
  const dark = litArcs(points, 1, Math.PI / 2);
  const pairs = {
    codes: Int32Array.from(turns, (_, k) => k >> 1),
    sizes: turns.slice(0, N / 2).map(() => 2),
  };
  const none = new Int32Array(K);
  const numbers = effectiveNumbers(dark, none, N, pairs);
  assert.deepEqual(
    [...numbers],
    each.map(() => N / 2),
  );
  assert.deepEqual(wilsonInterval(none, N, numbers), wilsonInterval(none, N / 2));
});

test("many degrees of freedom, and few", () => {
  // Of n clusters of two alike and half of them lit: n / 2 - 1 degrees of freedom.
  for (const [n, t] of [
    [20, 2.262157],
    [62, 2.042272],
    [400, 1.971957],
  ] as const) {
    const many = Array.from({ length: 2 * n }, (_, k) => k >> 1);
    const half = Float32Array.from(many, (code) => (code % 2 ? 1 : -1));
    const own = new PlanePoints(half, new Float32Array(2 * n)).withAngleCache();
    const lit = litArcs(own, 0.9, Math.PI / 2);
    const clusters = { codes: Int32Array.from(many), sizes: Array.from({ length: n }, () => 2) };
    const [found] = effectiveNumbers(lit, Int32Array.of(n, 0, n, 0), 2 * n, clusters);
    assert.ok(Math.abs(Number(found) - (n - 1) * (1.959964 / t) ** 2) < 1e-3, `${n}: ${found}`);
  }
});

test("where clusters do not differ an alignment is as uncertain as of one sample each", () => {
  // Of 3 clusters of 7, 14 and 21 samples, all halfway between the two directions.
  const halfway = Float32Array.from({ length: 42 }, () => Math.SQRT1_2);
  const alike = { ...plane, points: new PlanePoints(halfway, halfway).withAngleCache() };
  const own = {
    codes: Int32Array.from(halfway, (_, k) => Number(k > 6) + Number(k > 20)),
    sizes: [7, 14, 21],
  };
  const { alignment, alignmentError } = planeArcs(alike, 0.9, own);
  assert.equal(alignment, -1);
  const effective = 42 ** 2 / (7 ** 2 + 14 ** 2 + 21 ** 2);
  assert.ok(Math.abs(Number(alignmentError) - Math.sqrt(1 / (2 * effective))) < 1e-12);
});

test("an alignment is as uncertain as its clusters differ", () => {
  const { alignment, alignmentError } = planeArcs(plane, EPSILON, { codes, sizes });
  const lit = [...arcs.samples].map((sample, k) => ({
    code: Number(codes[sample]),
    cosine: Number(arcs.fourfold[k]) / 2 ** 24,
  }));
  const present = [...new Set(lit.map(({ code }) => code))];
  const apart = present.map((code) => {
    const own = lit.filter((one) => one.code === code);
    return own.reduce((sum, { cosine }) => sum + cosine - Number(alignment), 0) ** 2;
  });
  const { length } = present;
  const total = apart.reduce((sum, value) => sum + value, 0);
  const expected = Math.sqrt((length / (length - 1)) * total) / lit.length;
  assert.ok(Math.abs(Number(alignmentError) - expected) < 1e-9);
  assert.notEqual(planeArcs(plane, EPSILON).alignmentError, alignmentError);
  const one = { codes: new Int32Array(N), sizes: [N] };
  assert.equal(clusterError(arcs, Number(alignment), one), Number.POSITIVE_INFINITY);
  assert.equal(planeArcs(plane, EPSILON, one).alignmentError, null);
  assert.equal(planeArcs(plane, 1, { codes, sizes }).alignmentError, null);
});
