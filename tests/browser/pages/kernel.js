import { Classes, cloudOf } from "./cloud.js";
import { TABLE_TRAITS } from "./limits.ts";
import { Contents } from "./samples.js";
import { Survey } from "./survey.js";
import { KERNEL_DEFAULTS, PAGE_DEFAULTS } from "./trait-defaults.js";

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

const TABLED = [...TABLE_TRAITS, "epsilon"];
const TOLD = [
  "signed", "scale", "navigator", "cloud", "by_class", "hidden_classes", "_window",
  ...TABLE_TRAITS,
];
const COURSED = ["pair", "position", "epsilon"];
const CLASSED = ["by_class", "hidden_classes"];
const SURVEYED = ["step", "epsilon", "order", "resolution", "navigator"];

const inLight = (theta, epsilon) => {
  const [across, up] = [Math.cos(theta), Math.sin(theta)];
  return ([a, c]) => a * across + c * up >= epsilon;
};

export class Kernel {
  #asked = [];
  #last;
  #cloud;
  /** number of the latest request */
  #request = 0;

  /** `samples` and `basis` are lists of rows; `start` holds the traits to begin with. */
  constructor({ samples, basis, names, description = "standard basis", survey, labels = [], contents, steps = [], levels, ...start }) {
    /** samples of every step, if there are several */
    this.steps = (steps.length ? steps : [{ label: "0", samples }]).map((step) => ({
      ...step, samples: step.samples.map(unit),
    }));
    this.basis = basis.map(unit);
    this.names = names ?? basis.map((_, k) => `b${k}`);
    this.classes = new Classes(labels);
    this.layer = {
      n_samples: samples.length,
      n_dims: samples[0].length,
      n_directions: basis.length,
      n_planes: (basis.length * (basis.length - 1)) / 2,
      n_zero: samples.filter((row) => !row.some(Boolean)).length,
      basis: description,
      ...(levels && { levels }),
    };
    /** answers come at once, or one by one with `answer` */
    this.held = false;
    this.requests = [];
    this.mostAtOnce = 0;
    this.heard = [];
    /** how far a survey comes by itself: "done", "running", "waiting" or "failed" */
    this.surveys = survey ?? "done";
    this.survey = new Survey(this, names);
    this.contents = new Contents(this, labels, contents);
    this.traits = {
      ...PAGE_DEFAULTS,
      step: this.steps.length - 1, compare: steps.length > 1 ? 0 : -1,
      epsilon: 0.75, by_class: false, selected: [], n_selected: 0, error: "",
      ...start,
    };
  }

  state() {
    this.traits.position = this.#positionOf(this.traits.pair);
    return {
      ...KERNEL_DEFAULTS, ...this.#message(this.traits), ...this.course(), ...this.survey.first(this.surveys), ...this.contents.table(),
    };
  }

  get samples() {
    return this.steps[this.traits?.step ?? 0].samples;
  }

  /** A step more; the scope goes on to it if the last one was on show. */
  record(step) {
    const last = this.traits.step === this.steps.length - 1;
    this.steps.push({ ...step, samples: step.samples.map(unit) });
    this.push(last ? { step: this.steps.length - 1 } : {});
    this.model.receive(this.course());
  }

  /** Alignment over the steps: of the plane, and of all planes, as far as `known`. */
  course({ pair, epsilon } = this.traits, known = this.steps.length) {
    if (this.steps.length < 2) return {};
    const alignment = (planes, { samples }) => {
      const sums = planes.map((each) => this.contrast(this.plane(each, samples), epsilon));
      const [along, between] = [0, 1].map((k) => sums.reduce((sum, each) => sum + each[k], 0));
      return (along - between) / (along + between);
    };
    const all = this.basis.flatMap((_, i) => this.basis.slice(i + 1).map((_, k) => [i, i + 1 + k]));
    const floats = (values) => bytes(Float32Array.from(values));
    return {
      _course_frame: { pair, epsilon, problem: "" },
      _course: floats(this.steps.map((step) => alignment([pair], step))),
      _course_ensemble: floats(
        this.steps.map((step, k) => (k < known ? alignment(all, step) : Number.NaN)),
      ),
    };
  }

