/** The full circle in radians. */
export const TAU = 2 * Math.PI;

/** A point in the plane, on the screen or on the map. */
export interface Point {
  x: number;
  y: number;
}

/** Radians in degrees. */
export const degrees = (radians: number): number => (radians * 180) / Math.PI;
/** Degrees in radians. */
export const radians = (degree: number): number => (degree * Math.PI) / 180;

/** The same angle in [0, 2π). */
export function wrapAngle(theta: number): number {
  const turned = theta % TAU;
  const wrapped = turned < 0 ? turned + TAU : turned;
  return wrapped >= TAU ? 0 : wrapped;
}

/** Unsigned angle between two directions, in [0, π]. */
export function angleBetween(one: number, other: number): number {
  const apart = wrapAngle(one - other);
  return apart > Math.PI ? TAU - apart : apart;
}

/** Half-angle of the cone whose cosine is ε. */
export function halfAngle(epsilon: number): number {
  return Math.acos(Math.min(1, Math.max(-1, epsilon)));
}
