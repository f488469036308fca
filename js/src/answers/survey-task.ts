import { type Clock, Timer, taskClock, wallClock } from "../base/clock.ts";
import { CooperativeTask } from "../base/cooperative-task.ts";
import type { LayerSamples } from "../engine/layer-samples.ts";
import { planeCount } from "../engine/plane-index.ts";
import { type MapTile, ScoreMap } from "../engine/score-map.ts";
import { isCostly, isTooLarge, type Survey, surveyBytes, surveySteps } from "../engine/survey.ts";
import type {
  MapFrame,
  MapWindow,
  Order,
  Score,
  SurveyFrame,
  TileFrame,
} from "../protocol/frames.ts";
import { DEFAULT_RESOLUTION, QUICK } from "../protocol/limits.ts";
import type { ScopeTraits } from "../protocol/traits.ts";

// What takes less is finished although a newer one is wanted, so that the map follows a moving ε.
const SOON_MS = 1000 * QUICK;

// The map follows when the step slider has rested for so long: a frame has no room for more.
const STEP_PAUSE_MS = 100;

const NO_TILE = {
  _tile_frame: {},
  _tile: new Uint16Array(),
  _tile_best: new Uint16Array(),
  _tile_lit: new Uint16Array(),
} satisfies Partial<ScopeTraits>;

const NO_MAP = {
  ...NO_TILE,
  _map: new Uint16Array(),
  _map_best: new Uint16Array(),
  _map_lit: new Uint16Array(),
  _ensemble: new Float32Array(),
} satisfies Partial<ScopeTraits>;

/** What a survey is computed for: a step, and ε. */
export interface SurveySpec {
  step: number;
  layer: LayerSamples;
  epsilon: number;
  isotropic: number;
}

const sameSurvey = (one: SurveySpec | undefined, other: SurveySpec | undefined): boolean =>
  one?.step === other?.step && one?.epsilon === other?.epsilon;

/** Surveys all planes in short slices, and shows the map of their scores. */
export class SurveyTask {
  readonly #show: (traits: Partial<ScopeTraits>) => void;
  readonly #done: (spec: SurveySpec) => void;
  readonly #task: CooperativeTask<Survey>;
  readonly #pause: Timer;
  #wanted: SurveySpec | undefined;
  #started: { spec: SurveySpec; began: number } | undefined;
  #known: { spec: SurveySpec; survey: Survey; elapsed: number } | undefined;
  #map: ScoreMap | undefined;
  #whole: MapTile | undefined;
  #window: readonly number[] = [];
  #state: MapFrame["state"] = "off";
  #by: Score = "alignment";

