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

/** The mean of some numbers; null where there are none. */
export const meanOf = (values: readonly number[]): number | null =>
  values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;

export const angles = (resolution: number): number[] =>
  Array.from({ length: resolution }, (_, k) => (k * TAU) / resolution);
