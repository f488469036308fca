import { TAU } from "../../base/angles.ts";
import { rounder } from "../../base/numbers.ts";

const toHundredths = rounder(2);

// A picture has a dozen curves of one resolution, and so has the next.
let latest = { across: new Float64Array(), down: new Float64Array() };

/** Unit vectors at n equal angles, counter-clockwise. */
function directionsOf(n: number): typeof latest {
  if (latest.across.length !== n) {
    latest = {
      across: new Float64Array(n).map((_, k) => Math.cos((k * TAU) / n)),
      down: new Float64Array(n).map((_, k) => -Math.sin((k * TAU) / n)),
    };
  }
  return latest;
}

/**
 * The SVG path of a closed curve through K values at θ_k = 2πk/K; values beyond the scale stop at
 * the rim.
 */
export function closedCurve(values: ArrayLike<number>, scale: number, most: number): string {
  const n = values.length;
  const { across, down } = directionsOf(n);
  let path = "";
  for (let k = 0; k < n; k += 1) {
    const radius = Math.min(most, Math.max(0, (values[k] ?? 0) * scale));
    const [x, y] = [toHundredths(radius * (across[k] ?? 0)), toHundredths(radius * (down[k] ?? 0))];
    path += `${k === 0 ? "M" : "L"}${x},${y}`;
  }
  return n === 0 ? "" : `${path}Z`;
}
