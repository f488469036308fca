import { changeDetector } from "../../base/memoize.ts";
import type { SvgGroup } from "../../ui/svg.ts";
import { closedCurve } from "./closed-curve.ts";

/** The mean over planes at each angle, and one standard deviation below and above it. */
function bounds(ensemble: Float32Array) {
  const size = ensemble.length >> 1;
  const mean = ensemble.subarray(0, size);
  const sd = ensemble.subarray(size);
  const high = mean.map((value, k) => value + (sd[k] ?? 0));
  const low = mean.map((value, k) => Math.max(0, value - (sd[k] ?? 0)));
  return { mean, low, high };
}

/** The largest value of mean + sd; 0 without an ensemble. */
export function ensemblePeak(ensemble: Float32Array): number {
  return bounds(ensemble).high.reduce((most, value) => Math.max(most, value), 0);
}

/** Creates a function that draws mean ± sd of all planes' curves. */
export function createEnsembleBand(layer: SvgGroup) {
  const band = layer.append("path").attr("class", "srm-ensemble-band").attr("fill-rule", "evenodd");
  const line = layer.append("path").attr("class", "srm-ensemble-mean");
  const changed = changeDetector();

  return (ensemble: Float32Array, fits: boolean, rim: number, maximum: number) => {
    layer.classed("srm-pending", !fits);
    if (!changed(ensemble.buffer, ensemble.length, rim, maximum)) return;
    const { mean, low, high } = bounds(ensemble);
    const scale = rim / maximum;
    line.attr("d", closedCurve(mean, scale, rim));
    band.attr("d", closedCurve(high, scale, rim) + closedCurve(low, scale, rim));
  };
}