  constructor(
    show: (traits: Partial<ScopeTraits>) => void,
    done: (spec: SurveySpec) => void,
    signal: AbortSignal,
    clock: Clock = taskClock,
  ) {
    this.#pause = new Timer(clock === taskClock ? wallClock : clock);
    signal.addEventListener("abort", () => this.#pause.clear(), { once: true });
    this.#show = show;
    this.#done = done;
    this.#task = new CooperativeTask(signal, clock);
  }

  /** The survey that is done, if it is that of `spec`. */
  at(spec: SurveySpec): Survey | undefined {
    return sameSurvey(this.#known?.spec, spec) ? this.#known?.survey : undefined;
  }

  get isBusy(): boolean {
    return this.#task.isRunning || this.#pause.isSet;
  }

  /**
   * Starts the survey that is asked for, unless it is done or under way; without a spec it stops. A
   * survey that may take long starts only if `costly` allows it, one too large for a page never.
   */
  request(spec: SurveySpec | undefined, order: Order, costly = false): void {
    const by = order === "index" ? "alignment" : order;
    const settled = this.#state === "done" && by === this.#by;
    this.#by = by;
    this.#wanted = spec;
    if (!spec || sameSurvey(this.#known?.spec, spec)) this.#pause.clear();
    if (!spec) {
      this.#task.stop();
      this.#map = undefined;
      this.#show({ ...NO_MAP, _map_frame: this.#about("off") });
    } else if (sameSurvey(this.#known?.spec, spec)) {
      this.#task.stop();
      if (!settled) this.#draw();
    } else if (this.#task.isRunning && sameSurvey(this.#started?.spec, spec)) {
      return; // what took a word to begin goes on while the spotlight turns
    } else if (isTooLarge(spec.layer) || (!costly && isCostly(spec.layer, spec.epsilon))) {
      this.#task.stop();
      this.#show({ _map_frame: this.#about("waiting") });
    } else this.#beginSoon();
  }

  /** Begins at once, or where another step was surveyed before once the steps come to rest. */
  #beginSoon(): void {
    if (!this.#known || this.#known.spec.step === this.#wanted?.step) {
      this.#pause.clear();
      this.#begin();
    } else {
      this.#pause.set(() => this.#begin(), STEP_PAUSE_MS);
      this.#show({ _map_frame: this.#about("running") });
    }
  }

  /** Shows a square of the map at full detail, of this map and of those to come. */
  showWindow(window: readonly number[]): void {
    this.#window = window;
    this.#showTile();
  }

  #showTile(): void {
    const [row, column, side] = this.#window;
    if (!this.#map || row === undefined || column === undefined || !side) return;
    const square: MapWindow = [row, column, side];
    const { frame, scores, best, lit } = this.#map.window(square);
    const about: TileFrame = { ...frame, ...this.#origin(), window: square };
    this.#show({ _tile_frame: about, _tile: scores, _tile_best: best, _tile_lit: lit });
  }

  #begin(): void {
    const spec = this.#wanted;
    const soon = this.#started && performance.now() - this.#started.began < SOON_MS;
    if (!spec || (this.#task.isRunning && (soon || sameSurvey(this.#started?.spec, spec)))) return;
    this.#started = { spec, began: performance.now() };
    const steps = surveySteps(spec.layer, spec.epsilon, spec.isotropic);
    this.#task.start(
      steps,
      (survey) => this.#finish(survey),
      (share) => this.#show({ _map_frame: this.#about("running", Number(share)) }),
    );
    this.#show({ _map_frame: this.#about("running") });
  }

  #finish(survey: Survey): void {
    if (!this.#started) return;
    const { spec, began } = this.#started;
    this.#known = { spec, survey, elapsed: performance.now() - began };
    this.#draw();
    if (!sameSurvey(this.#wanted, spec)) this.#beginSoon();
    this.#done(spec);
  }

  #draw(): void {
    if (!this.#known) return;
    const { survey } = this.#known;
    const old = this.#map;
    if (old?.survey !== survey || old.by !== this.#by) {
      this.#map = new ScoreMap(survey, this.#by);
      this.#whole = this.#map.whole();
    }
    const whole = this.#whole;
    if (!whole) return;
    this.#show({
      ...NO_TILE,
      _map_frame: { ...this.#about("done", 1), ...whole.frame },
      _map: whole.scores,
      _map_best: whole.best,
      _map_lit: whole.lit,
      _ensemble: survey.ensemble,
    });
    this.#showTile();
  }

  #origin() {
    const { spec } = this.#known ?? {};
    return { by: this.#by, surveyed: spec?.step ?? 0, epsilon: spec?.epsilon ?? 0 };
  }

  #about(state: MapFrame["state"], progress = 0): MapFrame | SurveyFrame {
    this.#state = state;
    const { layer } = this.#wanted ?? {};
    const too_large = state === "waiting" && layer !== undefined && isTooLarge(layer);
    const n_directions = layer?.nDirections ?? 0;
    const fixed = { state, progress, n_directions, hint: "", too_large, testable: false };
    const hint = state === "waiting" && layer ? hintOf(layer) : "";
    if (!this.#known || !this.#map || !this.#whole) return { ...fixed, hint };
    const { survey, elapsed } = this.#known;
    const nothing = state === "done" && survey.lit.position.length === 0;
    return {
      ...fixed,
      ...this.#whole.frame,
      ...this.#origin(),
      by: this.#map.by,
      n_planes: survey.nPlanes,
      n_lit: survey.lit.position.length,
      n_skipped: survey.skipped.length,
      n_dead: survey.layer.dead.size,
      isotropic: survey.isotropic,
      resolution: DEFAULT_RESOLUTION,
      alignment: finiteOrNull(survey.moments?.alignment),
      orthonormal: survey.moments !== undefined,
      participation: finiteOrNull(survey.moments?.participation),
      hubs: this.#map.hubs,
      elapsed_ms: elapsed,
      hint: nothing ? `No plane is lit at ε = ${Number(survey.epsilon.toPrecision(4))}.` : hint,
    };
  }
}

const finiteOrNull = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

function hintOf(layer: LayerSamples): string {
  const [planes, samples] = [planeCount(layer), layer.nSamples].map((n) => n.toLocaleString("en"));
  if (isTooLarge(layer)) {
    const bytes = `${Math.round(surveyBytes(layer) / 1e9)} GB`;
    return `${planes} planes: a survey takes some ${bytes} of memory, more than a page can have.`;
  }
  return `${planes} planes of ${samples} samples: this may take a while.`;
}
