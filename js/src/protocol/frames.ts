/**
 * What travels between kernel and page, field by field. Written by js/generate.py from
 * Python's definitions: change them there, and run `make build`.
 */

/** A score of a plane. */
export type Score = "alignment" | "coactivation" | "peak";

/** What random rotations leave as it is: the mean direction of the samples, or nothing. */
export type NullModel = "mean" | "rotations";

/** A plane: the indices of its two directions. */
export type Pair = [number, number];

/** The order of the planes on the slider. */
export type Order = "index" | "alignment" | "coactivation" | "peak";

/** The labels of the rings: fractions of the samples, or multiples of what isotropy would light. */
export type RadialScale = "fraction" | "gain";

/** A frame where there is nothing to describe. */
export type EmptyFrame = { [field: string]: undefined };

/** `_layer`: the samples and directions of the step on show. */
export interface LayerFrame {
  n_samples: number;
  n_dims: number;
  n_directions: number;
  n_planes: number;
  n_zero: number;
  /** directions that are rows of zeros, which span no plane */
  n_dead: number;
  /** groups of samples that hang together; null if each stands for itself */
  n_clusters: number | null;
  basis: string;
  /** what was done to the activations before they were brought to unit length, "" for nothing */
  preparation: string;
  /** the values of ε, where only some are counted, rising; else empty */
  levels: readonly number[];
  /** series of the isotropic fraction, for pages that count themselves */
  isotropic_series: readonly number[];
}

/** `_frame` as it is sent ahead: what a curve belongs to. */
export interface AheadFrame {
  pair: Pair;
  theta: number;
  epsilon: number;
  names: [string, string];
  alpha: number;
  /** samples that the curve counts */
  n_samples: number;
  /** all samples; more than `n_samples` while they are still counted */
  n_total: number;
  isotropic: number;
  /** samples lit at some angle: those that the alignment is the mean of */
  n_in_plane: number;
  /** mean half-width of their arcs, radians: what the cone resolves; null where there are none */
  arc: number | null;
  /** mean of cos 4φ over these; null where there are none */
  alignment: number | null;
  /** its standard error; null where there is none, or nothing is known of it */
  alignment_error: number | null;
  peak: number;
  peak_angle: number;
  n_lit: number;
  /** the angle that `n_lit` is counted at, where it may be another than θ */
  lit_angle: number | null;
  /** of each class group, how many samples are lit at θ; empty without labels */
  class_lit: number[];
  /** position in the timeline */
  step: number;
  order: Order;
  /** of the plane in that order */
  position: number;
  resolution: number;
  elapsed_ms: number;
  /** whether this is only the curve of the samples counted so far, without the spotlight */
  is_partial: boolean;
  /** largest in-plane radius of a sample, given where nothing is lit in the plane */
  reach: number | null;
}

/** `_frame`: what the curve on show belongs to. */
export interface CurveFrame extends AheadFrame {
  /** number of the latest request that it answers */
  request: number;
  /** grows when all planes change, in what they look like or in their order */
  era: number;
}

/** `_request`: what a page asks for, and its number. */
export interface PageRequest {
  id: number;
  /** values by the traits' names; they count, whatever a host sends beside them */
  asked: { readonly [field: string]: unknown };
}

/** `_compared_frame`: the curve of the step that is compared with. */
export interface ComparedFrame {
  step: number;
  n_samples: number;
  isotropic: number;
  peak: number;
}

/** How the samples are drawn; "ratio" is their density relative to isotropy. */
export type CloudKind = "off" | "points" | "density" | "ratio";

/** Whether the samples are drawn in the plane on show, or in all planes laid over one another. */
export type CloudOf = "plane" | "all";

/** `_cloud_frame`: what the points or the density on show belong to. */
export interface CloudFrame {
  pair: Pair;
  kind: CloudKind;
  /** cells along a side of the square around the disc */
  bins: number;
  n_points: number;
  /** log10 of what the code 1 stands for, of a density or a ratio */
  low?: number;
  /** log10 of what the code 255 stands for */
  high?: number;
}

/** `_ensemble_cloud_frame` before all planes are counted: how far they are. */
export interface EnsembleCloudProgress {
  state: "running" | "done" | "failed";
  progress: number;
  hint: string;
}

