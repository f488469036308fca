/** All planes as the kernel surveys them; above some hundred directions the scores are made up. */

import { MOST_CELLS, SCORE_CODES } from "./limits.ts";

const TAU = 2 * Math.PI;
const COUNTED = 200;
const ANGLES = 72;

const bytes = (array) => new DataView(array.buffer);

/** A score like those of a layer with groups of directions: smooth, with a grain. */
function madeUp(i, j) {
  const grain = Math.abs(Math.sin(i * 12.9898) * Math.sin(j * 12.9898));
  const groups = Math.cos((i - j) / 160) * Math.cos((i + j) / 700);
  return 0.75 * groups * (0.35 + 0.65 * grain);
}

export class Survey {
  #kernel;
  #cached = new Map();

  constructor(kernel, names) {
    this.#kernel = kernel;
    this.names = names ?? kernel.basis.map((_, k) => `b${k}`);
    /** windows that were asked for and answered */
    this.windows = [];
  }

  get by() {
    const { order } = this.#kernel.traits;
    return order === "index" ? "alignment" : order;
  }

  first(state) {
    return this.#kernel.traits.navigator ? this.at(state) : { _map_frame: {} };
  }

  /** The message that brings the survey to `state`. */
  at(state, progress = 0.4) {
    const { traits } = this.#kernel;
    if (!traits.navigator) return { _map_frame: { ...this.#frame(), state: "off" } };
    if (state === "done") {
      const { map, best, low, high, step, size } = this.#grid([0, 0, this.#size]);
      this.last = { low, high, step, size, by: this.by, epsilon: traits.epsilon, surveyed: traits.step };
      const hint = this.#unlit(high);
      return {
        _map_frame: { ...this.#frame(), state, progress: 1, hint },
        _map: bytes(map), _map_best: bytes(best), _ensemble: this.#ensemble(),
      };
    }
    const hints = {
      waiting: "523,776 planes of 1,000,000 samples: this may take a minute.",
      failed: "The survey failed: not enough memory.",
    };
    return { _map_frame: { ...this.#frame(), state, progress, hint: hints[state] ?? "" } };
  }

  /** The answer to the window the page wants. */
  tile() {
    const window = this.#kernel.traits._window;
    this.windows.push(window);
    const { map, best, low, high, step, size } = this.#grid(window);
    const { by, epsilon, surveyed } = this.last;
    return {
      _tile_frame: { window, step, size, low, high, by, epsilon, surveyed },
      _tile: bytes(map), _tile_best: bytes(best),
    };
  }

  ranked(by) {
    return this.#remembered(`ranked ${by}`, () => {
      const { basis } = this.#kernel;
      const planes = basis.flatMap((_, i) => basis.slice(i + 1).map((_, k) => [i, i + 1 + k]));
      const scores = new Map(planes.map((pair) => [pair, this.score(pair, by) ?? -Infinity]));
      return planes.sort((one, other) => scores.get(other) - scores.get(one));
    });
  }

  score([i, j], by = this.by) {
    if (i === j) return null;
    if (this.#size > COUNTED) return madeUp(Math.min(i, j), Math.max(i, j));
    const { counts, along, between } = this.#curve(Math.min(i, j), Math.max(i, j));
    const both = along + between;
    if (by === "alignment") return both > 0 ? (along - between) / both : null;
    const peak = Math.max(...counts) / this.#kernel.samples.length;
    if (peak === 0) return null;
    return by === "peak" ? peak : peak / this.#kernel.isotropic(this.#kernel.traits.epsilon);
  }

  get #size() {
    return this.#kernel.basis.length;
  }

  #frame() {
    const { layer, traits } = this.#kernel;
    const none = { low: null, high: null, step: 1, size: 0, by: this.by, epsilon: traits.epsilon, surveyed: traits.step };
    const counted = this.#size > COUNTED ? [] : this.ranked("peak");
    const unlit = counted.filter((pair) => this.score(pair, "peak") === null).length;
    return {
      hint: "", n_directions: this.#size, n_planes: layer.n_planes, n_lit: layer.n_planes - unlit,
      n_skipped: 0, isotropic: this.#kernel.isotropic(traits.epsilon), resolution: ANGLES,
      elapsed_ms: 12.3, ...(this.last ?? none),
    };
  }

  #unlit(high) {
    if (high !== null) return "";
    return `No plane is lit at ε = ${this.#kernel.traits.epsilon.toFixed(2)}; at 0.70 most are.`;
  }

  #remembered(name, make) {
    const key = `${name} ${this.#kernel.traits.epsilon} ${this.#kernel.traits.step}`;
    if (!this.#cached.has(key)) this.#cached.set(key, make());
    return this.#cached.get(key);
  }

  #curve(i, j) {
    return this.#remembered(`curve ${i} ${j}`, () => {
      const { alpha, points } = this.#kernel.plane([i, j]);
      const { epsilon } = this.#kernel.traits;
      const lit = (theta) => {
        const [across, up] = [Math.cos(theta), Math.sin(theta)];
        return points.reduce((sum, [a, c]) => sum + (a * across + c * up >= epsilon ? 1 : 0), 0);
      };
      const axes = [0, alpha, Math.PI, Math.PI + alpha];
      const counts = Array.from({ length: ANGLES }, (_, k) => lit((k * TAU) / ANGLES));
      const along = axes.reduce((sum, each) => sum + lit(each), 0);
      const middles = axes.map((each, k) => (each + (axes[k + 1] ?? TAU)) / 2);
      return { counts, along, between: middles.reduce((sum, each) => sum + lit(each), 0) };
    });
  }

  #grid([row, column, side]) {
    const step = Math.ceil(side / MOST_CELLS);
    const size = Math.ceil(side / step);
    const scores = new Float64Array(size * size).fill(Number.NaN);
    const best = new Uint16Array(step > 1 ? size * size : 0);
    const last = this.#size;
    for (let i = row; i < Math.min(last, row + side); i += 1) {
      for (let j = column; j < Math.min(last, column + side); j += 1) {
        const score = this.score([i, j]);
        if (score === null) continue;
        const [di, dj] = [(i - row) % step, (j - column) % step];
        const at = ((i - row - di) / step) * size + (j - column - dj) / step;
        if (scores[at] >= score) continue;
        scores[at] = score;
        if (step > 1) best[at] = di * step + dj;
      }
    }
    const known = scores.filter((score) => !Number.isNaN(score));
    const low = known.length ? known.reduce((a, b) => Math.min(a, b)) : null;
    const high = known.length ? known.reduce((a, b) => Math.max(a, b)) : null;
    const share = (score) => (high > low ? (score - low) / (high - low) : 1);
    const map = Uint16Array.from(scores, (score) =>
      Number.isNaN(score) ? 0 : 1 + Math.round((SCORE_CODES - 1) * share(score)),
    );
    return { map, best, low, high, step, size };
  }

  /** Mean and standard deviation over all planes. */
  #ensemble() {
    if (this.#size > COUNTED) return bytes(new Float32Array());
    const curves = this.ranked("peak").map(([i, j]) => this.#curve(i, j).counts);
    const n = this.#kernel.samples.length;
    const angles = Array.from({ length: ANGLES }, (_, k) => curves.map((counts) => counts[k] / n));
    const mean = angles.map((all) => all.reduce((sum, value) => sum + value, 0) / all.length);
    const sd = angles.map((all, k) =>
      Math.sqrt(all.reduce((sum, value) => sum + (value - mean[k]) ** 2, 0) / all.length),
    );
    return bytes(Float32Array.from([...mean, ...sd]));
  }
}
