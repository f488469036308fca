/** Forecasts which positions and values of ε a slider will reach next. */

/** A plane by its position in the order, and ε. */
export type PlaneAtEpsilon = [position: number, epsilon: number];

/** How the plane slider moves. */
export interface SliderMotion {
  position: number;
  /** by how much it moved to get here; 0 before the first move */
  moved: number;
  /** positions that a pixel or a key press moves it by */
  stride: number;
  nPlanes: number;
}

const AHEAD = 12;
const BEHIND = 4;
const LEAPS = 4;

/** moves of more strides than this are leaps, not a step and its rounding */
const LEAP = 1.5;

const numbers = (n: number): number[] => Array.from({ length: n }, (_, k) => k + 1);

/** Positions that the slider may reach next, the likeliest first. */
export function positionsAhead({ position, moved, stride, nPlanes }: SliderMotion): number[] {
  const heading = moved < 0 ? -1 : 1;
  const [forth, back] = moved === 0 ? [AHEAD / 2, AHEAD / 2] : [AHEAD, BEHIND];
  const leaps =
    Math.abs(moved) > LEAP * stride ? numbers(LEAPS).map((k) => k * Math.abs(moved)) : [];
  const steps = [
    ...leaps,
    ...numbers(forth).map((k) => k * stride),
    ...numbers(back).map((k) => -k * stride),
  ];
  const places = steps.map((step) => position + heading * Math.round(step));
  return [...new Set(places)].filter((place) => place >= 0 && place < nPlanes);
}

const NEARBY = 8;
const HUNDREDTHS = 100;

/**
 * Values of ε that the slider may reach next, the nearest first; where only some levels are
 * counted, the levels beside it.
 */
export function epsilonsNear(epsilon: number, levels: readonly number[]): number[] {
  const at = levels.indexOf(epsilon);
  const value = (k: number) =>
    levels.length > 0 ? levels[at + k] : (Math.round(epsilon * HUNDREDTHS) + k) / HUNDREDTHS;
  return numbers(NEARBY)
    .flatMap((k) => [value(k), value(-k)])
    .filter((near) => near !== undefined)
    .filter((near) => near >= -1 && near <= 1);
}
