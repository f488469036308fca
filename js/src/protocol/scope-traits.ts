/**
 * The traits that kernel and page share. Written by js/generate.py from
 * Python's definitions: change them there, and run `make build`.
 */

import type { BinaryValue } from "../base/binary.ts";
import type {
  CloudFrame,
  CloudKind,
  CloudOf,
  ComparedFrame,
  CurveFrame,
  EmptyFrame,
  EnsembleCloudFrame,
  EnsembleCloudProgress,
  LayerFrame,
  Legend,
  MapFrame,
  MapWindow,
  NavigatorKind,
  NullBandFrame,
  Order,
  PageRequest,
  Pair,
  PairsFrame,
  PairsOf,
  PairsProgress,
  PayloadFrame,
  RadialScale,
  StripFrame,
  SurveyFrame,
  TableColumn,
  TableFrame,
  TableProgress,
  TestFrame,
  TestProgress,
  TileFrame,
  TimelineFrame,
  TimelineProblem,
} from "./frames.ts";

// A type, not an interface: AnyModel wants an index signature, which only types have implicitly.
export type ScopeTraits = {
  by_class: boolean;
  cloud: CloudKind;
  cloud_of: CloudOf;
  /** position of the step to compare with, or -1 */
  compare: number;
  epsilon: number;
  error: string;
  hidden_classes: number[];
  highlight: number[];
  n_selected: number;
  navigator: boolean;
  navigator_as: NavigatorKind;
  order: Order;
  pair: Pair;
  pairs_of: PairsOf;
  position: number;
  resolution: number;
  scale: RadialScale;
  selected: number[];
  signed: boolean;
  step: number;
  table: boolean;
  table_by: TableColumn;
  table_descending: boolean;
  table_least: number;
  table_search: string;
  theta: number;
  title: string;
  /** lower ends of the 95 % band at each angle, then upper ones; float32 (2, K) */
  _band: BinaryValue;
  /** counts of each class group; int32 (groups, K) */
  _class_counts: BinaryValue;
  _cloud_frame: CloudFrame | EmptyFrame;
  /** int32 (K) */
  _compared: BinaryValue;
  _compared_frame: ComparedFrame | EmptyFrame;
  /** int32 (K) */
  _counts: BinaryValue;
  /** alignment of the plane in each step; NaN where there is none; float32 (steps) */
  _course: BinaryValue;
  /** alignment of the layer in each step, as far as it is known; float32 (steps) */
  _course_ensemble: BinaryValue;
  /**
   * standard error of the plane's alignment in each step; infinite or NaN where there is none; float32 (steps)
   */
  _course_error: BinaryValue;
  _course_frame: TimelineFrame | TimelineProblem | EmptyFrame;
  /** codes of the cells, from the least c and a on; uint8 (bins, bins) */
  _density: BinaryValue;
  /**
   * quantiles `BAND_QUANTILES` of f over the lit planes at each angle; empty if none is lit; float32 (5, resolution)
   */
  _ensemble: BinaryValue;
  /** codes of the cells of all planes, as `_density`; uint8 (bins, bins) */
  _ensemble_cloud: BinaryValue;
  _ensemble_cloud_frame: EnsembleCloudFrame | EnsembleCloudProgress | EmptyFrame;
  _frame: CurveFrame | EmptyFrame;
  /** arrays of the samples that the page holds, to answer where no kernel does */
  _held: BinaryValue;
  _held_frame: PayloadFrame | EmptyFrame;
  _layer: LayerFrame | EmptyFrame;
  _legend: Legend | EmptyFrame;
  /** codes of the scores, row by row; uint16 (size, size) */
  _map: BinaryValue;
  /** plane of a cell that its score is of; empty where a cell is one plane; uint16 (size, size) */
  _map_best: BinaryValue;
  _map_frame: MapFrame | SurveyFrame | EmptyFrame;
  /** samples lit in the plane that a cell's score is of, at most 65,535; uint16 (size, size) */
  _map_lit: BinaryValue;
  /** (a, c) of the highlighted samples in the plane; float32 (marks, 2) */
  _marks: BinaryValue;
  _names: string[];
  _null_frame: NullBandFrame | EmptyFrame;
  _pairs_frame: PairsFrame | PairsProgress | EmptyFrame;
  /** uint8 (points) */
  _point_groups: BinaryValue;
  /** (a, c) of each of the samples that are drawn; float32 (points, 2) */
  _points: BinaryValue;
  _request: PageRequest;
  /** int32 (K) */
  _signed_compared: BinaryValue;
  /** int32 (K) */
  _signed_counts: BinaryValue;
  /** labels of the steps; empty where there is only one */
  _steps: string[];
  /** pictures of the items, one after another */
  _strip: BinaryValue;
  _strip_frame: StripFrame | EmptyFrame;
  _table_frame: TableFrame | TableProgress | EmptyFrame;
  _test_frame: TestFrame | TestProgress | EmptyFrame;
  /** uint16 (size, size) */
  _tile: BinaryValue;
  /** uint16 (size, size) */
  _tile_best: BinaryValue;
  _tile_frame: TileFrame | EmptyFrame;
  /** uint16 (size, size) */
  _tile_lit: BinaryValue;
  /** the square of the map that the page looks at closely */
  _window: MapWindow | [];
};

/** Names of all synced traits. */
export const TRAITS = [
  "by_class",
  "cloud",
  "cloud_of",
  "compare",
  "epsilon",
  "error",
  "hidden_classes",
  "highlight",
  "n_selected",
  "navigator",
  "navigator_as",
  "order",
  "pair",
  "pairs_of",
  "position",
  "resolution",
  "scale",
  "selected",
  "signed",
  "step",
  "table",
  "table_by",
  "table_descending",
  "table_least",
  "table_search",
  "theta",
  "title",
  "_band",
  "_class_counts",
  "_cloud_frame",
  "_compared",
  "_compared_frame",
  "_counts",
  "_course",
  "_course_ensemble",
  "_course_error",
  "_course_frame",
  "_density",
  "_ensemble",
  "_ensemble_cloud",
  "_ensemble_cloud_frame",
  "_frame",
  "_held",
  "_held_frame",
  "_layer",
  "_legend",
  "_map",
  "_map_best",
  "_map_frame",
  "_map_lit",
  "_marks",
  "_names",
  "_null_frame",
  "_pairs_frame",
  "_point_groups",
  "_points",
  "_request",
  "_signed_compared",
  "_signed_counts",
  "_steps",
  "_strip",
  "_strip_frame",
  "_table_frame",
  "_test_frame",
  "_tile",
  "_tile_best",
  "_tile_frame",
  "_tile_lit",
  "_window",
] as const;

/** Names of those that the kernel alone sets. */
export const SET_BY_KERNEL = [
  "error",
  "n_selected",
  "selected",
  "_band",
  "_class_counts",
  "_cloud_frame",
  "_compared",
  "_compared_frame",
  "_counts",
  "_course",
  "_course_ensemble",
  "_course_error",
  "_course_frame",
  "_density",
  "_ensemble",
  "_ensemble_cloud",
  "_ensemble_cloud_frame",
  "_frame",
  "_held",
  "_held_frame",
  "_layer",
  "_legend",
  "_map",
  "_map_best",
  "_map_frame",
  "_map_lit",
  "_marks",
  "_names",
  "_null_frame",
  "_pairs_frame",
  "_point_groups",
  "_points",
  "_signed_compared",
  "_signed_counts",
  "_steps",
  "_strip",
  "_strip_frame",
  "_table_frame",
  "_test_frame",
  "_tile",
  "_tile_best",
  "_tile_frame",
  "_tile_lit",
] as const;