  /** How many times samples are lit on the axes, and between them. */
  contrast({ alpha, points }, epsilon) {
    const axes = [0, alpha, Math.PI, Math.PI + alpha];
    const middles = axes.map((each, k) => (each + (axes[k + 1] ?? TAU)) / 2);
    return [axes, middles].map((angles) =>
      angles.reduce((sum, each) => sum + points.filter(inLight(each, epsilon)).length, 0),
    );
  }

  isotropic(epsilon) {
    return isotropic(epsilon, this.layer.n_dims);
  }

  /** A custom message of the page. */
  hear(message) {
    this.heard.push(message);
    if (message.type === "survey") this.model.receive(this.survey.at("done"));
    if (message.type === "direction") this.push(this.contents.turned(message));
  }

  ask(changes) {
    const { _request, ...values } = changes;
    if (_request) delete values[_request.by === "pair" ? "position" : "pair"]; // not meant
    this.requests.push(values);
    this.#asked.push({ ...values, _request });
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

  /** A change from either side; as in the real kernel, not all of them need a new frame. */
  push({ _request, ...changes } = {}) {
    if (_request) this.#request = Math.max(this.#request, _request.id);
    const told = TOLD.filter((name) => name in changes);
    for (const name of told) this.traits[name] = changes[name];
    const asked = Object.entries(changes).filter(([name]) => !told.includes(name));
    if (_request || asked.length > 0 || told.length === 0) this.#serve(Object.fromEntries(asked));
    else this.model.receive(Object.fromEntries(told.map((name) => [name, changes[name]])));
    if ("cloud" in changes && !this.cloudHeld) this.model.receive(this.cloud());
    if (CLASSED.some((name) => name in changes)) {
      this.model.receive(this.contents.strip(this.traits));
    }
    if (SURVEYED.some((name) => name in changes)) {
      this.model.receive(this.survey.at(this.surveys));
      // As the kernel: its window comes with every map.
      const { _window, navigator } = this.traits;
      const drawn = navigator && this.surveys === "done";
      if (drawn && _window.length && !this.tilesHeld) this.model.receive(this.survey.tile());
    }
    if (COURSED.some((name) => name in changes)) this.model.receive(this.course());
    if (TABLED.some((name) => name in changes)) this.model.receive(this.contents.table());
    if (changes._window?.length && !this.tilesHeld) this.model.receive(this.survey.tile());
  }

  #serve(asked) {
    const error = this.#problem(asked);
    const wanted = { ...this.traits, ...asked, error };
    if (asked.position !== undefined) wanted.pair = this.#planeAt(asked.position, wanted.order);
    this.traits = error ? { ...this.traits, error } : wanted;
    if (!error) this.traits.position = this.#positionOf(wanted.pair);
    this.model.receive(this.#message(this.traits));
  }

  #planeAt(position, order) {
    if (order !== "index") return this.survey.ranked(order)[position];
    let [i, left] = [0, position];
    for (; left >= this.basis.length - 1 - i; i += 1) left -= this.basis.length - 1 - i;
    return [i, i + 1 + left];
  }

