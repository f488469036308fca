/** Reads from the model all that one frame draws. */

import type { ScopeModel } from "../protocol/traits.ts";
import { createArrayReader, type DecodedArrays } from "../state/decoded-arrays.ts";
import type { ScopeState } from "../state/shown.ts";
import { type ViewState, viewState } from "../state/view-state.ts";
import { isSurveyed, type MapData, mapReader } from "../views/plane-map/map-grid.ts";
import { type ComparisonCurve, comparisonCurveOf } from "../views/polar/comparison-curve.ts";
import type { PolarPicture } from "../views/polar/polar-plot.ts";
import { type SampleCloud, sampleCloudOf } from "../views/sample-cloud/sample-cloud.ts";

/** Readers that decode a buffer only when it has changed. */
export function createReaders(model: ScopeModel) {
  return { arrays: createArrayReader(model), map: mapReader(model) };
}

export type Readers = ReturnType<typeof createReaders>;

/** All that one frame draws. */
export interface RenderState {
  shown: ScopeState;
  state: ViewState;
  arrays: DecodedArrays;
  map: MapData;
  cloud: SampleCloud;
  compared: ComparisonCurve | undefined;
}

/** Reads what is drawn for a scope's state. */
export function readRenderState(model: ScopeModel, read: Readers, shown: ScopeState): RenderState {
  const state = viewState(shown);
  const arrays = read.arrays();
  const cloud = sampleCloudOf(shown, arrays);
  const compared = comparisonCurveOf(model, arrays, shown.signed, state.gain.unit);
  return { shown, state, arrays, map: read.map(), cloud, compared };
}

/** The input of the polar plot at a width in px, without the sample that is pointed at. */
export function polarPicture(rendered: RenderState, width: number): Omit<PolarPicture, "pointed"> {
  const { shown, state, arrays, map, cloud, compared } = rendered;
  const { frame, theta, epsilon, signed, legend, by_class, hidden_classes } = shown;
  const { curvePending, summary } = state;
  const survey = isSurveyed(map.frame) ? map.frame : undefined;
  const fits = survey?.epsilon === frame?.epsilon && survey?.surveyed === frame?.step;
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
    classAreas:
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
