/** The share of isotropic data in the cells of a plane's unit disc. */

import { logBeta, regularisedBeta } from "./incomplete-beta.ts";

const NODES = 16;
/** The same in few dimensions, where the density is steep at the rim of the disc, or infinite. */
const NODES_FEW_DIMS = 96;
const MANY_DIMS = 8;
const MOST_STEPS = 60;

/** Nodes and weights of the Gauss-Legendre quadrature on [-1, 1]. */
export function gaussLegendre(n: number): [nodes: number[], weights: number[]] {
  const nodes: number[] = [];
  const weights: number[] = [];
  for (let k = 0; k < n; k += 1) {
    let x = -Math.cos((Math.PI * (k + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 8; step += 1) {
      let [last, here] = [1, x];
      for (let m = 2; m <= n; m += 1)
        [last, here] = [here, ((2 * m - 1) * x * here - (m - 1) * last) / m];
      slope = (n * (x * here - last)) / (x * x - 1);
      x -= here / slope;
    }
    nodes.push(x);
    weights.push(2 / ((1 - x * x) * slope * slope));
  }
  return [nodes, weights];
}

/** The share of the unit circle in each cell of positive coordinates. */
function circleCells(half: number): Float32Array {
  const cells = new Float32Array(half * half);
  for (let i = 0; i < half; i += 1) {
    const first = [Math.acos((i + 1) / half), Math.acos(i / half)] as const;
    for (let j = 0; j < half; j += 1) {
      const second = [Math.asin(j / half), Math.asin((j + 1) / half)] as const;
      const overlap = Math.min(first[1], second[1]) - Math.max(first[0], second[0]);
      cells[i * half + j] = Math.max(overlap, 0) / (2 * Math.PI);
    }
  }
  return cells;
}

/** Where Beta(a, a) has the lower tail `share`, between two ends that have it between theirs. */
function betaQuantile(a: number, share: number, ends: [low: number, high: number], beta: number) {
  let [low, high] = ends;
  let x = (low + high) / 2;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const off = regularisedBeta(a, a, x, beta) - share;
    if (off > 0) high = x;
    else low = x;
    const density = Math.exp((a - 1) * (Math.log(x) + Math.log1p(-x)) - beta);
    const next = x - off / density;
    const settled = next > low && next < high ? next : (low + high) / 2;
    if (Math.abs(settled - x) <= 1e-15 * x) return settled;
    x = settled;
  }
  return x;
}

/**
 * The share of isotropic data in D dimensions in each cell of positive coordinates, row by row: half
 * a side of the square of the disc has `half` of them. Of a random unit vector (1 + a) / 2 is
 * Beta((D − 1) / 2, (D − 1) / 2), and, given a, (1 + c / √(1 − a²)) / 2 the same in D − 1 dimensions.
 */
export function* isotropicCells(nDims: number, half: number): Generator<void, Float32Array> {
  if (nDims === 2) return circleCells(half);
  const [nodes, weights] = gaussLegendre(nDims > MANY_DIMS ? NODES : NODES_FEW_DIMS);
  const a = (nDims - 1) / 2;
  const [beta, inner] = [logBeta(a, a), logBeta(a - 0.5, a - 0.5)];
  // Bins right of the middle as their mirror images left of it: lower tails keep their digits.
  const end = (k: number) => (1 - k / half) / 2;
  const total = new Float64Array(half * half);
  for (let i = 0; i < half; i += 1) {
    const start = regularisedBeta(a, a, end(i + 1), beta);
    const share = regularisedBeta(a, a, end(i), beta) - start;
    for (const [k, node] of nodes.entries()) {
      const tail = start + (share * (1 + node)) / 2;
      const quantile = betaQuantile(a, tail, [end(i + 1), end(i)], beta);
      const width = 2 * Math.sqrt(quantile * (1 - quantile));
      let above = 0.5;
      for (let j = 0; j < half; j += 1) {
        const edge = width > 0 ? Math.min((j + 1) / half / width, 1) : 1;
        const below = regularisedBeta(a - 0.5, a - 0.5, (1 - edge) / 2, inner);
        const at = i * half + j;
        total[at] = (total[at] ?? 0) + (share * (weights[k] ?? 0) * (above - below)) / 2;
        above = below;
        if (edge === 1) break;
      }
    }
    yield;
  }
  const cells = new Float32Array(half * half);
  for (let i = 0; i < half; i += 1) {
    for (let j = 0; j < half; j += 1) {
      cells[i * half + j] = ((total[i * half + j] ?? 0) + (total[j * half + i] ?? 0)) / 2;
    }
  }
  return cells;
}
