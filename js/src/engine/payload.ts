/** Reads the samples that a page holds, so that it can answer where no kernel does. */

import { type BinaryValue, toDataView } from "../base/binary.ts";
import type {
  ByteRange,
  PayloadFrame,
  PayloadPreviewFrame,
  PayloadStepFrame,
  PreviewKind,
} from "../protocol/frames.ts";
import { PREVIEW_FORMATS } from "../protocol/limits.ts";
import type { Clusters } from "./cluster-errors.ts";

/** The samples of one step. */
export interface PayloadStep {
  label: string;
  nAll: number;
  nZero: number;
  preparation: string;
  nDims: number;
  /** row of the activations that each sample is, rising */
  rows: Int32Array;
  columns: Float32Array[];
  /** M rows as wide as there are columns; undefined where they are the coordinates' own axes */
  basis: Float64Array | undefined;
  basisName: string;
  isOrthonormal: boolean;
  /** class and group of each sample; empty without labels */
  codes: Int32Array;
  groups: Uint8Array;
  /** undefined where each sample stands for itself */
  clusters: Clusters | undefined;
}

/** The classes of the samples, and the groups they are drawn in. */
export interface SampleClasses {
  names: string[];
  missing: number | null;
  groupOf: number[];
  groups: string[];
  other: number | null;
  /** of all activations, also those of which no sample is held */
  nClasses: number;
}

/** What a sample looks like: a picture, a text, or why there is neither. */
export interface SamplePreview {
  kind: PreviewKind;
  text: string;
  /** where the marked part of the text begins and ends, in characters */
  mark: [number, number];
  mime: string;
  file: Uint8Array;
  width: number;
  height: number;
}

/** All that a page holds of the activations. */
export interface Payload {
  frame: PayloadFrame;
  steps: PayloadStep[];
  classes: SampleClasses | undefined;
  /** share of isotropic data in the cells of positive coordinates, row by row */
  isotropicCells: Float32Array;
  /** the preview of a row; undefined where samples were not given */
  preview: ((row: number) => SamplePreview) | undefined;
}

interface TypedArrayConstructor<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (data: ArrayBuffer, offset: number, length: number): T;
}

/** Cuts typed arrays out of the data, whatever its alignment. */
class ByteSections {
  readonly #data: ArrayBuffer;

  constructor(data: BinaryValue) {
    const { buffer, byteOffset, byteLength } = toDataView(data);
    this.#data = new Uint8Array(buffer, byteOffset, byteLength).slice().buffer;
  }

  /**
   * The numbers in a range; without a count, as many as it holds. Throws if the range is not as
   * expected.
   */
  of<T>(kind: TypedArrayConstructor<T>, what: string, range: ByteRange, count?: number): T {
    const size = kind.BYTES_PER_ELEMENT;
    const [offset, length] = Array.isArray(range) ? range : [Number.NaN, Number.NaN];
    const end = this.#data.byteLength;
    const whole = [offset / size, length / size].every((n) => Number.isSafeInteger(n) && n >= 0);
    if (!whole || offset + length > end || length !== (count ?? length / size) * size) {
      const wanted = count === undefined ? "" : `${count} `;
      throw new Error(
        `expected ${wanted}${what} in ${end} bytes, got ${JSON.stringify(range)} for their place`,
      );
    }
    return new kind(this.#data, offset, length / size);
  }
}

function expectPositiveIntegers(values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isSafeInteger(value) || Number(value) < 1) {
      throw new Error(`expected ${name} of 1 or more, got ${JSON.stringify(value)}`);
    }
  }
}

const identity = (n: number): Int32Array => Int32Array.from({ length: n }, (_, k) => k);

/** The indices of the rows that a step has, if it has not all of them. */
function readPlaces(
  sections: ByteSections,
  { places, n }: PayloadStepFrame,
  nRows: number,
): Int32Array | undefined {
  if (places === null && n !== nRows) throw new Error(`expected ${nRows} samples, got ${n}`);
  if (places === null) return undefined;
  const found = sections.of(Int32Array, "places of samples", places, n);
  const strange = found.find((place) => place < 0 || place >= nRows);
  if (strange === undefined) return found;
  throw new Error(`expected places of samples below ${nRows}, got ${strange}`);
}

/** The clusters of samples that are all held. */
function clustersOf(codes: Int32Array): Clusters {
  const sizes: number[] = [];
  for (const code of codes) {
    if (code < 0 || code >= codes.length) {
      throw new Error(`expected groups of samples below ${codes.length}, got ${code}`);
    }
    sizes[code] = (sizes[code] ?? 0) + 1;
  }
  return { codes, sizes };
}

interface PayloadRows {
  rows: Int32Array;
  codes: Int32Array;
  groupOf: readonly number[];
  nDirections: number;
}

