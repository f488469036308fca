import type {
  MapFrame,
  MapWindow,
  Pair,
  Score,
  ScoreGridFrame,
  SurveyFrame,
  TileFrame,
} from "../../../src/protocol/frames.ts";
import { BAND_QUANTILES, MOST_CELLS, SCORE_CODES } from "../../../src/protocol/limits.ts";
import type { KernelData } from "./kernel-data.ts";
import {
  angles,
  at,
  bytes,
  fourthOrder,
  inBeam,
  isOrthonormal,
  litCosines,
  meanOf,
  participationOf,
} from "./vectors.ts";

export type SurveyState = MapFrame["state"];

/** Directions above which scores are made up. */
const COUNTED = 200;
/** As many samples as each of these is the mean of. */
const MADE_UP_LIT = 50;
const ANGLES = 72;

const HINTS: Partial<Record<SurveyState, string>> = {
  waiting: "523,776 planes of 1,000,000 samples: this may take a minute.",
  failed: "The survey failed: not enough memory.",
};

/** A score like those of a layer with groups of directions: smooth, with a grain. */
function madeUp(i: number, j: number): number {
  const grain = Math.abs(Math.sin(i * 12.9898) * Math.sin(j * 12.9898));
  const groups = Math.cos((i - j) / 160) * Math.cos((i + j) / 700);
  return 0.75 * groups * (0.35 + 0.65 * grain);
}

/** All planes as the kernel surveys them. */
export class FakeSurvey {
  readonly #kernel: KernelData;
  readonly #cached = new Map<string, unknown>();
  readonly names: string[];
  /** windows that were asked for and answered */
  readonly windows: number[][] = [];
  #last:
    | (ScoreGridFrame & Pick<MapFrame, "alignment" | "orthonormal" | "participation">)
    | undefined;

  constructor(kernel: KernelData) {
    this.#kernel = kernel;
    this.names = kernel.names;
  }

  get by(): Score {
    const { order } = this.#kernel.traits;
    return order === "index" ? "alignment" : order;
  }

  first(state: SurveyState) {
    return this.#kernel.traits.navigator ? this.at(state) : { _map_frame: {} };
  }

