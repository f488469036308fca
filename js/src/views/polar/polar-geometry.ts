/**
 * Geometry of the polar plot. θ is in radians, counter-clockwise from 3 o'clock; screen coordinates
 * are relative to the centre with y downwards, as SVG has them.
 */

import { angleBetween, degrees, type Point, radians, TAU, wrapAngle } from "../../base/angles.ts";
import { niceCeiling } from "../../base/numbers.ts";
import { MOST_ISOTROPIC, ROUND_NUMBERS } from "../../protocol/limits.ts";

/** The point at an angle and a radius. */
export function pointAt(theta: number, radius: number): Point {
  return { x: radius * Math.cos(theta), y: -radius * Math.sin(theta) };
}

/** The angle of a point. */
export function angleOfPoint(point: Point): number {
  return wrapAngle(Math.atan2(-point.y, point.x));
}

/** θ after a drag, to a tenth of a degree, so that it reads as a clean number. */
export function dragTheta(start: number, grabbed: number, pointer: number): number {
  const degree = degrees(wrapAngle(start + pointer - grabbed));
  return wrapAngle(radians(Math.round(degree * 10) / 10));
}

/**
 * ε after an edge is dragged to the pointer. Steps of 0.01 as on the slider, finer near ±1, where a
 * hundredth is several degrees and the edge would visibly leave the pointer.
 */
export function dragEpsilon(pointer: number, theta: number): number {
  const epsilon = Math.cos(angleBetween(pointer, theta));
  const grain = Math.abs(epsilon) > 0.97 ? 1000 : 100;
  return Math.round(epsilon * grain) / grain;
}

const fixed = (value: number): string => {
  const text = value.toFixed(2);
  return text === "-0.00" ? "0.00" : text;
};

/** A point as written in a path. */
export const pathPoint = ({ x, y }: Point): string => `${fixed(x)},${fixed(y)}`;

function discPath(radius: number): string {
  const r = fixed(radius);
  return `M${r},0A${r},${r} 0 1 0 -${r},0A${r},${r} 0 1 0 ${r},0Z`;
}

/**
 * The path of an arc from θ − φ to θ + φ; growing θ is anticlockwise on the screen, hence sweep
 * flag 0.
 */
function arcTo(theta: number, phi: number, radius: number): string {
  const r = fixed(radius);
  return `A${r},${r} 0 ${phi > Math.PI / 2 ? 1 : 0} 0 ${pathPoint(pointAt(theta + phi, radius))}`;
}

const ROUND = 1e-6;

/** The path of the sector of half-angle φ around θ. */
export function wedgePath(theta: number, phi: number, radius: number): string {
  if (phi >= Math.PI - ROUND) return discPath(radius);
  return `M0,0L${pathPoint(pointAt(theta - phi, radius))}${arcTo(theta, phi, radius)}Z`;
}

/** The path of the cap beyond the chord at distance cos φ: samples in it are lit. */
export function capPath(theta: number, phi: number, radius: number): string {
  if (phi >= Math.PI - ROUND) return discPath(radius);
  return `M${pathPoint(pointAt(theta - phi, radius))}${arcTo(theta, phi, radius)}Z`;
}

// The planes' mean is worth less: the curve is what is looked at.
const OVERLOOKED = 1.25;

/** The value at the rim: from the data, never from what was on show before. */
export function radialMaximum(
  peak: number,
  isotropic: number,
  nSamples: number,
  ensemble = 0,
): number {
  const least = Math.max(isotropic, ensemble, 1 / Math.max(1, nSamples));
  if (!(peak > 0)) return Math.min(1, niceCeiling(least, ROUND_NUMBERS));
  // Isotropy is worth a ring only as long as it leaves the curve a readable share of the radius.
  const highest = isotropic <= MOST_ISOTROPIC * peak ? Math.max(peak, isotropic) : peak;
  return Math.min(
    1,
    niceCeiling(Math.max(highest, Math.min(ensemble, OVERLOOKED * peak)), ROUND_NUMBERS),
  );
}

/** A label of a direction ±b. */
export interface DirectionLabel {
  sign: "+" | "−";
  which: 0 | 1;
  /** angle of the direction */
  angle: number;
  /** angle of its label: moved along the rim if another one is too near */
  labelAngle: number;
}

/** The labels of ±b_i and ±b_j, at least `gap` px apart on a circle of radius `radius`. */
export function directionLabels(alpha: number, radius: number, gap: number): DirectionLabel[] {
  const least = 2 * Math.asin(Math.min(1, gap / (2 * Math.max(radius, gap))));
  const lack = Math.max(0, least - Math.min(alpha, Math.PI - alpha)) / 2;
  const shift = alpha <= Math.PI / 2 ? lack : -lack;
  const make = (sign: "+" | "−", which: 0 | 1, angle: number): DirectionLabel => ({
    sign,
    which,
    angle: wrapAngle(angle),
    labelAngle: wrapAngle(angle + (which === 0 ? -shift : shift)),
  });
  return [
    make("+", 0, 0),
    make("+", 1, alpha),
    make("−", 0, Math.PI),
    make("−", 1, Math.PI + alpha),
  ];
}

/** The multiples of 45° that keep `gap` px from every direction label. */
export function degreeLabels(taken: readonly number[], radius: number, gap: number): number[] {
  const eighths = Array.from({ length: 8 }, (_, k) => (k * TAU) / 8);
  return eighths.filter((angle) =>
    taken.every((other) => 2 * radius * Math.sin(angleBetween(angle, other) / 2) >= gap),
  );
}

/** The angle of the ring labels: the middle of the wider sector between the axes. */
export function ringLabelAngle(alpha: number): number {
  if (Math.abs(alpha - Math.PI / 2) < radians(4)) return radians(69);
  return alpha > Math.PI / 2 ? alpha / 2 : (alpha + Math.PI) / 2;
}

/** A value of `text-anchor`. */
export type TextAnchor = "start" | "middle" | "end";

/** The anchor of a label at an angle, at the side that faces the disc. */
export function textAnchorAt(theta: number): TextAnchor {
  const across = Math.cos(theta);
  if (Math.abs(across) < 0.35) return "middle";
  return across > 0 ? "start" : "end";
}
