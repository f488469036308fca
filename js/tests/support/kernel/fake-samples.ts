import type { StripItem, TableFrame, TableRow } from "../../../src/protocol/frames.ts";
import { MOST_PREVIEWS, MOST_ROWS } from "../../../src/protocol/limits.ts";
import type { KernelData, KernelTraits } from "./kernel-data.ts";
import { greyPng } from "./png.ts";
import { at, bytes, dot, TAU } from "./vectors.ts";

/**
 * Of each sample its `images` (squares of grey values) or `texts`, with `marks` where a part of each
 * is marked; `problems` by sample.
 */
export interface SampleContents {
  images?: readonly (readonly number[])[];
  texts?: readonly string[];
  marks?: readonly StripItem["mark"][];
  problems?: Readonly<Record<string, string>>;
}

const ORDER = { direction: 0, count: 3, kurtosis: 4, label: 5, purity: 7, coverage: 8 } as const;

type Cell = TableRow[number];

// As JavaScript compares: null is less than any number, and neither less nor more than a text.
const compare = (one: Cell, two: Cell): number =>
  Number((one as number) > (two as number)) - Number((one as number) < (two as number));

/** What the samples are, and how they lie around the directions: the strip's and the table's share. */
export class FakeSamples {
  readonly #kernel: KernelData;
  readonly #files = new Map<number, Uint8Array>();
  readonly #contents: SampleContents;
  readonly #labels: readonly string[];
  readonly #known: readonly string[];
  /** how far the table comes by itself */
  counts: TableFrame["state"] = "done";
  #last: TableFrame | undefined;

  constructor(kernel: KernelData, labels: readonly string[], contents: SampleContents = {}) {
    this.#kernel = kernel;
    this.#contents = contents;
    this.#labels = labels;
    this.#known = [...new Set(labels)].sort();
  }

  #item(index: number, cosine: number, place: StripItem["at"]): StripItem {
    const label = this.#labels[index] ?? null;
    const group = this.#kernel.classes.of[index] ?? null;
    const nothing = { mark: [0, 0] as StripItem["mark"], mime: "", bytes: 0, width: 0, height: 0 };
    const item = { index, label, group, cosine, at: place, ...nothing };
    const { images, texts, marks, problems } = this.#contents;
    const problem = problems?.[index];
    if (problem !== undefined) return { ...item, kind: "problem", text: problem };
    if (marks)
      return { ...item, kind: "marked", text: at(texts ?? [], index), mark: at(marks, index) };
    if (!images) return { ...item, kind: "text", text: at(texts ?? [], index) };
    const grey = at(images, index);
    const file = this.#files.get(index) ?? greyPng(grey);
    this.#files.set(index, file);
    const side = Math.sqrt(grey.length);
    const picture = { mime: "image/png", bytes: file.length, width: side, height: side };
    return { ...item, kind: "image", text: "", ...picture };
  }

  strip({ pair, theta, epsilon, by_class, hidden_classes }: KernelTraits) {
    const { images, texts } = this.#contents;
    if (!images && !texts) return { _strip_frame: {}, _strip: bytes(new Uint8Array()) };
    const { points } = this.#kernel.plane(pair);
    const [across, up] = [Math.cos(theta), Math.sin(theta)];
    const { of } = this.#kernel.classes;
    const isOn = (index: number) => !by_class || !hidden_classes.includes(at(of, index));
    const lit = points
      .map(([a, c], index) => ({ index, place: [a, c] as const, cosine: a * across + c * up }))
      .filter(({ index, cosine }) => cosine >= epsilon && isOn(index))
      .sort((one, two) => two.cosine - one.cosine);
    const items = lit
      .slice(0, MOST_PREVIEWS)
      .map(({ index, cosine, place: [a, c] }) => this.#item(index, cosine, [a, c]));
    const files = items.flatMap(({ index }) => [...(this.#files.get(index) ?? [])]);
    return {
      _strip_frame: { pair, theta, epsilon, n_lit: lit.length, items },
      // As in a message of many buffers, the bytes do not begin where their memory does.
      _strip: new DataView(Uint8Array.from([7, 7, 7, ...files]).buffer, 3),
    };
  }

  /** The pair and θ with the direction that the page wants in the middle of the beam. */
  turned({ direction, sign }: { direction: number; sign: 1 | -1 }): Partial<KernelTraits> {
    const { pair } = this.#kernel.traits;
    const place = pair.indexOf(direction);
    const { alpha } = this.#kernel.plane(pair);
    const start = place === 1 ? alpha : 0;
    const theta = (start + (sign < 0 ? Math.PI : 0)) % TAU;
    if (place >= 0) return { pair, theta };
    const other = pair[0] === direction ? pair[1] : pair[0];
    return { pair: [direction, other], theta };
  }

  table(): { _table_frame: Partial<TableFrame> } {
    const { table, table_by: by, table_descending: descending } = this.#kernel.traits;
    if (!table) return { _table_frame: {} };
    if (this.counts !== "done") {
      const hint = this.counts === "failed" ? "The directions could not be counted." : "";
      const known = this.#last ?? { by, descending, n_rows: 2 * this.#kernel.basis.length };
      return { _table_frame: { ...known, state: this.counts, hint } };
    }
    const rows = this.#kernel.basis.flatMap((_, k) => [this.#row(k, 1), this.#row(k, -1)]);
    const column = ORDER[by];
    rows.sort((one, two) => (descending ? -1 : 1) * compare(one[column], two[column]));
    this.#last = this.#frame(rows.slice(0, MOST_ROWS));
    return { _table_frame: this.#last };
  }

  #frame(rows: TableRow[]): TableFrame {
    const { epsilon, table_by: by, table_descending: descending } = this.#kernel.traits;
    const n_rows = 2 * this.#kernel.basis.length;
    const has_labels = this.#labels.length > 0;
    return { state: "done", epsilon, n_rows, by, descending, has_labels, hint: "", rows };
  }

  #row(direction: number, sign: 1 | -1): TableRow {
    const { samples, basis, traits, names } = this.#kernel;
    const inside = [...samples.keys()].filter(
      (k) => sign * dot(at(samples, k), at(basis, direction)) >= traits.epsilon,
    );
    const name = at(names, direction);
    const kurtosis = this.#kurtosis(direction);
    if (this.#labels.length === 0 || inside.length === 0) {
      return [direction, sign, name, inside.length, kurtosis, null, null, null, null];
    }
    const counts = this.#known.map(
      (label) => inside.filter((k) => this.#labels[k] === label).length,
    );
    const most = Math.max(...counts);
    const label = at(this.#known, counts.indexOf(most));
    const all = this.#labels.filter((each) => each === label).length;
    const group = at(this.#kernel.classes.of, this.#labels.indexOf(label));
    const shares = [most / inside.length, most / all] as const;
    return [direction, sign, name, inside.length, kurtosis, label, group, ...shares];
  }

  #kurtosis(direction: number): number {
    const { samples, basis } = this.#kernel;
    const fourth = samples.map((sample) => dot(sample, at(basis, direction)) ** 4);
    const d = at(basis, direction).length;
    return (fourth.reduce((sum, each) => sum + each, 0) / fourth.length) * ((d * (d + 2)) / 3);
  }
}
