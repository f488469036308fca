/** The kernel's side, word by word after the method's definition: no arcs, no caches. */

const TAU = 2 * Math.PI;

const bytes = (array) => new DataView(array.buffer);

function unit(row) {
  const norm = Math.hypot(...row);
  return norm > 0 ? row.map((value) => value / norm) : row;
}

const dot = (one, other) => one.reduce((sum, value, k) => sum + value * other[k], 0);

function isotropic(epsilon, dims) {
  const steps = 4000;
  const density = (phi) => Math.sin(phi) ** (dims - 2);
  const integral = (to) =>
    Array.from({ length: steps }, (_, k) => density(((k + 0.5) * to) / steps)).reduce(
      (sum, value) => sum + (value * to) / steps,
      0,
    );
  return integral(Math.acos(epsilon)) / integral(Math.PI);
}

function wilson(count, n) {
  const z = 1.959964;
  const middle = (count + (z * z) / 2) / (n + z * z);
  const half = (z / (n + z * z)) * Math.sqrt((count * (n - count)) / n + (z * z) / 4);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

export class Kernel {
  #asked = [];
  #last;
  #serial = 0;

  /** `samples` and `basis` are lists of rows; `start` holds the traits to begin with. */
  constructor({ samples, basis, names, description = "standard basis", ...start }) {
    this.samples = samples.map(unit);
    this.basis = basis.map(unit);
    this.names = names ?? basis.map((_, k) => `b${k}`);
    this.pairs = basis.flatMap((_, i) => basis.slice(i + 1).map((_, k) => [i, i + 1 + k]));
    this.layer = {
      n_samples: samples.length,
      n_dims: samples[0].length,
      n_directions: basis.length,
      n_planes: this.pairs.length,
      n_zero: samples.filter((row) => !row.some(Boolean)).length,
      basis: description,
    };
    /** answers come at once, or one by one with `answer` */
    this.held = false;
    this.requests = [];
    this.mostAtOnce = 0;
    this.traits = {
      title: "", pair: [0, 1], order: "index", position: 0, epsilon: 0.75, resolution: 360,
      theta: 0, signed: false, selected: [], n_selected: 0, highlight: [], error: "",
      ...start,
    };
  }

  state() {
    this.traits.position = this.#positionOf(this.traits.pair);
    return this.#message(this.traits);
  }

  ask(changes) {
    this.requests.push(changes);
    this.#asked.push(changes);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#asked.length);
    if (!this.held) this.answer();
  }

  get waiting() {
    return this.#asked.length;
  }

  /** Answers the request that has waited longest. */
  answer() {
    this.push(this.#asked.shift());
  }

  /** A change from either side; as in the real kernel, `signed` needs no new frame. */
  push(changes) {
    const { signed, ...asked } = changes;
    if (signed !== undefined) this.traits.signed = signed;
    if (Object.keys(asked).length === 0 && signed !== undefined) {
      this.model.receive({ signed });
      return;
    }
    const error = this.#problem(asked);
    const wanted = { ...this.traits, ...asked, error };
    if (asked.position !== undefined) wanted.pair = this.pairs[asked.position];
    wanted.position = this.#positionOf(wanted.pair);
    this.traits = error ? { ...this.traits, error } : wanted;
    this.model.receive(this.#message(this.traits));
  }

  #problem({ pair, error }) {
    if (error !== undefined) return "error is read-only for the page";
    if (!pair) return "";
    const last = this.basis.length - 1;
    if (pair.some((each) => each < 0 || each > last)) {
      return `expected directions from 0 to ${last}, got (${pair.join(", ")})`;
    }
    return pair[0] === pair[1] ? `expected two different directions, got (${pair.join(", ")})` : "";
  }

  #positionOf([i, j]) {
    return this.pairs.findIndex(([a, b]) => a === Math.min(i, j) && b === Math.max(i, j));
  }

  #plane([i, j]) {
    const [first, second] = [this.basis[i], this.basis[j]];
    const g = dot(first, second);
    const across = second.map((value, k) => (value - g * first[k]) / Math.sqrt(1 - g * g));
    const points = this.samples.map((row) => [dot(row, first), dot(row, across)]);
    return { alpha: Math.acos(g), points };
  }

  #message(traits) {
    const { pair, epsilon, resolution, theta } = traits;
    const key = JSON.stringify([pair, epsilon, resolution]);
    if (this.#last?.key !== key) this.#last = { key, ...this.#curve(pair, epsilon, resolution) };
    const { alpha, points, lit, counts, buffers } = this.#last;
    const peak = Math.max(...counts);
    const axes = [0, alpha, Math.PI, Math.PI + alpha];
    const along = axes.reduce((sum, each) => sum + lit(each), 0);
    const between = axes.reduce((sum, each, k) => sum + lit((each + (axes[k + 1] ?? TAU)) / 2), 0);
    const marked = traits.highlight.flatMap((k) => points[k]);
    const frame = {
      serial: ++this.#serial, pair, names: pair.map((k) => this.names[k]),
      position: traits.position, epsilon, resolution, theta, alpha,
      n_samples: points.length, n_lit: lit(theta),
      isotropic: isotropic(epsilon, this.layer.n_dims),
      alignment: along + between > 0 ? (along - between) / (along + between) : null,
      peak, peak_angle: (counts.indexOf(peak) * TAU) / resolution, elapsed_ms: 0.4,
      n_points: Math.min(2000, points.length),
      reach: Math.max(...points.map(([a, c]) => Math.hypot(a, c))),
    };
    return {
      ...traits, _layer: this.layer, _frame: frame, ...buffers,
      _marks: bytes(Float32Array.from(marked)),
    };
  }

  #curve(pair, epsilon, resolution) {
    const { alpha, points } = this.#plane(pair);
    const lit = (theta) => {
      const [across, up] = [Math.cos(theta), Math.sin(theta)];
      return points.filter(([a, c]) => a * across + c * up >= epsilon).length;
    };
    const angles = Array.from({ length: resolution }, (_, k) => (k * TAU) / resolution);
    const counts = angles.map(lit);
    const band = counts.map((count) => wilson(count, points.length));
    const buffers = {
      _counts: bytes(Int32Array.from(counts)),
      _signed_counts: bytes(
        Int32Array.from(angles, (theta, k) => counts[k] - lit(theta + Math.PI)),
      ),
      _band: bytes(Float32Array.from([0, 1].flatMap((end) => band.map((each) => each[end])))),
      _points: bytes(Float32Array.from(points.slice(0, 2000).flat())),
    };
    return { alpha, points, lit, counts, buffers };
  }
}
