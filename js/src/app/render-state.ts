/** What is drawn, worked out from the store. */

import type { MapFrame } from "../protocol/frames.ts";
import {
  mapFrameOf,
  nullBandOf,
  stripFrameOf,
  type TraitSource,
  timelineFrameOf,
} from "../protocol/readers.ts";
import { type DecodedArrays, decodedArraysOf } from "../state/decoded-arrays.ts";
import { derived } from "../state/derived.ts";
import type { ScopeState } from "../state/shown.ts";
import { type ViewState, viewState } from "../state/view-state.ts";
import { isSurveyed, type MapData, mapDataOf } from "../views/plane-map/map-grid.ts";
import { type ComparisonCurve, comparisonCurveOf } from "../views/polar/comparison-curve.ts";
import type { PolarPicture } from "../views/polar/polar-plot.ts";
import { type SampleCloud, sampleCloudOf } from "../views/sample-cloud/sample-cloud.ts";
import { type StripData, stripDataOf } from "../views/sample-strip/strip-data.ts";
import type { AlignmentData } from "../views/timeline/alignment-data.ts";

/** What is drawn of a scope's state. */
export interface RenderState {
  shown: ScopeState;
  state: ViewState;
  arrays: DecodedArrays;
  map: MapData;
  /** of the last survey */
  planes: MapFrame | undefined;
  cloud: SampleCloud;
  compared: ComparisonCurve | undefined;
  strip: StripData;
  alignment: AlignmentData;
}

/** What is drawn for a scope's state, at the moment it is read. */
export function renderStateOf(traits: TraitSource, shown: ScopeState): RenderState {
  const arrays = decodedArraysOf(traits);
  const drawn: RenderState = derived<RenderState>({
    shown: () => shown,
    state: () => viewState(shown, () => drawn.planes),
    arrays: () => ({ ...arrays }),
    map: () => mapDataOf(mapFrameOf(traits), traits.get("_tile_frame"), arrays),
    planes: () => (isSurveyed(drawn.map.frame) ? drawn.map.frame : undefined),
    cloud: () => sampleCloudOf(shown, arrays),
    strip: () => stripDataOf(stripFrameOf(traits), traits.get("_strip")),
    alignment: () => {
      const { epsilon, layer_epsilon: layerEpsilon } = timelineFrameOf(traits) ?? {};
      const { course, courseError, layerCourse } = arrays;
      const turned = nullBandOf(traits);
      const of = { plane: course, error: courseError, layer: layerCourse, turned };
      return { ...of, nSamples: shown.layer.n_samples, epsilon, layerEpsilon };
    },
    compared: () => {
      const { unit } = drawn.state.gain;
      return comparisonCurveOf(traits.get("_compared_frame"), arrays, shown.signed, unit);
    },
  });
  return drawn;
}

/** The input of the polar plot at a width in px, without the sample that is pointed at. */
export function polarPicture(rendered: RenderState, width: number): Omit<PolarPicture, "pointed"> {
  const { shown, state, arrays, map, planes, cloud, compared } = rendered;
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
    planes,
    summary,
  };
}