/** `_ensemble_cloud_frame`: the density of all planes laid over one another. */
export interface EnsembleCloudFrame extends EnsembleCloudProgress {
  kind: "density" | "ratio";
  bins: number;
  /** position in the timeline */
  step: number;
  epsilon: number;
  n_samples: number;
  n_planes: number;
  /** pairs of a plane and a sample that is lit in it */
  n_lit: number;
  /** how many these would be of isotropic data */
  isotropic: number;
  /** as in `CloudFrame`; left out where nothing is lit */
  low?: number;
  high?: number;
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
  /** directions along the side of a cell */
  step: number;
  /** cells along the side of the square */
  size: number;
  low: number | null;
  high: number | null;
  by: Score;
  /** step of the timeline that was surveyed */
  surveyed: number;
  epsilon: number;
}

/** `_map_frame` before the first survey is done: how far it is. */
export interface SurveyFrame {
  state: "off" | "waiting" | "running" | "done" | "failed";
  progress: number;
  n_directions: number;
  hint: string;
  /** whether the survey that waits would take more memory than there is */
  too_large: boolean;
  /** whether the layer can be tested against turned bases, for the planes that these would have */
  testable: boolean;
}

/** `_map_frame`: the survey of all planes. */
export interface MapFrame extends SurveyFrame, ScoreGridFrame {
  n_planes: number;
  n_lit: number;
  /** pairs of directions that span no plane: parallel ones, and those of a row of zeros */
  n_skipped: number;
  /** directions that are rows of zeros */
  n_dead: number;
  isotropic: number;
  resolution: number;
  /**
   * A₄ of all samples, which depends on no ε; null if the basis is not orthonormal, or no sample
   * has a component along its directions
   */
  alignment: number | null;
  /** whether the basis is */
  orthonormal: boolean;
  /** on how many directions a sample stands, which A₄ needs to be read */
  participation: number | null;
  /** directions that are in far more lit planes than others, and in which share of them */
  hubs: [number, number][];
  elapsed_ms: number;
}

/** A square of the map: first row, first column and side, in directions. */
export type MapWindow = [row: number, column: number, side: number];

/** `_tile_frame`: a square of the map at full detail. */
export interface TileFrame extends ScoreGridFrame {
  window: MapWindow;
}

/** Whether a sample is seen as a picture, as text, as text with a marked part, or not at all. */
export type PreviewKind = "problem" | "text" | "marked" | "image";

/** `_test_frame` while the rotation test runs, or after it failed. */
export interface TestProgress {
  state: "running" | "done" | "failed";
  progress: number;
  /** position in the timeline */
  step: number;
  hint: string;
}

/** What the test says of planes, at the ε that was on show when it was asked for. */
export interface PlanesTest {
  epsilon: number;
  /** the plane on show */
  pair: Pair;
  /** of its alignment over all planes; null if it is not tested or not lit */
  p: number | null;
  n_planes: number;
  /** samples tested */
  n_samples: number;
  /** what p says less, or why there is none */
  hint: string;
}

/** `_test_frame` once the alignment of all samples is tested; planes are next. */
export interface TestFrame extends TestProgress {
  p: number;
  /** how many standard deviations the alignment is from the mean of the turned bases */
  effect: number | null;
  /** ε of the alignment; null for A₄ */
  epsilon: number | null;
  kept: NullModel;
  /** number of turned bases */
  rotations: number;
  /** samples tested */
  n_samples: number;
  planes: PlanesTest | null;
}

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
  /** where the marked part of the text begins and ends, in characters (code points) */
  mark: [start: number, stop: number];
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
export type TableColumn = "direction" | "count" | "kurtosis" | "label" | "purity" | "coverage";

/** A class among the samples along a direction: its name, its group, and its share of them. */
export type ClassShare = [label: string, group: number, share: number];

/**
 * A row of the table of directions; label, group, purity and coverage are null where there is no
 * class, the kurtosis if no sample has a direction. The others are the next two classes.
 */
export type TableRow = [
  direction: number,
  sign: 1 | -1,
  name: string,
  count: number,
  kurtosis: number | null,
  label: string | null,
  group: number | null,
  purity: number | null,
  coverage: number | null,
  others: ClassShare[],
];

/** `_table_frame` before the directions are counted: how far they are. */
export interface TableProgress {
  state: "waiting" | "running" | "done" | "failed";
  /** of all rows, not only of those sent */
  n_rows: number;
  /** column asked for; without labels, where labels are needed, it is the kurtosis */
  by: TableColumn;
  descending: boolean;
  /** least number of samples asked for */
  least: number;
  /** text that names, numbers and labels are searched for, "" for none */
  search: string;
  hint: string;
}

