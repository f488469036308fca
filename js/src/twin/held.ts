/** What a page holds of the activations, so that it can answer where no kernel does. */

import { type Buffer, type ScopeModel, view } from "../traits.ts";

/** Offset and length of an array in the data, bytes. */
type Part = [offset: number, length: number];

interface StepFrame {
  label: string;
  /** samples that the activations themselves had */
  n_all: number;
  n: number;
  n_zero: number;
  /** columns of coordinates in the span of the basis */
  width: number;
  /** which of the rows held it has; null is all of them */
  places: Part | null;
  columns: Part;
  /** directions in those coordinates; null where they are the coordinates' own axes */
  basis: Part | null;
}

interface LabelFrame {
  /** of the classes */
  names: string[];
  codes: Part;
  /** the code that stands for no class, if there is one */
  missing: number | null;
  /** of each class, the group it is drawn in */
  group_of: number[];
  groups: string[];
  other: number | null;
  n_classes: number;
}

interface ExhibitFrame {
  kinds: Part;
  widths: Part;
  heights: Part;
  sizes: Part;
  files: Part;
  /** of the rows that have no picture, in order */
  texts: string[];
}

/** What the kernel says about what is held. */
export interface HeldFrame {
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
  isotropic_cells: Part;
  /** the activations' rows that are held, rising; null is all from 0 on */
  rows: Part | null;
  n_rows: number;
  steps: StepFrame[];
  labels: LabelFrame | null;
  exhibits: ExhibitFrame | null;
}

export interface HeldStep {
  label: string;
  nAll: number;
  nZero: number;
  /** rows of the activations, rising */
  rows: Int32Array;
  columns: Float32Array[];
  /** M rows as wide as there are columns */
  basis: Float64Array | undefined;
  /** class and group of each sample; empty without labels */
  codes: Int32Array;
  groups: Uint8Array;
}

export interface Classes {
  names: string[];
  missing: number | null;
  groupOf: number[];
  groups: string[];
  other: number | null;
  /** of the activations, those of which no sample is held too */
  nClasses: number;
}

export interface Exhibit {
  kind: "image" | "text" | "problem";
  text: string;
  mime: string;
  file: Uint8Array;
  width: number;
  height: number;
}

export interface Held {
  frame: HeldFrame;
  steps: HeldStep[];
  classes: Classes | undefined;
  /** share of isotropic data in the cells of positive coordinates, row by row */
  isotropicCells: Float32Array;
  /** what a row looks like; undefined where samples were not given */
  exhibit: ((row: number) => Exhibit) | undefined;
}

export function heldFrameOf(model: ScopeModel): HeldFrame | undefined {
  const frame = model.get("_held_frame");
  return frame && Array.isArray(frame.steps) && frame.steps.length > 0
    ? (frame as HeldFrame)
    : undefined;
}

/** Typed arrays cut out of the data, whatever its alignment in the message it came in. */
class Parts {
  readonly #data: ArrayBuffer;

  constructor(data: Buffer) {
    const { buffer, byteOffset, byteLength } = view(data);
    this.#data = new Uint8Array(buffer, byteOffset, byteLength).slice().buffer;
  }

  bytes = ([offset, length]: Part): Uint8Array => new Uint8Array(this.#data, offset, length);
  shorts = ([offset, length]: Part): Uint16Array =>
    new Uint16Array(this.#data, offset, length >> 1);
  ints = ([offset, length]: Part): Int32Array => new Int32Array(this.#data, offset, length >> 2);
  floats = ([offset, length]: Part): Float32Array =>
    new Float32Array(this.#data, offset, length >> 2);
  doubles = ([offset, length]: Part): Float64Array =>
    new Float64Array(this.#data, offset, length >> 3);
}

const identity = (n: number): Int32Array => Int32Array.from({ length: n }, (_, k) => k);

function stepOf(parts: Parts, rows: Int32Array, codes: Int32Array, held: StepFrame, of: number[]) {
  const { n, width } = held;
  const all = parts.floats(held.columns);
  const places = held.places && parts.ints(held.places);
  const own = codes.length && places ? places.map((place) => codes[place] ?? 0) : codes;
  return {
    label: held.label,
    nAll: held.n_all,
    nZero: held.n_zero,
    rows: places ? places.map((place) => rows[place] ?? 0) : rows,
    columns: Array.from({ length: width }, (_, d) => all.subarray(d * n, (d + 1) * n)),
    basis: held.basis ? parts.doubles(held.basis) : undefined,
    codes: own,
    groups: Uint8Array.from(own, (code) => of[code] ?? 0),
  };
}

const KINDS = ["problem", "text", "image", "image"] as const;
const MIMES = ["", "", "image/png", "image/webp"];

function exhibitsOf(parts: Parts, rows: Int32Array, frame: ExhibitFrame) {
  const [kinds, widths, heights] = [frame.kinds, frame.widths, frame.heights].map(parts.bytes);
  const sizes = parts.shorts(frame.sizes);
  const files = parts.bytes(frame.files);
  const known = new Map<number, Exhibit>();
  let [end, written] = [0, 0];
  rows.forEach((row, k) => {
    const kind = kinds?.[k] ?? 0;
    const size = sizes[k] ?? 0;
    const text = kind < 2 ? (frame.texts[written] ?? "") : "";
    if (kind < 2) written += 1;
    end += size;
    known.set(row, {
      kind: KINDS[kind] ?? "problem",
      text,
      mime: MIMES[kind] ?? "",
      file: files.subarray(end - size, end),
      width: widths?.[k] ?? 0,
      height: heights?.[k] ?? 0,
    });
  });
  const missing: Exhibit = {
    kind: "problem",
    text: "no sample was given for this row",
    mime: "",
    file: new Uint8Array(),
    width: 0,
    height: 0,
  };
  return (row: number) => known.get(row) ?? missing;
}

export function heldOf(frame: HeldFrame, data: Buffer): Held {
  const parts = new Parts(data);
  const { labels, exhibits, isotropic_cells } = frame;
  const rows = frame.rows ? parts.ints(frame.rows) : identity(frame.n_rows);
  const codes = labels ? parts.ints(labels.codes) : new Int32Array();
  const of = labels?.group_of ?? [];
  return {
    frame,
    steps: frame.steps.map((step) => stepOf(parts, rows, codes, step, of)),
    classes: labels
      ? {
          names: labels.names,
          missing: labels.missing,
          groupOf: labels.group_of,
          groups: labels.groups,
          other: labels.other,
          nClasses: labels.n_classes,
        }
      : undefined,
    isotropicCells: parts.floats(isotropic_cells),
    exhibit: exhibits ? exhibitsOf(parts, rows, exhibits) : undefined,
  };
}
