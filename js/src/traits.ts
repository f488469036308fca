import type { AnyModel } from "@anywidget/types";
import type { Buffer } from "./buffers.ts";
import type { Legend } from "./classes.ts";
import type { CloudFrame, CloudKind } from "./cloud-data.ts";
import type { ComparedFrame } from "./compared.ts";
import type { CourseFrame } from "./course-data.ts";
import type { MapFrame, TileFrame } from "./map-data.ts";
import type { StripFrame } from "./strip-data.ts";
import type { TableColumn, TableFrame } from "./table-data.ts";
import type { HeldFrame } from "./twin/held.ts";

export type Pair = [number, number];

/** what the plane slider runs through */
export type Order = "index" | "alignment" | "peak" | "gain";

/** what labels the rings: fractions of the samples, or multiples of what isotropy would light */
export type Scale = "fraction" | "gain";

export interface Layer {
  n_samples: number;
  n_dims: number;
  n_directions: number;
  n_planes: number;
  n_zero: number;
  basis: string;
  /** of ε, where only some are counted; rising, else empty */
  levels: readonly number[];
  /** of the isotropic fraction, for pages that count themselves */
  isotropic_series: readonly number[];
}

/** What the drawn arrays belong to; `serial` grows with every answer of the kernel. */
export interface Frame {
  serial: number;
  /** grows when all planes change: what they look like, or where they stand in the order */
  era: number;
  /** position in the timeline */
  step: number;
  pair: Pair;
  names: [string, string];
  order: Order;
  /** in that order */
  position: number;
  epsilon: number;
  resolution: number;
  theta: number;
  alpha: number;
  /** that the curve is of */
  n_samples: number;
  /** there are; more, while they are counted */
  n_total?: number;
  /** only the curve of the samples counted so far, and nothing of the spotlight yet */
  is_partial?: boolean;
  n_lit: number;
  /** the angle at which they are counted, where that may be another than θ */
  lit_angle: number | null;
  isotropic: number;
  alignment: number | null;
  peak: number;
  peak_angle: number;
  elapsed_ms: number;
  /** largest in-plane radius of a sample, where nothing is lit in this plane */
  reach: number | null;
  /** of each class group, how many samples are lit at θ; empty without labels */
  class_lit: number[];
}

// A type, not an interface: AnyModel wants an index signature, which only types have implicitly.
export type ScopeTraits = {
  step: number;
  /** position of the step to compare with, or -1 */
  compare: number;
  pair: Pair;
  order: Order;
  position: number;
  epsilon: number;
  resolution: number;
  theta: number;
  title: string;
  signed: boolean;
  scale: Scale;
  navigator: boolean;
  cloud: CloudKind;
  by_class: boolean;
  hidden_classes: number[];
  selected: number[];
  n_selected: number;
  highlight: number[];
  table: boolean;
  table_by: TableColumn;
  table_descending: boolean;
  error: string;
  _layer: Partial<Layer> | null;
  _frame: Partial<Frame> | null;
  _counts: Buffer;
  _signed_counts: Buffer;
  _band: Buffer;
  _cloud_frame: Partial<CloudFrame> | null;
  _points: Buffer;
  _point_groups: Buffer;
  _density: Buffer;
  _legend: Partial<Legend> | null;
  _class_counts: Buffer;
  _marks: Buffer;
  _names: string[];
  _map_frame: Partial<MapFrame> | null;
  _map: Buffer;
  _map_best: Buffer;
  _ensemble: Buffer;
  _window: number[];
  _tile_frame: Partial<TileFrame> | null;
  _tile: Buffer;
  _tile_best: Buffer;
  _strip_frame: Partial<StripFrame> | null;
  _strip: Buffer;
  _table_frame: Partial<TableFrame> | null;
  /** labels of the steps; empty where there is only one */
  _steps: string[];
  _compared_frame: Partial<ComparedFrame> | null;
  _compared: Buffer;
  _signed_compared: Buffer;
  _course_frame: Partial<CourseFrame> | null;
  _course: Buffer;
  _course_ensemble: Buffer;
  /** what the page holds to answer where no kernel does, and what it says of that */
  _held_frame: Partial<HeldFrame> | null;
  _held: Buffer;
};

export type ScopeModel = AnyModel<ScopeTraits>;
export type TraitName = keyof ScopeTraits & string;

export const ASKED = [
  "step",
  "pair",
  "order",
  "position",
  "epsilon",
  "resolution",
  "theta",
] as const;

/** The values a gesture may ask the kernel for; each of them is answered by a new frame. */
export type Asked = Pick<ScopeTraits, (typeof ASKED)[number]>;

/** What is told and not answered by a frame. */
export type Told = Pick<
  ScopeTraits,
  | "compare"
  | "signed"
  | "scale"
  | "navigator"
  | "cloud"
  | "by_class"
  | "hidden_classes"
  | "highlight"
  | "table"
  | "table_by"
  | "table_descending"
  | "_window"
>;

export const SHOWN: readonly TraitName[] = [
  ...ASKED,
  "title",
  "signed",
  "scale",
  "navigator",
  "error",
  "_layer",
  "_frame",
  "_counts",
  "_signed_counts",
  "_band",
  "cloud",
  "by_class",
  "hidden_classes",
  "_cloud_frame",
  "_points",
  "_point_groups",
  "_density",
  "_legend",
  "_class_counts",
  "_marks",
  "_names",
  "_map_frame",
  "_map",
  "_map_best",
  "_ensemble",
  "_tile_frame",
  "_tile",
  "_tile_best",
  "highlight",
  "table",
  "table_by",
  "table_descending",
  "_strip_frame",
  "_strip",
  "_table_frame",
  "compare",
  "_steps",
  "_compared_frame",
  "_compared",
  "_signed_compared",
  "_course_frame",
  "_course",
  "_course_ensemble",
];

export function listen(
  model: ScopeModel,
  names: readonly TraitName[],
  handler: () => void,
  signal: AbortSignal,
): void {
  if (signal.aborted) return;
  for (const name of names) model.on(`change:${name}`, handler);
  signal.addEventListener(
    "abort",
    () => {
      for (const name of names) model.off(`change:${name}`, handler);
    },
    { once: true },
  );
}

/** The kernel's frame, or undefined before its first answer. */
export function frameOf(model: ScopeModel): Frame | undefined {
  const frame = model.get("_frame");
  return frame && Array.isArray(frame.pair) && Array.isArray(frame.names)
    ? (frame as Frame)
    : undefined;
}

/** Several values of the model by their names. */
export function pick<K extends TraitName>(
  model: ScopeModel,
  names: readonly K[],
): Pick<ScopeTraits, K> {
  const entries = names.map((name) => [name, model.get(name)]);
  return Object.fromEntries(entries) as Pick<ScopeTraits, K>;
}

export function layerOf(model: ScopeModel): Layer {
  const empty = { n_samples: 0, n_dims: 0, n_directions: 0, n_planes: 0, n_zero: 0, basis: "" };
  return { ...empty, levels: [], isotropic_series: [], ...model.get("_layer") };
}
