/** What the samples are, and how they lie around the directions: the strip's and the table's share. */

import { MOST_ROWS, MOST_PREVIEWS } from "./limits.ts";

const TAU = 2 * Math.PI;

const dot = (one, other) => one.reduce((sum, value, k) => sum + value * other[k], 0);

/** A square picture of grey values from 0 to 1, as a PNG file. */
function png(values) {
  const side = Math.sqrt(values.length);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [side, side];
  const greys = values.flatMap((value) => [...Array(3).fill(255 * (1 - value)), 255]);
  const image = new ImageData(Uint8ClampedArray.from(greys), side, side);
  canvas.getContext("2d").putImageData(image, 0, 0);
  const file = atob(canvas.toDataURL("image/png").split(",")[1]);
  return Uint8Array.from(file, (letter) => letter.charCodeAt(0));
}

export class Contents {
  #kernel;
  #files = new Map();

  /** Of each sample its `images` (lists of grey values) or `texts`; `problems` by sample. */
  constructor(kernel, labels, { images, texts, problems = {} } = {}) {
    this.#kernel = kernel;
    this.images = images;
    this.texts = texts;
    this.problems = problems;
    this.labels = labels;
    this.known = [...new Set(labels)].sort();
    /** how far the table comes by itself: "done", "running" or "failed" */
    this.counts = "done";
  }

  #item(index, cosine, at) {
    const label = this.labels[index] ?? null;
    const group = this.#kernel.classes.of[index] ?? null;
    const item = { index, label, group, cosine, at, mime: "", bytes: 0, width: 0, height: 0 };
    const problem = this.problems[index];
    if (problem !== undefined) return { ...item, kind: "problem", text: problem };
    if (!this.images) return { ...item, kind: "text", text: this.texts[index] };
    const side = Math.sqrt(this.images[index].length);
    if (!this.#files.has(index)) this.#files.set(index, png(this.images[index]));
    const bytes = this.#files.get(index).length;
    const picture = { mime: "image/png", bytes, width: side, height: side };
    return { ...item, kind: "image", text: "", ...picture };
  }

  strip({ pair, theta, epsilon, by_class, hidden_classes }) {
    const none = new DataView(new ArrayBuffer(0));
    if (!this.images && !this.texts) return { _strip_frame: {}, _strip: none };
    const { points } = this.#kernel.plane(pair);
    const [across, up] = [Math.cos(theta), Math.sin(theta)];
    const { of } = this.#kernel.classes;
    const isOn = (index) => !by_class || !hidden_classes.includes(of[index]);
    const lit = points
      .map(([a, c], index) => ({ index, at: [a, c], cosine: a * across + c * up }))
      .filter(({ index, cosine }) => cosine >= epsilon && isOn(index))
      .sort((one, two) => two.cosine - one.cosine);
    const items = lit
      .slice(0, MOST_PREVIEWS)
      .map(({ index, cosine, at }) => this.#item(index, cosine, at));
    const files = items.flatMap(({ index, bytes }) => (bytes ? [...this.#files.get(index)] : []));
    return {
      _strip_frame: { pair, theta, epsilon, n_lit: lit.length, items },
      // As in a message of many buffers, the bytes do not begin where their memory does.
      _strip: new DataView(Uint8Array.from([7, 7, 7, ...files]).buffer, 3),
    };
  }

  /** The pair and θ with the direction that the page wants in the middle of the beam. */
  turned({ direction, sign }) {
    const { pair } = this.#kernel.traits;
    const at = pair.indexOf(direction);
    const { alpha } = this.#kernel.plane(pair);
    const start = at === 1 ? alpha : 0;
    const theta = (start + (sign < 0 ? Math.PI : 0)) % TAU;
    return { pair: at < 0 ? [direction, pair.find((each) => each !== direction)] : pair, theta };
  }

  table() {
    const { table, table_by: by, table_descending: descending } = this.#kernel.traits;
    if (!table) return { _table_frame: {} };
    if (this.counts !== "done") {
      const hint = this.counts === "failed" ? "The directions could not be counted." : "";
      const known = this.last ?? { by, descending, n_rows: 2 * this.#kernel.basis.length };
      return { _table_frame: { ...known, state: this.counts, hint } };
    }
    const rows = this.#kernel.basis.flatMap((_, k) => [this.#row(k, 1), this.#row(k, -1)]);
    const column = { direction: 0, count: 3, label: 4, purity: 6, coverage: 7 }[by];
    const order = (one, two) => (one > two) - (one < two);
    rows.sort((one, two) => (descending ? -1 : 1) * order(one[column], two[column]));
    this.last = this.#frame(rows.slice(0, MOST_ROWS));
    return { _table_frame: this.last };
  }

  #frame(rows) {
    const { epsilon, table_by: by, table_descending: descending } = this.#kernel.traits;
    const n_rows = 2 * this.#kernel.basis.length;
    const has_labels = this.labels.length > 0;
    return { state: "done", epsilon, n_rows, by, descending, has_labels, hint: "", rows };
  }

  #row(direction, sign) {
    const { samples, basis, traits, names } = this.#kernel;
    const inside = [...samples.keys()].filter(
      (k) => sign * dot(samples[k], basis[direction]) >= traits.epsilon,
    );
    const row = [direction, sign, names[direction], inside.length];
    if (this.labels.length === 0 || inside.length === 0) return [...row, null, null, null, null];
    const counts = this.known.map((label) => inside.filter((k) => this.labels[k] === label).length);
    const most = Math.max(...counts);
    const label = this.known[counts.indexOf(most)];
    const all = this.labels.filter((each) => each === label).length;
    const group = this.#kernel.classes.of[this.labels.indexOf(label)];
    return [...row, label, group, most / inside.length, most / all];
  }
}
