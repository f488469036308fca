import { curveLinearClosed, line } from "d3-shape";
import * as geometry from "./geometry.ts";

const closed = line<geometry.Point>()
  .x((point) => point.x)
  .y((point) => point.y)
  .digits(2)
  .curve(curveLinearClosed);

/** The closed curve through K values at θ_k = 2πk/K; values beyond the scale stop at the rim. */
export function ring(values: ArrayLike<number>, scale: number, most: number): string {
  const points = Array.from(values, (value, k) =>
    geometry.at((k * geometry.TAU) / values.length, Math.min(most, Math.max(0, value * scale))),
  );
  return closed(points) ?? "";
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