  #problem({ pair, error, step, compare }) {
    const lastStep = this.steps.length - 1;
    if (step < 0 || step > lastStep) return `expected step in 0 … ${lastStep}, got ${step}`;
    if (compare < -1 || compare > lastStep) {
      return `expected compare in -1 … ${lastStep}, got ${compare}`;
    }
    if (error !== undefined) return "error is read-only for the page";
    if (!pair) return "";
    const last = this.basis.length - 1;
    if (pair.some((each) => each < 0 || each > last)) {
      return `expected directions from 0 to ${last}, got (${pair.join(", ")})`;
    }
    return pair[0] === pair[1] ? `expected two different directions, got (${pair.join(", ")})` : "";
  }

  #positionOf([i, j]) {
    const [a, b, m] = [Math.min(i, j), Math.max(i, j), this.basis.length];
    const { order } = this.traits;
    if (order === "index") return (a * (2 * m - a - 1)) / 2 + b - a - 1;
    return this.survey.ranked(order).findIndex(([first, second]) => first === a && second === b);
  }

  plane([i, j], samples = this.samples) {
    const [first, second] = [this.basis[i], this.basis[j]];
    const g = dot(first, second);
    const across = second.map((value, k) => (value - g * first[k]) / Math.sqrt(1 - g * g));
    const points = samples.map((row) => [dot(row, first), dot(row, across)]);
    return { alpha: Math.acos(g), points };
  }

  /** What lies under the curve; other angles and cones leave it as it is. */
  cloud({ step, pair, cloud } = this.traits) {
    const key = JSON.stringify([step, pair, cloud]);
    if (this.#cloud?.key !== key) {
      const { points } = this.plane(pair);
      const { n_dims } = this.layer;
      this.#cloud = { key, traits: cloudOf(cloud, pair, points, n_dims, this.classes) };
    }
    return this.#cloud.traits;
  }

  #message(traits) {
    const { step, compare, pair, order, epsilon, resolution, theta } = traits;
    const key = JSON.stringify([step, pair, epsilon, resolution]);
    if (this.#last?.key !== key) this.#last = { key, ...this.#curve(pair, epsilon, resolution) };
    const { alpha, points, lit, counts, buffers } = this.#last;
    const peak = Math.max(...counts);
    const [along, between] = this.contrast({ alpha, points }, epsilon);
    const marked = traits.highlight.flatMap((k) => points[k]);
    const frame = {
      request: this.#request, step, pair, names: pair.map((k) => this.names[k]),
      order, position: traits.position, epsilon, resolution, theta, alpha,
      n_samples: points.length, n_lit: lit(theta),
      isotropic: isotropic(epsilon, this.layer.n_dims),
      alignment: along + between > 0 ? (along - between) / (along + between) : null,
      peak, peak_angle: (counts.indexOf(peak) * TAU) / resolution, elapsed_ms: 0.4,
      reach: peak > 0 ? null : Math.max(...points.map(([a, c]) => Math.hypot(a, c))),
      class_lit: this.classes.lit(points, inLight(theta, epsilon)),
    };
    return {
      ...traits, ...this.#compared(compare, traits),
      _steps: this.steps.length > 1 ? this.steps.map(({ label }) => label) : [], _layer: this.layer, _names: this.survey.names, _frame: frame, ...buffers,
      _legend: this.classes.legend, ...this.cloud(traits),
      _marks: bytes(Float32Array.from(marked)), ...this.contents.strip(traits),
    };
  }

  /** The same curve in the step to compare with. */
  #compared(compare, { step, pair, epsilon, resolution }) {
    if (compare < 0 || compare === step) {
      return { _compared_frame: {}, _compared: null, _signed_compared: null };
    }
    const { samples } = this.steps[compare];
    const { counts, points, buffers } = this.#curve(pair, epsilon, resolution, samples);
    return {
      _compared_frame: {
        step: compare, n_samples: points.length, peak: Math.max(...counts),
        isotropic: isotropic(epsilon, samples[0].length),
      },
      _compared: buffers._counts, _signed_compared: buffers._signed_counts,
    };
  }

  #curve(pair, epsilon, resolution, samples = this.samples) {
    const { alpha, points } = this.plane(pair, samples);
    const lit = (theta) => points.filter(inLight(theta, epsilon)).length;
    const angles = Array.from({ length: resolution }, (_, k) => (k * TAU) / resolution);
    const counts = angles.map(lit);
    const band = counts.map((count) => wilson(count, points.length));
    const buffers = {
      _counts: bytes(Int32Array.from(counts)),
      _signed_counts: bytes(
        Int32Array.from(angles, (theta, k) => counts[k] - lit(theta + Math.PI)),
      ),
      _band: bytes(Float32Array.from([0, 1].flatMap((end) => band.map((each) => each[end])))),
      _class_counts: bytes(Int32Array.from(this.#byClass(angles, points, epsilon).flat())),
    };
    return { alpha, points, lit, counts, buffers };
  }

  #byClass(angles, points, epsilon) {
    const lit = angles.map((theta) => this.classes.lit(points, inLight(theta, epsilon)));
    return Array.from({ length: this.classes.n }, (_, group) => lit.map((each) => each[group]));
  }
}
