export type Pair = [number, number];

/** what the plane slider runs through */
export type Order = "index" | "alignment" | "peak" | "gain";

export type Score = Exclude<Order, "index">;

/** what labels the rings: fractions of the samples, or multiples of what isotropy would light */
export type RadialScale = "fraction" | "gain";

export interface LayerFrame {
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
export interface CurveFrame {
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

/** Facts about the curve of the step that is compared with. */
export interface ComparedFrame {
  step: number;
  n_samples: number;
  isotropic: number;
  peak: number;
}

/** how the samples are drawn under the curve; "ratio" is to what isotropy would put there */
export type CloudKind = "off" | "points" | "density" | "ratio";

/** What the points or the density belong to. */
export interface CloudFrame {
  pair: Pair;
  kind: CloudKind;
  /** cells along a side of the square around the disc */
  bins: number;
  /** log10 of what the codes 1 and 255 stand for */
  low: number;
  high: number;
  n_points: number;
}

export interface Legend {
  /** of the class groups; data, whatever they hold */
  names: string[];
  /** samples of each */
  sizes: number[];
  /** the group that collects the classes without a colour of their own, if there is one */
  other: number | null;
  n_classes: number;
}

export interface ScoreGridFrame {
  by: Score;
  /** the step of the timeline that it is of */
  surveyed: number;
  epsilon: number;
  /** directions to a cell's side */
  step: number;
  /** cells to a side of the map */
  size: number;
  low: number | null;
  high: number | null;
}

export interface MapFrame extends ScoreGridFrame {
  state: "running" | "done" | "off" | "waiting" | "failed";
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

/** First row, first column and side of a square of the map, in directions. */
export type MapWindow = [row: number, column: number, side: number];

export interface TileFrame extends ScoreGridFrame {
  window: MapWindow;
}

export interface StripItem {
  /** row of the activations */
  index: number;
  label: string | null;
  /** class group, an index into the legend */
  group: number | null;
  cosine: number;
  /** where the sample stands in the plane */
  at: [a: number, c: number];
  kind: "image" | "text" | "problem";
  /** the text, or what went wrong */
  text: string;
  mime: string;
  /** length of the picture in the buffer */
  bytes: number;
  width: number;
  height: number;
}

export interface StripFrame {
  pair: Pair;
  theta: number;
  epsilon: number;
  /** inside the beam, of the classes that are switched on */
  n_lit: number;
  /** by falling cosine */
  items: StripItem[];
}

export type TableColumn = "direction" | "count" | "label" | "purity" | "coverage";

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

export interface TableFrame {
  state: "running" | "done" | "failed";
  epsilon: number;
  /** of all, not only of those sent */
  n_rows: number;
  by: TableColumn;
  descending: boolean;
  has_labels: boolean;
  hint: string;
  rows: TableRow[];
}

/** What the alignment belongs to. */
export interface TimelineFrame {
  pair: Pair;
  epsilon: number;
  problem: string;
}

/** Offset and length of an array in the data, bytes. */
export type ByteRange = [offset: number, length: number];

export interface PayloadStepFrame {
  label: string;
  /** samples that the activations themselves had */
  n_all: number;
  n: number;
  n_zero: number;
  /** columns of coordinates in the span of the basis */
  width: number;
  /** which of the rows held it has; null is all of them */
  places: ByteRange | null;
  columns: ByteRange;
  /** directions in those coordinates; null where they are the coordinates' own axes */
  basis: ByteRange | null;
}

export interface PayloadLabelFrame {
  /** of the classes */
  names: string[];
  codes: ByteRange;
  /** the code that stands for no class, if there is one */
  missing: number | null;
  /** of each class, the group it is drawn in */
  group_of: number[];
  groups: string[];
  other: number | null;
  n_classes: number;
}

export interface PayloadPreviewFrame {
  kinds: ByteRange;
  widths: ByteRange;
  heights: ByteRange;
  sizes: ByteRange;
  files: ByteRange;
  /** of the rows that have no picture, in order */
  texts: string[];
}

/** What the kernel says about what is held. */
export interface PayloadFrame {
  /** of srm_widget */
  version: string;
  /** day, as 2026-11-21 */
  saved: string;
  /** of the draw, where not all samples are held */
  seed: number | null;
  n_dims: number;
  n_directions: number;
  basis: string;
  /** of all directions */
  names: string[];
  isotropic_series: number[];
  /** share of isotropic data in the density's cells of positive coordinates */
  isotropic_cells: ByteRange;
  /** the activations' rows that are held, rising; null is all from 0 on */
  rows: ByteRange | null;
  n_rows: number;
  steps: PayloadStepFrame[];
  labels: PayloadLabelFrame | null;
  exhibits: PayloadPreviewFrame | null;
}