/** `_table_frame`: the table of directions. */
export interface TableFrame extends TableProgress {
  epsilon: number;
  has_labels: boolean;
  /** least number of samples of the rows listed: less than asked for where no row has as many */
  fewest: number;
  /** rows that were found and have fewer */
  n_few: number;
  /** rows that were found and have as many; the first of them are sent */
  n_listed: number;
  rows: TableRow[];
}

/** What shows all planes: a map of their scores, or a list of pairs that fire together. */
export type NavigatorKind = "map" | "pairs";

/** Which pairs are listed: the best of all, or those of a direction of the plane on show. */
export type PairsOf = "all" | "first" | "second";

/**
 * A row of the list of pairs: two directions, their coactivation, the samples between them, how
 * many would be if the two had nothing to do with each other, and p over all planes that were asked
 * about; null where samples hang together in groups.
 */
export type PairRow = [
  first: number,
  second: number,
  names: [string, string],
  score: number,
  between: number,
  expected: number,
  p: number | null,
];

/** `_pairs_frame` before pairs are found: how far that is. */
export interface PairsProgress {
  state: "waiting" | "running" | "done" | "failed";
  progress: number;
  hint: string;
}

/** `_pairs_frame`: pairs of directions that fire together, most so first. */
export interface PairsFrame extends PairsProgress {
  /** the direction that all of them are of; null if they are the best of all */
  of: number | null;
  /** position in the timeline */
  step: number;
  epsilon: number;
  n_samples: number;
  /** that were asked about, and p is over */
  n_planes: number;
  /** pairs that a sample is between in at all */
  n_found: number;
  /** most pairs that one direction is in; null where there is no such bound */
  per_direction: number | null;
  rows: PairRow[];
}

/** `_null_frame`: where A₄ lies in turned bases, step by step, as far as it is known. */
export interface NullBandFrame {
  /** "waiting" until somebody asks for it, as it takes long */
  state: "waiting" | "running" | "done" | "failed";
  low: (number | null)[];
  high: (number | null)[];
  kept: NullModel;
  /** number of turned bases of each step */
  rotations: number;
  /** of these that lie in the band */
  share: number;
  /** samples that each step was tested on, at least */
  n_samples: number;
  hint: string;
}

/** `_course_frame` where the alignment over steps failed before there was any. */
export interface TimelineProblem {
  problem: string;
}

/** `_course_frame`: what the alignment over steps belongs to. */
export interface TimelineFrame {
  pair: Pair;
  epsilon: number;
  /** ε that the alignment of the layer is taken at; null for A₄, which needs none */
  layer_epsilon: number | null;
  problem: string;
}

/** The samples of the plane on show; buffers are those of `page_samples`. */
export interface PlaneMessage {
  pair: Pair;
  n_samples: number;
  alpha: number;
  /** largest in-plane radius of the samples left out, or -1 if none is */
  floor: number;
  n_groups: number;
  /** samples of the step that is compared with */
  n_compared: number;
  /** as in `LayerFrame` */
  n_clusters: number | null;
  type: "held";
  step: number;
  /** the step that is compared with, or -1 */
  compare: number;
}

/** A trait whose bytes are sent ahead. */
export type AheadArray =
  | "_counts"
  | "_signed_counts"
  | "_class_counts"
  | "_band"
  | "_compared"
  | "_signed_compared"
  | "_marks"
  | "_points"
  | "_density";

/** The frames of a plane that is sent ahead, by their traits. */
export interface AheadFrames {
  _frame: AheadFrame;
  _compared_frame: ComparedFrame | EmptyFrame;
  _cloud_frame: CloudFrame;
}

/** The kernel's answer for a plane that may be asked for next; the arrays are its buffers. */
export interface AheadMessage {
  type: "ahead";
  era: number;
  frames: AheadFrames;
  /** traits that the buffers are for, in their order */
  arrays: AheadArray[];
}

/** A plane that may be asked for next. */
export type PlaneAhead = [position: number, epsilon: number];

/** Send the samples of the plane on show, so that the page can count; answered by "held". */
export interface HoldRequest {
  type: "hold";
}

/** Send the samples that all steps share, so that the page can turn the basis; by "steps". */
export interface HoldStepsRequest {
  type: "hold_steps";
}

/** Send planes that may be asked for next; answered by an "ahead" for each. */
export interface AheadRequest {
  type: "ahead";
  era: number;
  planes: readonly PlaneAhead[];
}

