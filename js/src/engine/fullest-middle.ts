import type { Pair } from "../protocol/frames.ts";
import { CLOSING_MARGIN } from "../protocol/limits.ts";
import type { LayerSamples } from "./layer-samples.ts";

/**
 * The angle halfway between two directions or their negatives that lights most samples; that between
 * the two themselves if none lights more.
 */
export function fullestMiddle(layer: LayerSamples, pair: Pair, epsilon: number): number {
  const { alpha, points } = layer.plane(pair);
  const middles = [alpha / 2, (alpha + Math.PI) / 2];
  const all = [...middles, ...middles.map((theta) => theta + Math.PI)];
  const counts = all.map((theta) => {
    let lit = 0;
    for (let k = 0; k < points.length; k += 1) {
      if (points.cosine(k, theta) >= epsilon - CLOSING_MARGIN) lit += 1;
    }
    return lit;
  });
  return all[counts.indexOf(Math.max(...counts))] ?? alpha / 2;
}
