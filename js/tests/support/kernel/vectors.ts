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

/** The angles of the four half-axes, and those in the middle between them. */
export function axesAndMiddles(alpha: number): [axes: number[], middles: number[]] {
  const axes = [0, alpha, Math.PI, Math.PI + alpha];
  return [axes, axes.map((each, k) => (each + (axes[k + 1] ?? TAU)) / 2)];
}

export const angles = (resolution: number): number[] =>
  Array.from({ length: resolution }, (_, k) => (k * TAU) / resolution);
