import type { AnyModel } from "@anywidget/types";
import type { BinaryValue } from "../base/binary.ts";
import type {
  CloudFrame,
  CloudKind,
  ComparedFrame,
  CurveFrame,
  LayerFrame,
  Legend,
  MapFrame,
  Order,
  Pair,
  PayloadFrame,
  RadialScale,
  StripFrame,
  TableColumn,
  TableFrame,
  TileFrame,
  TimelineFrame,
} from "./frames.ts";
import { ASKED } from "./limits.ts";

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
  scale: RadialScale;
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
  _layer: Partial<LayerFrame> | null;
  _frame: Partial<CurveFrame> | null;
  _counts: BinaryValue;
  _signed_counts: BinaryValue;
  _band: BinaryValue;
  _cloud_frame: Partial<CloudFrame> | null;
  _points: BinaryValue;
  _point_groups: BinaryValue;
  _density: BinaryValue;
  _legend: Partial<Legend> | null;
  _class_counts: BinaryValue;
  _marks: BinaryValue;
  _names: string[];
  _map_frame: Partial<MapFrame> | null;
  _map: BinaryValue;
  _map_best: BinaryValue;
  _ensemble: BinaryValue;
  _window: number[];
  _tile_frame: Partial<TileFrame> | null;
  _tile: BinaryValue;
  _tile_best: BinaryValue;
  _strip_frame: Partial<StripFrame> | null;
  _strip: BinaryValue;
  _table_frame: Partial<TableFrame> | null;
  /** labels of the steps; empty where there is only one */
  _steps: string[];
  _compared_frame: Partial<ComparedFrame> | null;
  _compared: BinaryValue;
  _signed_compared: BinaryValue;
  _course_frame: Partial<TimelineFrame> | null;
  _course: BinaryValue;
  _course_ensemble: BinaryValue;
  /** description and data of the samples that the page holds, to answer where no kernel does */
  _held_frame: Partial<PayloadFrame> | null;
  _held: BinaryValue;
};

// As AnyModel types what events carry.
// biome-ignore lint/suspicious/noExplicitAny: what a message holds is its sender's affair
export type EventHandler = (...heard: any[]) => void;

/** The model that a host gives: synced traits and messages. */
export type ScopeModel = AnyModel<ScopeTraits>;

/** The name of a synced trait. */
export type TraitName = keyof ScopeTraits & string;

/** The traits that ask for another view; each change is answered by a new frame. */
export type Asked = Pick<ScopeTraits, (typeof ASKED)[number]>;

/** The traits that the page sets without asking for a frame. */
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

/** Names of the traits that are drawn. */
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

/** Calls `handler` when one of the traits changes, until `signal` is aborted. */
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

/** Reads several traits of the model. */
export function pick<K extends TraitName>(
  model: ScopeModel,
  names: readonly K[],
): Pick<ScopeTraits, K> {
  const entries = names.map((name) => [name, model.get(name)]);
  return Object.fromEntries(entries) as Pick<ScopeTraits, K>;
}
