/**
 * The names that travel between Python and the page, written to the standard output for Python's
 * test: all traits, and the fields of all frames and messages. The compiler holds them complete.
 */

import type {
  CloudFrame,
  ComparedFrame,
  CurveFrame,
  LayerFrame,
  Legend,
  MapFrame,
  PayloadFrame,
  PayloadLabelFrame,
  PayloadPreviewFrame,
  PayloadStepFrame,
  StripFrame,
  StripItem,
  TableFrame,
  TableRow,
  TileFrame,
  TimelineFrame,
} from "../../src/protocol/frames.ts";
import type { AheadMessage, PlaneMessage } from "../../src/protocol/messages.ts";
import type { ScopeTraits } from "../../src/protocol/traits.ts";

type Frames = {
  _layer: LayerFrame;
  _frame: CurveFrame;
  _cloud_frame: CloudFrame;
  _legend: Legend;
  _map_frame: MapFrame;
  _tile_frame: TileFrame;
  _strip_frame: StripFrame;
  "_strip_frame.items": StripItem;
  _table_frame: TableFrame;
  _compared_frame: ComparedFrame;
  _course_frame: TimelineFrame;
  _held_frame: PayloadFrame;
  "_held_frame.steps": PayloadStepFrame;
  "_held_frame.labels": PayloadLabelFrame;
  "_held_frame.exhibits": PayloadPreviewFrame;
  held: PlaneMessage;
  ahead: AheadMessage;
};

type Names<T> = Record<keyof T, true>;

const traits: Names<ScopeTraits> = {
  step: true,
  compare: true,
  pair: true,
  order: true,
  position: true,
  epsilon: true,
  resolution: true,
  theta: true,
  title: true,
  signed: true,
  scale: true,
  navigator: true,
  cloud: true,
  by_class: true,
  hidden_classes: true,
  selected: true,
  n_selected: true,
  highlight: true,
  table: true,
  table_by: true,
  table_descending: true,
  error: true,
  _layer: true,
  _frame: true,
  _counts: true,
  _signed_counts: true,
  _band: true,
  _cloud_frame: true,
  _points: true,
  _point_groups: true,
  _density: true,
  _legend: true,
  _class_counts: true,
  _marks: true,
  _names: true,
  _map_frame: true,
  _map: true,
  _map_best: true,
  _ensemble: true,
  _window: true,
  _tile_frame: true,
  _tile: true,
  _tile_best: true,
  _strip_frame: true,
  _strip: true,
  _table_frame: true,
  _steps: true,
  _compared_frame: true,
  _compared: true,
  _signed_compared: true,
  _course_frame: true,
  _course: true,
  _course_ensemble: true,
  _held_frame: true,
  _held: true,
};

const frames: { [F in keyof Frames]: Names<Frames[F]> } = {
  _layer: {
    n_samples: true,
    n_dims: true,
    n_directions: true,
    n_planes: true,
    n_zero: true,
    basis: true,
    levels: true,
    isotropic_series: true,
  },
  _frame: {
    serial: true,
    era: true,
    step: true,
    pair: true,
    names: true,
    order: true,
    position: true,
    epsilon: true,
    resolution: true,
    theta: true,
    alpha: true,
    n_samples: true,
    n_total: true,
    is_partial: true,
    n_lit: true,
    lit_angle: true,
    isotropic: true,
    alignment: true,
    peak: true,
    peak_angle: true,
    elapsed_ms: true,
    reach: true,
    class_lit: true,
  },
  _cloud_frame: {
    pair: true,
    kind: true,
    bins: true,
    low: true,
    high: true,
    n_points: true,
  },
  _legend: {
    names: true,
    sizes: true,
    other: true,
    n_classes: true,
  },
  _map_frame: {
    by: true,
    surveyed: true,
    epsilon: true,
    step: true,
    size: true,
    low: true,
    high: true,
    state: true,
    progress: true,
    n_directions: true,
    n_planes: true,
    n_lit: true,
    n_skipped: true,
    isotropic: true,
    resolution: true,
    elapsed_ms: true,
    hint: true,
  },
  _tile_frame: {
    by: true,
    surveyed: true,
    epsilon: true,
    step: true,
    size: true,
    low: true,
    high: true,
    window: true,
  },
  _strip_frame: {
    pair: true,
    theta: true,
    epsilon: true,
    n_lit: true,
    items: true,
  },
  "_strip_frame.items": {
    index: true,
    label: true,
    group: true,
    cosine: true,
    at: true,
    kind: true,
    text: true,
    mime: true,
    bytes: true,
    width: true,
    height: true,
  },
  _table_frame: {
    state: true,
    epsilon: true,
    n_rows: true,
    by: true,
    descending: true,
    has_labels: true,
    hint: true,
    rows: true,
  },
  _compared_frame: {
    step: true,
    n_samples: true,
    isotropic: true,
    peak: true,
  },
  _course_frame: {
    pair: true,
    epsilon: true,
    problem: true,
  },
  _held_frame: {
    version: true,
    saved: true,
    seed: true,
    n_dims: true,
    n_directions: true,
    basis: true,
    names: true,
    isotropic_series: true,
    isotropic_cells: true,
    rows: true,
    n_rows: true,
    steps: true,
    labels: true,
    exhibits: true,
  },
  "_held_frame.steps": {
    label: true,
    n_all: true,
    n: true,
    n_zero: true,
    width: true,
    places: true,
    columns: true,
    basis: true,
  },
  "_held_frame.labels": {
    names: true,
    codes: true,
    missing: true,
    group_of: true,
    groups: true,
    other: true,
    n_classes: true,
  },
  "_held_frame.exhibits": {
    kinds: true,
    widths: true,
    heights: true,
    sizes: true,
    files: true,
    texts: true,
  },
  held: {
    type: true,
    step: true,
    pair: true,
    n_samples: true,
    alpha: true,
    floor: true,
    n_groups: true,
    compare: true,
    n_compared: true,
  },
  ahead: {
    type: true,
    era: true,
    frames: true,
    arrays: true,
  },
};

/** cells of a row of the table */
const columns: TableRow["length"] = 8;

const names = (fields: object) => Object.keys(fields).sort();
const fields = Object.entries(frames).map(([frame, of]) => [frame, names(of)]);
process.stdout.write(
  JSON.stringify({ traits: names(traits), frames: Object.fromEntries(fields), columns }),
);
