/** What of the model is on show, and the picture that the polar scope makes of it. */

import type { ScopeModel } from "../protocol/traits.ts";
import { type Arrays, arrayReader } from "../state/decoded-arrays.ts";
import type { Shown } from "../state/shown.ts";
import { type ViewState, viewState } from "../state/view-state.ts";
import { type MapData, mapReader } from "../views/plane-map/map-grid.ts";
import { type Compared, comparedOf } from "../views/polar/comparison-curve.ts";
import type { Picture } from "../views/polar/polar-plot.ts";
import { type Cloud, cloudOf } from "../views/sample-cloud/sample-cloud.ts";

export function readersOf(model: ScopeModel) {
  return { arrays: arrayReader(model), map: mapReader(model) };
}

export type Readers = ReturnType<typeof readersOf>;

export interface Drawn {
  shown: Shown;
  state: ViewState;
  arrays: Arrays;
  map: MapData;
  cloud: Cloud;
  compared: Compared | undefined;
}

export function readDrawn(model: ScopeModel, read: Readers, shown: Shown): Drawn {
  const state = viewState(shown);
  const arrays = read.arrays();
  const cloud = cloudOf(shown, arrays);
  const compared = comparedOf(model, arrays, shown.signed, state.gain.unit);
  return { shown, state, arrays, map: read.map(), cloud, compared };
}

/** The picture of so many px, but for what is pointed at. */
export function pictured(drawn: Drawn, width: number): Omit<Picture, "pointed"> {
  const { shown, state, arrays, map, cloud, compared } = drawn;
  const { frame, theta, epsilon, signed, legend, by_class, hidden_classes } = shown;
  const { curvePending, summary } = state;
  const fits = map.frame?.epsilon === frame?.epsilon && map.frame?.surveyed === frame?.step;
  return {
    width,
    nDirections: shown.layer.n_directions,
    frame,
    arrays,
    theta,
    epsilon,
    signed,
    unit: state.gain.unit,
    cloud,
    stack:
      // Of a curve that is still counted there are no classes yet.
      legend && by_class && arrays.classCounts.length > 0
        ? { legend, hidden: hidden_classes, counts: arrays.classCounts }
        : undefined,
    compared,
    curvePending,
    ensembleFits: fits,
    summary,
  };
}
