import { LayerSamples } from "../../src/engine/layer-samples.ts";
import type { Payload, PayloadStep, SampleClasses } from "../../src/engine/payload.ts";
import { createMemoryModel } from "../../src/kernel/memory-model.ts";
import type { PayloadFrame } from "../../src/protocol/frames.ts";
import type { ScopeModel, ScopeTraits } from "../../src/protocol/traits.ts";
import { PAGE_DEFAULTS } from "./trait-defaults.js";

const identity = (n: number): Int32Array => Int32Array.from({ length: n }, (_, k) => k);

/** Numbers in (-1, 1) that are the same in every run. */
export function numbers(n: number, seed = 1): Float32Array {
  let state = seed * 2654435761;
  return Float32Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Rows of unit length, one column a dimension. */
export function unitColumns(n: number, d: number, seed = 1): Float32Array[] {
  const columns = Array.from({ length: d }, (_, k) => numbers(n, seed + k));
  for (let k = 0; k < n; k += 1) {
    const length = Math.hypot(...columns.map((column) => column[k] ?? 0)) || 1;
    for (const column of columns) column[k] = (column[k] ?? 0) / length;
  }
  return columns;
}

/** Directions of unit length, row by row. */
export function unitRows(m: number, d: number, seed = 9): Float64Array {
  const rows = Array.from({ length: m }, (_, i) => {
    const row = Array.from(numbers(d, seed + i));
    return row.map((value) => value / Math.hypot(...row));
  });
  return Float64Array.from(rows.flat());
}

/** As many of these, each orthogonal to those before it. */
export function orthonormalRows(m: number, d: number, seed = 9): Float64Array {
  const rows: number[][] = [];
  for (let i = 0; i < m; i += 1) {
    let row = Array.from(numbers(d, seed + i));
    // Twice: what rounding leaves of the others is gone then.
    for (const other of [...rows, ...rows]) {
      const along = row.reduce((sum, value, k) => sum + value * (other[k] ?? 0), 0);
      row = row.map((value, k) => value - along * (other[k] ?? 0));
    }
    const length = Math.hypot(...row);
    rows.push(row.map((value) => value / length));
  }
  return Float64Array.from(rows.flat());
}

export interface Shape {
  n: number;
  d: number;
  m?: number;
  basis?: Float64Array | undefined;
  /** whether that basis is */
  orthonormal?: boolean;
  steps?: number;
  /** class of each sample */
  codes?: number[];
  names?: string[];
}

function stepOf(shape: Shape, seed: number): PayloadStep {
  const { n, d, basis, orthonormal = !basis, codes = [] } = shape;
  return {
    label: `step ${seed}`,
    nAll: n,
    nZero: 0,
    preparation: "",
    nDims: d,
    rows: identity(n),
    columns: unitColumns(n, d, seed),
    basis,
    basisName: "made up",
    isOrthonormal: orthonormal,
    codes: Int32Array.from(codes),
    groups: Uint8Array.from(codes),
    clusters: undefined,
  };
}

/** What a page would hold of samples made up. */
export function payloadOf(shape: Shape): Payload {
  const { n, d, m = shape.d, steps = 1, names } = shape;
  const nothing: [number, number] = [0, 0];
  const numbersOf = { n_all: n, n, n_zero: 0, preparation: "", n_dims: d, width: d };
  const absent = { places: null, basis: null, clusters: null };
  const about = {
    ...numbersOf,
    ...absent,
    columns: nothing,
    basis_name: "made up",
    orthonormal: true,
  };
  const frame: PayloadFrame = {
    version: "1.2.3",
    saved: "2026-11-21",
    seed: null,
    n_dims: d,
    n_directions: m,
    names: Array.from({ length: m }, (_, k) => `b${k}`),
    isotropic_series: [-1],
    isotropic_cells: nothing,
    rows: null,
    n_rows: n,
    steps: Array.from({ length: steps }, (_, k) => ({ label: `step ${k}`, ...about })),
    labels: null,
    exhibits: null,
  };
  const classes: SampleClasses | undefined = names && {
    names,
    missing: null,
    groupOf: names.map((_, k) => k),
    groups: names,
    other: null,
    nClasses: names.length,
  };
  return {
    frame,
    steps: frame.steps.map((_, k) => stepOf(shape, k + 1)),
    classes,
    isotropicCells: new Float32Array(64 * 64).fill(1 / 128 ** 2),
    preview: undefined,
  };
}

export function layerSamplesOf(shape: Shape): LayerSamples {
  const held = payloadOf(shape);
  const [step] = held.steps;
  if (!step) throw new Error("expected a step");
  return new LayerSamples(held, step);
}

export const ASKED_FIRST: Partial<ScopeTraits> = {
  ...PAGE_DEFAULTS,
  resolution: 36,
  navigator: false,
};

export function page(traits: Partial<ScopeTraits> = {}): ScopeModel {
  return createMemoryModel({ ...ASKED_FIRST, ...traits });
}