/** Survey all planes, however long it takes. */
export interface SurveyRequest {
  type: "survey";
}

/** Count the table of directions, however long it takes. */
export interface TableRequest {
  type: "table";
}

/** Test the alignment of all samples, and of planes, against turned bases. */
export interface TestRequest {
  type: "test";
}

/** Compare A₄ of every step with turned bases, however long it takes. */
export interface NullBandRequest {
  type: "null_band";
}

/** End the test against turned bases. */
export interface StopRequest {
  type: "stop";
}

/** Show a plane through a direction, and turn the spotlight to it. */
export interface DirectionRequest {
  type: "direction";
  direction: number;
  sign: 1 | -1;
}

/** Find the pairs that fire together, however long it takes. */
export interface PairsRequest {
  type: "pairs";
}

/** End the search for pairs. */
export interface StopPairsRequest {
  type: "stop_pairs";
}

/** Show a plane, and turn the spotlight to the middle between its directions. */
export interface PairRequest {
  type: "pair";
  pair: Pair;
}

/** Know whether a page shows the scope: it lives as long as one does, or somebody holds it. */
export interface ViewsRequest {
  type: "views";
  page: string;
  shown: boolean;
  asked: boolean;
}

/** The kernel asks which pages show the scope. */
export interface WhoShowsMessage {
  type: "who_shows";
}

/** A message from the page to the kernel. */
export type PageMessage =
  | HoldRequest
  | HoldStepsRequest
  | AheadRequest
  | SurveyRequest
  | TableRequest
  | TestRequest
  | NullBandRequest
  | StopRequest
  | DirectionRequest
  | PairsRequest
  | StopPairsRequest
  | PairRequest
  | ViewsRequest;

/** Offset and length of an array in `_held`, bytes. */
export type ByteRange = [offset: number, length: number];

/** A step in `_held`. */
export interface PayloadStepFrame {
  label: string;
  /** number of samples of the activations themselves */
  n_all: number;
  n: number;
  n_zero: number;
  /** what was done to the activations before they were brought to unit length, "" for nothing */
  preparation: string;
  /** D, which need not be the same in all steps */
  n_dims: number;
  /** columns of coordinates in the span of the basis */
  width: number;
  /** int32: indices of the held rows that it has; null is all of them */
  places: ByteRange | null;
  /** float32 (width, n): coordinates of the unit rows */
  columns: ByteRange;
  /** float64 (directions, width): directions; null where they are the coordinates' own axes */
  basis: ByteRange | null;
  basis_name: string;
  /** whether every two directions are orthogonal */
  orthonormal: boolean;
  /** int32 (n): group of samples that each hangs together with; null if each is by itself */
  clusters: ByteRange | null;
}

/** The classes in `_held`. */
export interface PayloadLabelFrame {
  /** of the classes */
  names: string[];
  /** int32: class of each held row */
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
  /** uint8: indices into `PREVIEW_FORMATS` */
  kinds: ByteRange;
  /** uint8 */
  widths: ByteRange;
  /** uint8 */
  heights: ByteRange;
  /** uint16: bytes of each picture */
  sizes: ByteRange;
  /** the pictures, one after another */
  files: ByteRange;
  /** of the rows without a picture, in order */
  texts: string[];
  /** uint8 (rows with a marked text, 2): where the marked part begins and ends, in characters */
  marks: ByteRange;
}

/** `_held_frame`: describes the samples that the page holds in `_held`. */
export interface PayloadFrame {
  /** of srm_widget that wrote it */
  version: string;
  /** day of saving, as 2026-11-21; "" where the page read the samples from a file itself */
  saved: string;
  /** seed of the random draw, where not all samples are held */
  seed: number | null;
  n_dims: number;
  n_directions: number;
  /** of all directions */
  names: string[];
  isotropic_series: number[];
  /** float32: share of isotropic data in the density's cells of positive coordinates */
  isotropic_cells: ByteRange;
  /** int32: rows of the activations that are held, rising; null is all from 0 on */
  rows: ByteRange | null;
  n_rows: number;
  steps: PayloadStepFrame[];
  labels: PayloadLabelFrame | null;
  exhibits: PayloadPreviewFrame | null;
}

/** The samples that all steps share; the buffer holds the arrays of the frame. */
export interface StepsMessage {
  type: "steps";
  frame: PayloadFrame;
}
