import type {
  CloudFrame,
  CurveFrame,
  LayerFrame,
  Legend,
  MapFrame,
  PayloadFrame,
  SurveyFrame,
  TableFrame,
  TableProgress,
} from "./frames.ts";
import type { ScopeModel } from "./traits.ts";

/** The samples and directions of the step on show; zeros before the kernel's first answer. */
export function layerFrameOf(model: ScopeModel): LayerFrame {
  const empty = { n_samples: 0, n_dims: 0, n_directions: 0, n_planes: 0, n_zero: 0, basis: "" };
  return { ...empty, levels: [], isotropic_series: [], ...model.get("_layer") };
}

/** The frame of the curve, or undefined before the kernel's first answer. */
export function curveFrameOf(model: ScopeModel): CurveFrame | undefined {
  const frame = model.get("_frame");
  return frame && Array.isArray(frame.pair) && Array.isArray(frame.names)
    ? (frame as CurveFrame)
    : undefined;
}

/** The frame of the samples in the plane, or undefined before the kernel's first answer. */
export function cloudFrameOf(model: ScopeModel): CloudFrame | undefined {
  const frame = model.get("_cloud_frame");
  return frame && Array.isArray(frame.pair) ? (frame as CloudFrame) : undefined;
}

/** The legend of the classes, or undefined without labels. */
export function legendOf(model: ScopeModel): Legend | undefined {
  const legend = model.get("_legend");
  return legend && Array.isArray(legend.names) && legend.names.length > 0
    ? (legend as Legend)
    : undefined;
}

/** The survey of all planes, or how far it is; undefined before the kernel's first answer. */
export function mapFrameOf(model: ScopeModel): MapFrame | SurveyFrame | undefined {
  const frame = model.get("_map_frame");
  return frame?.state ? (frame as MapFrame | SurveyFrame) : undefined;
}

/** The table of directions, or undefined before it is counted. */
export function tableFrameOf(model: ScopeModel): TableFrame | undefined {
  const frame = model.get("_table_frame");
  return frame && "rows" in frame && Array.isArray(frame.rows) ? (frame as TableFrame) : undefined;
}

/** How far the table of directions is counted, and what there is to say of it. */
export function tableProgressOf(model: ScopeModel): Pick<TableProgress, "state" | "hint"> {
  const { state = "running", hint = "" } = model.get("_table_frame") ?? {};
  return { state, hint };
}

/** What the page holds, or undefined if it holds nothing. */
export function payloadFrameOf(model: ScopeModel): PayloadFrame | undefined {
  const frame = model.get("_held_frame");
  return frame && Array.isArray(frame.steps) && frame.steps.length > 0
    ? (frame as PayloadFrame)
    : undefined;
}
