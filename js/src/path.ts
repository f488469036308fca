import { curveLinearClosed, line } from "d3-shape";
import * as geometry from "./geometry.ts";

/** Closed outlines through radii at n equal angles, counter-clockwise. */
function outlineOf(n: number) {
  const across = new Float64Array(n).map((_, k) => Math.cos((k * geometry.TAU) / n));
  const down = new Float64Array(n).map((_, k) => -Math.sin((k * geometry.TAU) / n));
  return line<number>()
    .x((radius, k) => radius * (across[k] ?? 0))
    .y((radius, k) => radius * (down[k] ?? 0))
    .digits(2)
    .curve(curveLinearClosed);
}

// A picture has a dozen outlines of one resolution, and so has the next.
let latest = { n: 0, outline: outlineOf(0) };

/** The closed curve through K values at θ_k = 2πk/K; values beyond the scale stop at the rim. */
export function ring(values: ArrayLike<number>, scale: number, most: number): string {
  const n = values.length;
  if (latest.n !== n) latest = { n, outline: outlineOf(n) };
  const radii = new Float64Array(n);
  for (let k = 0; k < n; k += 1) {
    radii[k] = Math.min(most, Math.max(0, (values[k] ?? 0) * scale));
  }
  return latest.outline(radii) ?? "";
}

/** Tells whether any value differs from those of the call before: paths are costly to set anew. */
export function watchChanges(): (...values: unknown[]) => boolean {
  let last: unknown[] = [];
  return (...values) => {
    const same = values.length === last.length && values.every((v, k) => Object.is(v, last[k]));
    last = values;
    return !same;
  };
}
