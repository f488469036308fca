/** Scopes to open in a test: samples, directions, and traits to begin with. */

import type { FakeLayer, FakeStep } from "./kernel/fake-kernel.ts";
import type { Row } from "./kernel/vectors.ts";
import { numbers } from "./page-data.ts";

/** Rows of normal numbers that are the same in every run. */
export function normalRows(n: number, d: number, seed = 1): Row[] {
  const [one, two] = [numbers(n * d, seed), numbers(n * d, seed + 1000)];
  const normal = (k: number) =>
    Math.sqrt(-2 * Math.log((1 + (one[k] ?? 0)) / 2 + 1e-9)) * Math.cos(Math.PI * (two[k] ?? 0));
  return Array.from({ length: n }, (_, row) =>
    Array.from({ length: d }, (_, column) => normal(row * d + column)),
  );
}

const standardBasis = (m: number): Row[] =>
  Array.from({ length: m }, (_, i) => Array.from({ length: m }, (_, k) => Number(i === k)));

/** Gaussian samples in a standard basis. */
export function small(m = 4, n = 300, more: Partial<FakeLayer> = {}): FakeLayer {
  return { samples: normalRows(n, m), basis: standardBasis(m), epsilon: 0.7, ...more };
}

/** Far more directions than dimensions. */
export function wide(m = 4096, d = 4, more: Partial<FakeLayer> = {}): FakeLayer {
  return { samples: normalRows(40, d), basis: normalRows(m, d, 3), epsilon: 0.7, ...more };
}

/** Samples of three classes. */
export function labelled(more: Partial<FakeLayer> = {}): FakeLayer {
  const labels = Array.from({ length: 300 }, (_, k) => ["cat", "dog", "owl"][k % 3] ?? "");
  return small(6, 300, { labels, ...more });
}

/** Samples of three classes with a picture of 4 × 4 each. */
export function pictured(more: Partial<FakeLayer> = {}): FakeLayer {
  const grey = numbers(300 * 16, 2);
  const images = Array.from({ length: 300 }, (_, n) =>
    Array.from({ length: 16 }, (_, k) => (1 + (grey[16 * n + k] ?? 0)) / 2),
  );
  return labelled({ contents: { images }, epsilon: 0.4, theta: 1, ...more });
}

/** Samples that move towards the axes. */
export function movingStep(k: number, nSteps: number, n = 60): FakeStep {
  const power = 1 + (2 * k) / (nSteps - 1) + 0.2 * Math.sin(k);
  const samples = normalRows(n, 4, 5).map((row) =>
    row.map((value) => Math.sign(value) * Math.abs(value) ** power),
  );
  return { label: `epoch ${k}`, samples };
}

/** A timeline of these. */
export function stepped(nSteps: number, more: Partial<FakeLayer> = {}): FakeLayer {
  const steps = Array.from({ length: nSteps }, (_, k) => movingStep(k, nSteps));
  return small(4, 300, { steps, epsilon: 0.75, resolution: 120, ...more });
}
