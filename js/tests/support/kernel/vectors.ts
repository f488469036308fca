/** What the fake kernel counts with: rows of numbers, and the definition of the beam. */

export type Row = readonly number[];

/** In-plane coordinates of a sample. */
export type PlanePoint = readonly [a: number, c: number];

export const TAU = 2 * Math.PI;

export const bytes = (array: { buffer: ArrayBufferLike }): DataView =>
  new DataView(array.buffer as ArrayBuffer);

export const at = <T>(list: ArrayLike<T>, index: number): T => {
  const value = list[index];
  if (value === undefined) throw new Error(`expected an index below ${list.length}, got ${index}`);
  return value;
};

export const dot = (one: Row, other: Row): number =>
  one.reduce((sum, value, k) => sum + value * at(other, k), 0);

export function unit(row: Row): Row {
  const norm = Math.hypot(...row);
  return norm > 0 ? row.map((value) => value / norm) : row;
}

/** Whether a sample is inside the beam at θ. */
export function inBeam(theta: number, epsilon: number): (point: PlanePoint) => boolean {
  const [across, up] = [Math.cos(theta), Math.sin(theta)];
  return ([a, c]) => a * across + c * up >= epsilon;
}

/**
 * cos 4φ of a sample: φ is its angle once the directions at 0, α, π and π + α are moved to quarter
 * turns, and what is between them along with them.
 */
export function cosineOf4Phi([a, c]: PlanePoint, alpha: number): number {
  if (a === 0 && c === 0) return 0;
  const psi = (Math.atan2(c, a) + TAU) % TAU;
  const directions = [0, alpha, Math.PI, Math.PI + alpha, TAU];
  const quarter = directions.filter((each) => each <= psi).length - 1;
  const [from, to] = [at(directions, quarter), at(directions, quarter + 1)];
  const phi = (quarter + (psi - from) / (to - from)) * (TAU / 4);
  return Math.cos(4 * phi);
}

/** cos 4φ of the samples that the beam lights at some angle. */
export function litCosines(
  { alpha, points }: { alpha: number; points: readonly PlanePoint[] },
  epsilon: number,
): number[] {
  const lit = points.filter(([a, c]) => Math.hypot(a, c) >= epsilon);
  return lit.map((point) => cosineOf4Phi(point, alpha));
}

/** Whether every two directions of unit length are orthogonal. */
export const isOrthonormal = (basis: readonly Row[]): boolean =>
  basis.length <= at(basis, 0).length &&
  basis.every((one, i) => basis.slice(i + 1).every((other) => Math.abs(dot(one, other)) < 1e-6));

/** A₄: the mean of cos 4ψ over planes and samples, weighed by r⁴; null where all are at the centre. */
export function fourthOrder(planes: readonly (readonly PlanePoint[])[]): number | null {
  const points = planes.flat();
  const weights = points.map(([a, c]) => Math.hypot(a, c) ** 4);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const cosines = points.map(([a, c], k) => at(weights, k) * Math.cos(4 * Math.atan2(c, a)));
  return all > 0 ? cosines.reduce((sum, value) => sum + value, 0) / all : null;
}

/** n_eff: (Σ p²)² over Σ p⁴, both summed over samples; null where there are none. */
export function participationOf(samples: readonly Row[], basis: readonly Row[]): number | null {
  let [squared, fourth] = [0, 0];
  for (const sample of samples) {
    const squares = basis.map((direction) => dot(sample, direction) ** 2);
    squared += squares.reduce((sum, each) => sum + each, 0) ** 2;
    fourth += squares.reduce((sum, each) => sum + each ** 2, 0);
  }
  return fourth > 0 ? squared / fourth : null;
}

/** The mean of some numbers; null where there are none. */
export const meanOf = (values: readonly number[]): number | null =>
  values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;

export const angles = (resolution: number): number[] =>
  Array.from({ length: resolution }, (_, k) => (k * TAU) / resolution);
