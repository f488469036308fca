import type {
  CloudFrame,
  CloudKind,
  EnsembleCloudFrame,
  Legend,
  Pair,
} from "../../../src/protocol/frames.ts";
import { BINS, DENSITY_CODES, MOST_GROUPS, MOST_POINTS } from "../../../src/protocol/limits.ts";
import { at, bytes, type PlanePoint } from "./vectors.ts";

/** Groups of the labels: the classes in order, and one for what is left if they are too many. */
export class FakeClasses {
  /** group of each sample */
  readonly of: number[];
  readonly legend: Partial<Legend>;
  /** groups */
  readonly n: number;

  constructor(labels: readonly string[]) {
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
  lit(points: readonly PlanePoint[], isLit: (point: PlanePoint) => boolean): number[] {
    return Array.from(
      { length: this.n },
      (_, group) => points.filter((point, k) => this.of[k] === group && isLit(point)).length,
    );
  }
}

function histogram(points: readonly PlanePoint[]): number[] {
  const cells: number[] = Array(BINS * BINS).fill(0);
  const cell = (value: number) => Math.min(BINS - 1, Math.floor(((value + 1) * BINS) / 2));
  for (const [a, c] of points) {
    const index = BINS * cell(c) + cell(a);
    cells[index] = at(cells, index) + 1;
  }
  return cells;
}

/** Samples expected in a cell, were their directions uniform: the density of two coordinates of many. */
function expected(index: number, dims: number, n: number): number {
  const middle = (k: number) => (2 * (k + 0.5)) / BINS - 1;
  const square = middle(index % BINS) ** 2 + middle(Math.floor(index / BINS)) ** 2;
  const share = ((dims - 2) / (2 * Math.PI)) * (2 / BINS) ** 2;
  return n * share * Math.max(1e-3, 1 - square) ** ((dims - 4) / 2);
}

/** The codes of a density, or of its ratio to an isotropic one, and what they stand for. */
function densityOf(kind: CloudKind, points: readonly PlanePoint[], dims: number) {
  const log = (count: number, k: number) =>
    Math.log10(kind === "ratio" ? count / expected(k, dims, points.length) : count);
  const values = histogram(points).map((count, k) => (count > 0 ? log(count, k) : null));
  const lit = values.filter((value) => value !== null);
  const low = kind === "ratio" ? Math.min(...lit) : 0;
  const high = Math.max(...lit);
  const span = high - low || 1;
  const codes = values.map((value) =>
    value === null ? 0 : Math.round(1 + ((DENSITY_CODES - 1) * (value - low)) / span),
  );
  return { low, high, codes };
}

/** The traits of a plane's samples, drawn as `kind`. */
export function cloudTraits(
  kind: CloudKind,
  pair: Pair,
  points: readonly PlanePoint[],
  dims: number,
  classes: FakeClasses,
) {
  const drawn = kind === "points" ? points.slice(0, MOST_POINTS) : [];
  const groups = classes.n > 0 ? classes.of.slice(0, drawn.length) : [];
  const { low, high, codes } =
    kind === "density" || kind === "ratio"
      ? densityOf(kind, points, dims)
      : { low: 0, high: 0, codes: [] };
  const frame: CloudFrame = { pair, kind, bins: BINS, low, high, n_points: drawn.length };
  return {
    _cloud_frame: frame,
    _points: bytes(Float32Array.from(drawn.flat())),
    _point_groups: bytes(Uint8Array.from(groups)),
    _density: bytes(Uint8Array.from(codes)),
  };
}

/** The traits of all planes laid over one another, of the samples lit in each. */
export function ensembleCloudTraits(
  kind: EnsembleCloudFrame["kind"],
  points: readonly PlanePoint[],
  dims: number,
  about: Pick<EnsembleCloudFrame, "step" | "epsilon" | "n_samples" | "n_planes">,
) {
  const { low, high, codes } = densityOf(kind, points, dims);
  const scale = points.length > 0 ? { low, high } : {};
  const beyond = (1 - Math.max(0, about.epsilon) ** 2) ** ((dims - 2) / 2);
  const isotropic = about.n_samples * about.n_planes * beyond;
  const facts = { ...about, kind, bins: BINS, n_lit: points.length, isotropic, ...scale };
  const done = { state: "done", progress: 1, hint: "" } as const;
  return {
    _ensemble_cloud_frame: { ...facts, ...done } satisfies EnsembleCloudFrame,
    _ensemble_cloud: bytes(Uint8Array.from(points.length > 0 ? codes : [])),
  };
}
