import type { Clock } from "../base/clock.ts";
import { Job } from "../base/cooperative-task.ts";
import type { Layer } from "../engine/layer-samples.ts";
import { type Cells, Chart } from "../engine/score-map.ts";
import { isCostly, planesOf, RESOLUTION, type Survey, surveySteps } from "../engine/survey.ts";
import type { MapFrame, Order, Score, TileFrame, Window } from "../protocol/frames.ts";
import type { ScopeTraits } from "../protocol/traits.ts";

// Milliseconds: what takes less is finished although a newer one is wanted, so that the map follows
// a moving ε.
const SOON = 1000;

const NO_TILE = {
  _tile_frame: {},
  _tile: new Uint16Array(),
  _tile_best: new Uint16Array(),
} satisfies Partial<ScopeTraits>;

const NO_MAP = {
  ...NO_TILE,
  _map: new Uint16Array(),
  _map_best: new Uint16Array(),
  _ensemble: new Float32Array(),
} satisfies Partial<ScopeTraits>;

/** A survey to be made: of which step, at which ε. */
export interface Aim {
  step: number;
  layer: Layer;
  epsilon: number;
  isotropic: number;
}

const sameAim = (one: Aim | undefined, other: Aim | undefined): boolean =>
  one?.step === other?.step && one?.epsilon === other?.epsilon;

/** Surveys all planes bit by bit, and makes the map of them. */
export class Surveyor {
  readonly #show: (traits: Partial<ScopeTraits>) => void;
  readonly #done: (aim: Aim) => void;
  readonly #job: Job<Survey>;
  #wanted: Aim | undefined;
  #under: { aim: Aim; began: number } | undefined;
  #known: { aim: Aim; survey: Survey; elapsed: number } | undefined;
  #chart: Chart | undefined;
  #whole: Cells | undefined;
  #state: MapFrame["state"] = "off";
  #by: Score = "alignment";

  constructor(
    show: (traits: Partial<ScopeTraits>) => void,
    done: (aim: Aim) => void,
    signal: AbortSignal,
    clock?: Clock,
  ) {
    this.#show = show;
    this.#done = done;
    this.#job = new Job(signal, clock);
  }

  /** The survey that is at hand, if it is that of `aim`. */
  at(aim: Aim): Survey | undefined {
    return sameAim(this.#known?.aim, aim) ? this.#known?.survey : undefined;
  }

  get busy(): boolean {
    return this.#job.running;
  }

  /** Has all planes surveyed, or, without an aim, none any more. */
  aim(aim: Aim | undefined, order: Order, costly = false): void {
    const by = order === "index" ? "alignment" : order;
    const settled = this.#state === "done" && by === this.#by;
    this.#by = by;
    this.#wanted = aim;
    if (!aim) {
      this.#job.stop();
      this.#chart = undefined;
      this.#show({ ...NO_MAP, _map_frame: this.#about("off") });
    } else if (sameAim(this.#known?.aim, aim)) {
      this.#job.stop();
      if (!settled) this.#draw();
    } else if (this.#job.running && sameAim(this.#under?.aim, aim)) {
      return; // what took a word to begin goes on while the spotlight turns
    } else if (!costly && isCostly(aim.layer, aim.epsilon)) {
      this.#job.stop();
      this.#show({ _map_frame: this.#about("waiting") });
    } else this.#begin();
  }

  /** A closer look at a square of the map. */
  look(window: readonly number[]): void {
    const [row, column, side] = window;
    if (!this.#chart || row === undefined || column === undefined || !side) return;
    const square: Window = [row, column, side];
    const { frame, scores, best } = this.#chart.window(square);
    const about: TileFrame = { ...frame, ...this.#origin(), window: square };
    this.#show({ _tile_frame: about, _tile: scores, _tile_best: best });
  }

  #begin(): void {
    const aim = this.#wanted;
    const soon = this.#under && performance.now() - this.#under.began < SOON;
    if (!aim || (this.#job.running && (soon || sameAim(this.#under?.aim, aim)))) return;
    this.#under = { aim, began: performance.now() };
    const steps = surveySteps(aim.layer, aim.epsilon, aim.isotropic);
    this.#job.start(
      steps,
      (survey) => this.#finish(survey),
      (share) => this.#show({ _map_frame: this.#about("running", Number(share)) }),
    );
    this.#show({ _map_frame: this.#about("running") });
  }

  #finish(survey: Survey): void {
    if (!this.#under) return;
    const { aim, began } = this.#under;
    this.#known = { aim, survey, elapsed: performance.now() - began };
    this.#draw();
    if (!sameAim(this.#wanted, aim)) this.#begin();
    this.#done(aim);
  }

  #draw(): void {
    if (!this.#known) return;
    const { survey } = this.#known;
    const old = this.#chart;
    if (old?.survey !== survey || old.by !== this.#by) {
      this.#chart = new Chart(survey, this.#by);
      this.#whole = this.#chart.whole();
    }
    const whole = this.#whole;
    if (!whole) return;
    this.#show({
      ...NO_TILE,
      _map_frame: { ...this.#about("done", 1), ...whole.frame },
      _map: whole.scores,
      _map_best: whole.best,
      _ensemble: survey.ensemble,
    });
  }

  #origin() {
    const { aim } = this.#known ?? {};
    return { by: this.#by, surveyed: aim?.step ?? 0, epsilon: aim?.epsilon ?? 0 };
  }

  #about(state: MapFrame["state"], progress = 0): Partial<MapFrame> {
    this.#state = state;
    const { layer } = this.#wanted ?? {};
    const fixed = { state, progress, n_directions: layer?.nDirections ?? 0, hint: "" };
    const hint = state === "waiting" && layer ? hintOf(layer) : "";
    if (!this.#known || !this.#chart || !this.#whole) return { ...fixed, hint };
    const { survey, elapsed } = this.#known;
    const nothing = state === "done" && survey.lit.position.length === 0;
    return {
      ...fixed,
      ...this.#whole.frame,
      ...this.#origin(),
      by: this.#chart.by,
      n_planes: survey.nPlanes,
      n_lit: survey.lit.position.length,
      n_skipped: survey.skipped.length,
      isotropic: survey.isotropic,
      resolution: RESOLUTION,
      elapsed_ms: elapsed,
      hint: nothing ? `No plane is lit at ε = ${Number(survey.epsilon.toPrecision(4))}.` : hint,
    };
  }
}

function hintOf(layer: Layer): string {
  const [planes, samples] = [planesOf(layer), layer.nSamples].map((n) => n.toLocaleString("en"));
  return `${planes} planes of ${samples} samples: this may take a while.`;
}