  /** The message that brings the survey to `state`. */
  at(state: SurveyState, progress = 0.4) {
    const { traits } = this.#kernel;
    if (!traits.navigator) return { _map_frame: { ...this.#frame(), state: "off" } };
    if (state === "done") {
      const { map, best, lit, ...grid } = this.#grid([0, 0, this.#size]);
      const of = { by: this.by, epsilon: traits.epsilon, surveyed: traits.step };
      this.#last = { ...grid, ...of, ...this.#moments() };
      const hint = this.#unlit(grid.high);
      return {
        _map_frame: { ...this.#frame(), state, progress: 1, hint } satisfies SurveyFrame,
        _map: bytes(map),
        _map_best: bytes(best),
        _map_lit: bytes(lit),
        _ensemble: this.#ensemble(),
      };
    }
    const hint = HINTS[state] ?? "";
    return { _map_frame: { ...this.#frame(), state, progress, hint } satisfies SurveyFrame };
  }

  /** The answer to the window the page wants. */
  tile() {
    const [row = 0, column = 0, side = 0] = this.#kernel.traits._window;
    const window: MapWindow = [row, column, side];
    this.windows.push(window);
    if (!this.#last) throw new Error("expected a survey before a tile");
    const { map, best, lit, ...grid } = this.#grid(window);
    const { by, epsilon, surveyed } = this.#last;
    const frame: TileFrame = { window, ...grid, by, epsilon, surveyed };
    return {
      _tile_frame: frame,
      _tile: bytes(map),
      _tile_best: bytes(best),
      _tile_lit: bytes(lit),
    };
  }

  ranked(by: Score): Pair[] {
    return this.#remembered(`ranked ${by}`, () => {
      const planes = this.#kernel.planes();
      const strengths = new Map(planes.map((pair) => [pair, this.#strength(pair, by)]));
      const of = (pair: Pair) => strengths.get(pair) ?? -Infinity;
      return planes.sort((one, other) => of(other) - of(one));
    });
  }

  score([i, j]: Pair, by: Score = this.by): number | null {
    if (i === j) return null;
    if (this.#size > COUNTED) return madeUp(Math.min(i, j), Math.max(i, j));
    const { counts, cosines } = this.#curve(Math.min(i, j), Math.max(i, j));
    if (by === "alignment" || cosines.length === 0) return meanOf(cosines);
    // Of columns that have nothing to do with each other half would stand between.
    const between = cosines.filter((cosine) => cosine < 0).length;
    if (by === "coactivation") return (2 * between - cosines.length) / Math.sqrt(cosines.length);
    return Math.max(...counts) / this.#kernel.samples.length;
  }

  /** How many samples are lit at some angle of a plane. */
  lit([i, j]: Pair): number {
    if (this.#size > COUNTED) return MADE_UP_LIT;
    return this.#curve(Math.min(i, j), Math.max(i, j)).cosines.length;
  }

  /** An alignment in standard errors, others as they are; null where nothing is lit. */
  #strength(pair: Pair, by: Score): number | null {
    const score = this.score(pair, by);
    return score === null || by !== "alignment" ? score : score * Math.sqrt(2 * this.lit(pair));
  }

  get #size(): number {
    return this.#kernel.basis.length;
  }

  /** What is known of the survey that was done last; before there is one, only its directions. */
  #frame() {
    const { layer, traits } = this.#kernel;
    const about = { hint: "", n_directions: this.#size, too_large: false, testable: true };
    if (!this.#last) return about;
    const counted = this.#size > COUNTED ? [] : this.ranked("peak");
    const unlit = counted.filter((pair) => this.score(pair, "peak") === null).length;
    return {
      ...about,
      n_planes: layer.n_planes,
      n_lit: layer.n_planes - unlit,
      n_skipped: 0,
      n_dead: 0,
      isotropic: this.#kernel.isotropic(traits.epsilon),
      resolution: ANGLES,
      hubs: [],
      elapsed_ms: 12.3,
      ...this.#last,
    } satisfies Omit<MapFrame, "state" | "progress">;
  }

  /** Of all samples, whatever ε. */
  #moments() {
    return this.#remembered("moments", () => {
      const { basis, samples } = this.#kernel;
      const orthonormal = isOrthonormal(basis);
      if (!orthonormal) return { alignment: null, orthonormal, participation: null };
      const planes = this.#kernel.planes().map((pair) => this.#kernel.plane(pair).points);
      const participation = participationOf(samples, basis);
      return { alignment: fourthOrder(planes), orthonormal, participation };
    });
  }

  #unlit(high: number | null): string {
    if (high !== null) return "";
    return `No plane is lit at ε = ${this.#kernel.traits.epsilon.toFixed(2)}; at 0.70 most are.`;
  }

  #remembered<T>(name: string, make: () => T): T {
    const key = `${name} ${this.#kernel.traits.epsilon} ${this.#kernel.traits.step}`;
    if (!this.#cached.has(key)) this.#cached.set(key, make());
    return this.#cached.get(key) as T;
  }

  #curve(i: number, j: number) {
    return this.#remembered(`curve ${i} ${j}`, () => {
      const plane = this.#kernel.plane([i, j]);
      const { epsilon } = this.#kernel.traits;
      const lit = (theta: number) => plane.points.filter(inBeam(theta, epsilon)).length;
      return { counts: angles(ANGLES).map(lit), cosines: litCosines(plane, epsilon) };
    });
  }

  #grid([row, column, side]: MapWindow) {
    const step = Math.ceil(side / MOST_CELLS);
    const size = Math.ceil(side / step);
    const scores = new Float64Array(size * size).fill(Number.NaN);
    const strongest = new Float64Array(size * size).fill(-1);
    const best = new Uint16Array(step > 1 ? size * size : 0);
    const lit = new Uint16Array(size * size);
    const last = this.#size;
    for (let i = row; i < Math.min(last, row + side); i += 1) {
      for (let j = column; j < Math.min(last, column + side); j += 1) {
        const score = this.score([i, j]);
        if (score === null) continue;
        const [di, dj] = [(i - row) % step, (j - column) % step];
        const cell = ((i - row - di) / step) * size + (j - column - dj) / step;
        const strength = Math.abs(this.#strength([i, j], this.by) ?? 0);
        if (at(strongest, cell) >= strength) continue;
        strongest[cell] = strength;
        scores[cell] = score;
        lit[cell] = Math.min(0xffff, this.lit([i, j]));
        if (step > 1) best[cell] = di * step + dj;
      }
    }
    const known = scores.filter((score) => !Number.isNaN(score));
    const low = known.length > 0 ? known.reduce((a, b) => Math.min(a, b)) : null;
    const high = known.length > 0 ? known.reduce((a, b) => Math.max(a, b)) : null;
    const share = (score: number) =>
      low !== null && high !== null && high > low ? (score - low) / (high - low) : 1;
    const map = Uint16Array.from(scores, (score) =>
      Number.isNaN(score) ? 0 : 1 + Math.round((SCORE_CODES - 1) * share(score)),
    );
    return { map, best, lit, low, high, step, size };
  }

  /** Quantiles over the lit planes, one after the other. */
  #ensemble(): DataView {
    if (this.#size > COUNTED) return bytes(new Float32Array());
    const curves = this.ranked("peak").map(([i, j]) => this.#curve(i, j).counts);
    const last = curves.length - 1;
    const all = angles(ANGLES).map((_, k) =>
      curves.map((counts) => at(counts, k) / this.#kernel.samples.length).sort((a, b) => a - b),
    );
    const quantile = (share: number) =>
      all.map((values) => {
        const [low, high] = [Math.floor(last * share), Math.ceil(last * share)];
        return at(values, low) + (at(values, high) - at(values, low)) * (last * share - low);
      });
    const known = last < 0 ? [] : BAND_QUANTILES.flatMap(quantile);
    return bytes(Float32Array.from(known));
  }
}
