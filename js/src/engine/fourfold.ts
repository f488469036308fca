/**
 * Fourfold order: whether samples of a plane stand on its two directions or between them. A sample
 * at the angle ψ of its plane has φ, which is ψ with the directions at 0, α, π and π + α moved to
 * 0°, 90°, 180° and 270°, linear in between. cos 4φ is 1 on a direction and −1 halfway between two.
 */

import { TAU } from "../base/angles.ts";
import { roundHalfEven } from "../base/numbers.ts";
import { FOURFOLD_UNIT } from "../protocol/limits.ts";

/**
 * cos 4φ of a sample in units of 1 / `FOURFOLD_UNIT`, from its in-plane coordinates (a, c), not both
 * 0, and the angle in [−π, π] that they stand at.
 */
export function fourfoldCosine(a: number, c: number, angle: number, alpha: number): number {
  if (alpha === Math.PI / 2) {
    const [x, y] = [a * a, c * c];
    const doubled = (x - y) / (x + y);
    return roundHalfEven(doubled * doubled * (2 * FOURFOLD_UNIT) - FOURFOLD_UNIT);
  }
  const psi = angle < 0 ? angle + Math.PI : angle;
  const share = psi <= alpha ? psi / alpha : (psi - alpha) / (Math.PI - alpha);
  return roundHalfEven(Math.cos(share * TAU) * FOURFOLD_UNIT);
}

/** The sum of some of these. */
export function fourfoldSum(cosines: Int32Array): number {
  let sum = 0;
  for (let k = 0; k < cosines.length; k += 1) sum += cosines[k] ?? 0;
  return sum;
}

/** The alignment, from the sum of cos 4φ over n samples; NaN where there are none. */
export const alignmentOf = (sum: number, n: number): number => sum / (n * FOURFOLD_UNIT);
