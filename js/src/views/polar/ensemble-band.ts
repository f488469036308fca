import { changeDetector } from "../../base/memoize.ts";
import { BAND_QUANTILES } from "../../protocol/limits.ts";
import type { SvgGroup } from "../../ui/svg.ts";
import { closedCurve } from "./closed-curve.ts";

const [LOWEST, LOW, MEDIAN, HIGH, HIGHEST] = BAND_QUANTILES.keys();

/** The curve of one of the quantiles of all planes. */
function quantileOf(ensemble: Float32Array, which = 0): Float32Array {
  const size = ensemble.length / BAND_QUANTILES.length;
  return ensemble.subarray(which * size, (which + 1) * size);
}

/** The largest value of the uppermost quantile; 0 without an ensemble. */
export function ensemblePeak(ensemble: Float32Array): number {
  return quantileOf(ensemble, HIGHEST).reduce((most, value) => Math.max(most, value), 0);
}

/** Creates a function that draws where the curves of most planes, and of half of them, lie. */
export function createEnsembleBand(layer: SvgGroup) {
  const path = (name: string) => layer.append("path").attr("class", name);
  const [most, half] = ["srm-ensemble-band", "srm-ensemble-half"].map((name) =>
    path(name).attr("fill-rule", "evenodd"),
  );
  const line = path("srm-ensemble-median");
  const changed = changeDetector();

  return (ensemble: Float32Array, fits: boolean, rim: number, maximum: number) => {
    layer.classed("srm-pending", !fits);
    if (!changed(ensemble.buffer, ensemble.length, rim, maximum)) return;
    const outline = (which?: number) =>
      closedCurve(quantileOf(ensemble, which), rim / maximum, rim);
    line.attr("d", outline(MEDIAN));
    half?.attr("d", outline(HIGH) + outline(LOW));
    most?.attr("d", outline(HIGHEST) + outline(LOWEST));
  };
}