function readStep(
  sections: ByteSections,
  held: PayloadStepFrame,
  { rows, codes, groupOf, nDirections }: PayloadRows,
) {
  const { n, width, n_all, n_zero, n_dims } = held;
  expectPositiveIntegers({ n, width, n_all, n_dims });
  const all = sections.of(Float32Array, "coordinates", held.columns, n * width);
  const places = readPlaces(sections, held, rows.length);
  const own = codes.length && places ? places.map((place) => codes[place] ?? 0) : codes;
  if (held.basis === null && width !== nDirections) {
    throw new Error(`expected ${nDirections} coordinates of a sample, got ${width}`);
  }
  return {
    label: String(held.label),
    nAll: n_all,
    nZero: n_zero,
    preparation: held.preparation,
    nDims: n_dims,
    rows: places ? places.map((place) => rows[place] ?? 0) : rows,
    columns: Array.from({ length: width }, (_, d) => all.subarray(d * n, (d + 1) * n)),
    basis: held.basis
      ? sections.of(Float64Array, "numbers of the basis", held.basis, nDirections * width)
      : undefined,
    basisName: held.basis_name ?? "", // of pages saved before there was one
    isOrthonormal: held.orthonormal,
    codes: own,
    groups: Uint8Array.from(own, (code) => groupOf[code] ?? 0),
    clusters: held.clusters
      ? clustersOf(sections.of(Int32Array, "groups of samples", held.clusters, n))
      : undefined,
  };
}

function readPreviews(sections: ByteSections, rows: Int32Array, frame: PayloadPreviewFrame) {
  const [kinds, widths, heights] = [frame.kinds, frame.widths, frame.heights].map((range) =>
    sections.of(Uint8Array, "sizes of samples", range, rows.length),
  );
  const sizes = sections.of(Uint16Array, "lengths of samples", frame.sizes, rows.length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const files = sections.of(Uint8Array, "bytes of samples", frame.files, total);
  const isMarked = (kind: number) => PREVIEW_FORMATS[kind]?.[0] === "marked";
  const nMarked = kinds?.filter(isMarked).length ?? 0;
  const marks = sections.of(Uint8Array, "ends of marked parts", frame.marks, 2 * nMarked);
  const previews = new Map<number, SamplePreview>();
  let [end, written, marked] = [0, 0, 0];
  rows.forEach((row, k) => {
    const known = PREVIEW_FORMATS[kinds?.[k] ?? 0];
    const size = sizes[k] ?? 0;
    const isWritten = known !== undefined && known[0] !== "image";
    const text = isWritten ? (frame.texts[written] ?? "") : "";
    if (isWritten) written += 1;
    const hasMark = known?.[0] === "marked";
    const [start = 0, stop = 0] = hasMark ? marks.subarray(marked, marked + 2) : [];
    if (hasMark) marked += 2;
    end += size;
    previews.set(row, {
      kind: known?.[0] ?? "problem",
      text,
      mark: [start, stop],
      mime: known?.[1] ?? "",
      file: files.subarray(end - size, end),
      width: widths?.[k] ?? 0,
      height: heights?.[k] ?? 0,
    });
  });
  const missing: SamplePreview = {
    kind: "problem",
    text: "no sample was given for this row",
    mark: [0, 0],
    mime: "",
    file: new Uint8Array(),
    width: 0,
    height: 0,
  };
  return (row: number) => previews.get(row) ?? missing;
}

/**
 * Reads the data by the frame that describes them; throws an error that says what is wrong with
 * them.
 */
export function readPayload(frame: PayloadFrame, data: BinaryValue): Payload {
  const sections = new ByteSections(data);
  const { labels, exhibits, n_rows, n_dims, n_directions } = frame;
  expectPositiveIntegers({ n_rows, n_dims, n_directions });
  if (frame.names.length !== n_directions) {
    throw new Error(`expected ${n_directions} names of directions, got ${frame.names.length}`);
  }
  // Before as many are numbered: each takes more than a byte.
  if (n_rows > toDataView(data).byteLength) {
    throw new Error(`expected ${n_rows} rows, got ${toDataView(data).byteLength} bytes`);
  }
  const rows = frame.rows ? sections.of(Int32Array, "rows", frame.rows, n_rows) : identity(n_rows);
  const codes = labels
    ? sections.of(Int32Array, "classes of samples", labels.codes, n_rows)
    : new Int32Array();
  const held = { rows, codes, groupOf: labels?.group_of ?? [], nDirections: n_directions };
  return {
    frame,
    steps: frame.steps.map((step) => readStep(sections, step, held)),
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
    isotropicCells: sections.of(Float32Array, "shares of cells", frame.isotropic_cells),
    preview: exhibits ? readPreviews(sections, rows, exhibits) : undefined,
  };
}
