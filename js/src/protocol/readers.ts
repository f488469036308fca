import type {
  CloudFrame,
  CloudKind,
  CurveFrame,
  EnsembleCloudFrame,
  EnsembleCloudProgress,
  LayerFrame,
  Legend,
  MapFrame,
  NullBandFrame,
  PairsFrame,
  PairsProgress,
  PayloadFrame,
  StripFrame,
  SurveyFrame,
  TableFrame,
  TableProgress,
  TestFrame,
  TestProgress,
  TimelineFrame,
} from "./frames.ts";
import type { ScopeTraits, TraitName } from "./traits.ts";

/** Whatever has the scope's traits: the model of a host, or the store over it. */
export interface TraitSource {
  get<K extends TraitName>(name: K): ScopeTraits[K];
}

/** Reads several traits. */
export function pick<K extends TraitName>(
  traits: TraitSource,
  names: readonly K[],
): Pick<ScopeTraits, K> {
  const entries = names.map((name) => [name, traits.get(name)]);
  return Object.fromEntries(entries) as Pick<ScopeTraits, K>;
}

/** The samples and directions of the step on show; zeros before the kernel's first answer. */
export function layerFrameOf(traits: TraitSource): LayerFrame {
  const empty = {
    n_samples: 0,
    n_dims: 0,
    n_directions: 0,
    n_planes: 0,
    n_zero: 0,
    n_dead: 0,
    n_clusters: null,
    basis: "",
    preparation: "",
  };
  return { ...empty, levels: [], isotropic_series: [], ...traits.get("_layer") };
}

/** The frame of the curve, or undefined before the kernel's first answer. */
export function curveFrameOf(traits: TraitSource): CurveFrame | undefined {
  const frame = traits.get("_frame");
  return frame && Array.isArray(frame.pair) && Array.isArray(frame.names)
    ? (frame as CurveFrame)
    : undefined;
}

/** The frame of the samples in the plane, or undefined before the kernel's first answer. */
export function cloudFrameOf(traits: TraitSource): CloudFrame | undefined {
  const frame = traits.get("_cloud_frame");
  return frame && Array.isArray(frame.pair) ? (frame as CloudFrame) : undefined;
}

/** How all planes are drawn where samples are drawn as `cloud`: as cells in any case. */
export const ensembleKindOf = (cloud: CloudKind): EnsembleCloudFrame["kind"] =>
  cloud === "density" ? cloud : "ratio";

/** The density of all planes, or undefined before it is counted. */
export function ensembleCloudFrameOf(traits: TraitSource): EnsembleCloudFrame | undefined {
  const frame = traits.get("_ensemble_cloud_frame");
  return frame && "n_planes" in frame ? (frame as EnsembleCloudFrame) : undefined;
}

/** How far all planes are counted, or undefined where they are not asked for. */
export function ensembleCloudProgressOf(traits: TraitSource): EnsembleCloudProgress | undefined {
  const frame = traits.get("_ensemble_cloud_frame");
  return frame && "state" in frame ? (frame as EnsembleCloudProgress) : undefined;
}

/** The legend of the classes, or undefined without labels. */
export function legendOf(traits: TraitSource): Legend | undefined {
  const legend = traits.get("_legend");
  return legend && Array.isArray(legend.names) && legend.names.length > 0
    ? (legend as Legend)
    : undefined;
}

/** The survey of all planes, or how far it is; undefined before the kernel's first answer. */
export function mapFrameOf(traits: TraitSource): MapFrame | SurveyFrame | undefined {
  const frame = traits.get("_map_frame");
  return frame?.state ? (frame as MapFrame | SurveyFrame) : undefined;
}

/** The samples inside the spotlight, or undefined where samples cannot be seen. */
export function stripFrameOf(traits: TraitSource): StripFrame | undefined {
  const frame = traits.get("_strip_frame");
  return frame && Array.isArray(frame.items) ? (frame as StripFrame) : undefined;
}

/** The table of directions, or undefined before it is counted. */
export function tableFrameOf(traits: TraitSource): TableFrame | undefined {
  const frame = traits.get("_table_frame");
  return frame && "rows" in frame && Array.isArray(frame.rows) ? (frame as TableFrame) : undefined;
}

/** How far the table of directions is counted, and what there is to say of it. */
export function tableProgressOf(traits: TraitSource): Pick<TableProgress, "state" | "hint"> {
  const { state = "running", hint = "" } = traits.get("_table_frame") ?? {};
  return { state, hint };
}

/** The pairs that were found, or undefined before there are any. */
export function pairsFrameOf(traits: TraitSource): PairsFrame | undefined {
  const frame = traits.get("_pairs_frame");
  return frame && "rows" in frame && Array.isArray(frame.rows) ? (frame as PairsFrame) : undefined;
}

/** How far the search for pairs is, or undefined where there is none. */
export function pairsProgressOf(traits: TraitSource): PairsProgress | undefined {
  const frame = traits.get("_pairs_frame");
  return frame && "state" in frame ? (frame as PairsProgress) : undefined;
}

/** What the alignment over steps belongs to, or undefined before there is any. */
export function timelineFrameOf(traits: TraitSource): TimelineFrame | undefined {
  const frame = traits.get("_course_frame");
  return frame && "epsilon" in frame ? (frame as TimelineFrame) : undefined;
}

/** Where A₄ lies in turned bases, step by step; undefined where it is not compared with any. */
export function nullBandOf(traits: TraitSource): NullBandFrame | undefined {
  const frame = traits.get("_null_frame");
  return frame && "low" in frame && Array.isArray(frame.low) && Array.isArray(frame.high)
    ? (frame as NullBandFrame)
    : undefined;
}

/** The rotation test of the layer, or how far it is; undefined where there is none. */
export function testFrameOf(traits: TraitSource): TestFrame | TestProgress | undefined {
  const frame = traits.get("_test_frame");
  return frame?.state ? (frame as TestFrame | TestProgress) : undefined;
}

/** What the page holds, or undefined if it holds nothing. */
export function payloadFrameOf(traits: TraitSource): PayloadFrame | undefined {
  const frame = traits.get("_held_frame");
  return frame && Array.isArray(frame.steps) && frame.steps.length > 0
    ? (frame as PayloadFrame)
    : undefined;
}
