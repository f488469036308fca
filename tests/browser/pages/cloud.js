/** The kernel's share of what lies under the curve: the samples themselves, and their classes. */

import { BINS, DENSITY_CODES, MOST_GROUPS, MOST_POINTS } from "./limits.ts";

const bytes = (array) => new DataView(array.buffer);

/** Groups of the labels: the classes in order, and one for what is left if they are too many. */
export class Classes {
  constructor(labels) {
    const all = [...new Set(labels)].sort();
    const own = all.length > MOST_GROUPS ? all.slice(0, MOST_GROUPS - 1) : all;
    const rest = all.length - own.length;
    const names = rest > 0 ? [...own, `other: ${rest} classes`] : own;
    this.of = labels.map((label) => (own.includes(label) ? own.indexOf(label) : own.length));
    const sizes = names.map((_, group) => this.of.filter((each) => each === group).length);
    const other = rest > 0 ? own.length : null;
    this.legend = labels.length > 0 ? { names, sizes, other, n_classes: all.length } : {};
    this.n = labels.length > 0 ? names.length : 0;
  }

  /** Of each group, how many samples `isLit`. */
  lit(points, isLit) {
    const counts = Array(this.n).fill(0);
    if (this.n > 0) {
      points.forEach((point, k) => {
        counts[this.of[k]] += isLit(point) ? 1 : 0;
      });
    }
    return counts;
  }
}

function histogram(points) {
  const cells = Array(BINS * BINS).fill(0);
  const cell = (value) => Math.min(BINS - 1, Math.floor(((value + 1) * BINS) / 2));
  for (const [a, c] of points) cells[BINS * cell(c) + cell(a)] += 1;
  return cells;
}

/** Samples expected in a cell, were their directions uniform: the density of two coordinates of many. */
function expected(index, dims, n) {
  const middle = (k) => (2 * (k + 0.5)) / BINS - 1;
  const square = middle(index % BINS) ** 2 + middle(Math.floor(index / BINS)) ** 2;
  const share = ((dims - 2) / (2 * Math.PI)) * (2 / BINS) ** 2;
  return n * share * Math.max(1e-3, 1 - square) ** ((dims - 4) / 2);
}

/** The traits of a plane's samples, drawn as `kind`. */
export function cloudOf(kind, pair, points, dims, classes) {
  const drawn = kind === "points" ? points.slice(0, MOST_POINTS) : [];
  const groups = classes.n > 0 ? classes.of.slice(0, drawn.length) : [];
  const frame = { pair, kind, bins: BINS, low: 0, high: 0, n_points: drawn.length };
  let codes = [];
  if (kind === "density" || kind === "ratio") {
    const cells = histogram(points);
    const log = (count, k) =>
      Math.log10(kind === "ratio" ? count / expected(k, dims, points.length) : count);
    const values = cells.map((count, k) => (count > 0 ? log(count, k) : null));
    const lit = values.filter((value) => value !== null);
    frame.low = kind === "ratio" ? Math.min(...lit) : 0;
    frame.high = Math.max(...lit);
    const span = frame.high - frame.low || 1;
    codes = values.map((value) =>
      value === null ? 0 : Math.round(1 + ((DENSITY_CODES - 1) * (value - frame.low)) / span),
    );
  }
  return {
    _cloud_frame: frame,
    _points: bytes(Float32Array.from(drawn.flat())),
    _point_groups: bytes(Uint8Array.from(groups)),
    _density: bytes(Uint8Array.from(codes)),
  };
}
