import type {
  CLOUD_KINDS,
  MEASURES,
  ORDERS,
  PREVIEW_FORMATS,
  SCALES,
  STATES,
  TABLE_COLUMNS,
} from "./limits.ts";

/** A plane: the indices of its two directions. */
export type Pair = [number, number];

/** The order of the planes on the slider. */
export type Order = (typeof ORDERS)[number];

/** A score of a plane. */
export type Score = (typeof MEASURES)[number];

/** The labels of the rings: fractions of the samples, or multiples of what isotropy would light. */
export type RadialScale = (typeof SCALES)[number];

/** `_layer`: the samples and directions of the step on show. */
export interface LayerFrame {
  n_samples: number;
  n_dims: number;
  n_directions: number;
  n_planes: number;
  n_zero: number;
  basis: string;
  /** the values of ε, where only some are counted, rising; else empty */
  levels: readonly number[];
  /** series of the isotropic fraction, for pages that count themselves */
  isotropic_series: readonly number[];
}

/** `_frame`: what the curve on show belongs to; `serial` grows with every answer of the kernel. */
export interface CurveFrame {
  serial: number;
  /** grows when all planes change, in what they look like or in their order */
  era: number;
  /** position in the timeline */
  step: number;
  pair: Pair;
  names: [string, string];
  order: Order;
  /** of the plane in that order */
  position: number;
  epsilon: number;
  resolution: number;
  theta: number;
  alpha: number;
  /** samples that the curve counts */
  n_samples: number;
  /** all samples; more than `n_samples` while they are still counted */
  n_total?: number;
  /** whether this is only the curve of the samples counted so far, without the spotlight */
  is_partial?: boolean;
  n_lit: number;
  /** the angle that `n_lit` is counted at, where it may be another than θ */
  lit_angle: number | null;
  isotropic: number;
  alignment: number | null;
  peak: number;
  peak_angle: number;
  elapsed_ms: number;
  /** largest in-plane radius of a sample, given where nothing is lit in the plane */
  reach: number | null;
  /** of each class group, how many samples are lit at θ; empty without labels */
  class_lit: number[];
}

/** `_compared_frame`: the curve of the step that is compared with. */
export interface ComparedFrame {
  step: number;
  n_samples: number;
  isotropic: number;
  peak: number;
}

/** How the samples are drawn; "ratio" is their density relative to isotropy. */
export type CloudKind = (typeof CLOUD_KINDS)[number];

/** `_cloud_frame`: what the points or the density on show belong to. */
export interface CloudFrame {
  pair: Pair;
  kind: CloudKind;
  /** cells along a side of the square around the disc */
  bins: number;
  /** log10 of what the codes 1 and 255 stand for, of a density or a ratio */
  low: number;
  high: number;
  n_points: number;
}

/** `_legend`: the class groups of the samples. */
export interface Legend {
  /** of the groups */
  names: string[];
  /** number of samples in each */
  sizes: number[];
  /** the group of all classes without a colour of their own, if there is one */
  other: number | null;
  n_classes: number;
}

/** What a square of the map belongs to. */
export interface ScoreGridFrame {
  by: Score;
  /** step of the timeline that was surveyed */
  surveyed: number;
  epsilon: number;
  /** directions along the side of a cell */
  step: number;
  /** cells along the side of the square */
  size: number;
  low: number | null;
  high: number | null;
}

/** `_map_frame`: the survey of all planes. */
export interface MapFrame extends ScoreGridFrame {
  state: (typeof STATES)[number];
  progress: number;
  n_directions: number;
  n_planes: number;
  n_lit: number;
  /** pairs of parallel directions, which span no plane */
  n_skipped: number;
  isotropic: number;
  resolution: number;
  elapsed_ms: number;
  hint: string;
}

/** A square of the map: first row, first column and side, in directions. */
export type MapWindow = [row: number, column: number, side: number];

/** `_tile_frame`: a square of the map at full detail. */
export interface TileFrame extends ScoreGridFrame {
  window: MapWindow;
}

/** Whether a sample is seen as a picture, as text, or not at all. */
export type PreviewKind = (typeof PREVIEW_FORMATS)[number][0];

/** A sample inside the spotlight. */
export interface StripItem {
  /** row of the activations */
  index: number;
  label: string | null;
  /** class group, an index into the legend */
  group: number | null;
  cosine: number;
  /** coordinates of the sample in the plane */
  at: [a: number, c: number];
  kind: PreviewKind;
  /** the text, or what went wrong */
  text: string;
  mime: string;
  /** length of its picture in `_strip` */
  bytes: number;
  width: number;
  height: number;
}

/** `_strip_frame`: the samples inside the spotlight. */
export interface StripFrame {
  pair: Pair;
  theta: number;
  epsilon: number;
  /** samples inside, of the classes that are switched on */
  n_lit: number;
  /** by falling cosine */
  items: StripItem[];
}

/** A column of the table of directions. */
export type TableColumn = (typeof TABLE_COLUMNS)[number];

/** A row of the table of directions. */
export type TableRow = [
  direction: number,
  sign: 1 | -1,
  name: string,
  count: number,
  label: string | null,
  group: number | null,
  purity: number | null,
  coverage: number | null,
];

/** `_table_frame`: the table of directions. */
export interface TableFrame {
  state: "running" | "done" | "failed";
  epsilon: number;
  /** of all rows, not only of those sent */
  n_rows: number;
  by: TableColumn;
  descending: boolean;
  has_labels: boolean;
  hint: string;
  rows: TableRow[];
}

/** `_course_frame`: what the alignment over steps belongs to. */
export interface TimelineFrame {
  pair: Pair;
  epsilon: number;
  problem: string;
}

/** Offset and length of an array in `_held`, bytes. */
export type ByteRange = [offset: number, length: number];

/** A step in `_held`. */
export interface PayloadStepFrame {
  label: string;
  /** number of samples of the activations themselves */
  n_all: number;
  n: number;
  n_zero: number;
  /** columns of coordinates in the span of the basis */
  width: number;
  /** indices of the held rows that it has; null is all of them */
  places: ByteRange | null;
  columns: ByteRange;
  /** directions in those coordinates; null where they are the coordinates' own axes */
  basis: ByteRange | null;
}

/** The classes in `_held`. */
export interface PayloadLabelFrame {
  /** of the classes */
  names: string[];
  codes: ByteRange;
  /** code for "no class", if there is one */
  missing: number | null;
  /** group that each class is drawn in */
  group_of: number[];
  groups: string[];
  other: number | null;
  n_classes: number;
}

/** The previews of the samples in `_held`. */
export interface PayloadPreviewFrame {
  kinds: ByteRange;
  widths: ByteRange;
  heights: ByteRange;
  sizes: ByteRange;
  files: ByteRange;
  /** of the rows without a picture, in order */
  texts: string[];
}

/** `_held_frame`: describes the samples that the page holds in `_held`. */
export interface PayloadFrame {
  /** of srm_widget that wrote it */
  version: string;
  /** day of saving, as 2026-11-21 */
  saved: string;
  /** seed of the random draw, where not all samples are held */
  seed: number | null;
  n_dims: number;
  n_directions: number;
  basis: string;
  /** of all directions */
  names: string[];
  isotropic_series: number[];
  /** share of isotropic data in the density's cells of positive coordinates */
  isotropic_cells: ByteRange;
  /** rows of the activations that are held, rising; null is all from 0 on */
  rows: ByteRange | null;
  n_rows: number;
  steps: PayloadStepFrame[];
  labels: PayloadLabelFrame | null;
  exhibits: PayloadPreviewFrame | null;
}
