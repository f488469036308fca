import { wrapAngle } from "../base/angles.ts";
import { type Clock, taskClock } from "../base/clock.ts";
import { sameValue } from "../base/equality.ts";
import type { LayerSamples } from "../engine/layer-samples.ts";
import type { Payload } from "../engine/payload.ts";
import { PlaneOrder } from "../engine/plane-order.ts";
import { ModelOverlay } from "../kernel/model-overlay.ts";
import type { Pair, PayloadFrame } from "../protocol/frames.ts";
import { ASKED, TABLE_TRAITS } from "../protocol/limits.ts";
import { curveFrameOf } from "../protocol/readers.ts";
import { listen, pick, type ScopeModel, type ScopeTraits } from "../protocol/traits.ts";
import { DirectionTableTask } from "./direction-table-task.ts";
import { type SurveySpec, SurveyTask } from "./survey-task.ts";
import { TimelineTask } from "./timeline-task.ts";
import { ViewBuilder } from "./view-builder.ts";
import { refusalOf, sameViewSpec, type ViewSpec, viewSpecOf } from "./view-spec.ts";

const FOLLOWED_TRAITS = [
  ...ASKED,
  "compare",
  "cloud",
  "by_class",
  "hidden_classes",
  "highlight",
  "navigator",
  "_window",
  ...TABLE_TRAITS,
] as const;

/**
 * Answers in the place of a kernel that is not there, computed from the samples that the page
 * holds. `model` is what requests and views are given: the model below with the answers laid over
 * it, until a kernel answers after all. What only a kernel can know stays as it was saved.
 */
export class OfflineKernel {
  readonly model: ScopeModel;
  readonly #below: ScopeModel;
  readonly #isGone: () => boolean;
  readonly #signal: AbortSignal;
  readonly #payload: Payload;
  readonly #views: ViewBuilder;
  readonly #overlay: ModelOverlay;
  readonly #surveys: SurveyTask;
  readonly #table: DirectionTableTask;
  readonly #timeline: TimelineTask;
  #order: PlaneOrder;
  #orderKey = "";
  #shown: ViewSpec | undefined;
  #window: readonly number[] = [];
  #request = 0;
  #hasKernel = false;
  #isDue = false;
  #isSetting = false;

  /** `isGone` says whether there was a kernel that has gone. */
  constructor(
    below: ScopeModel,
    payload: Payload,
    signal: AbortSignal,
    clock: Clock = taskClock,
    isGone: () => boolean = () => false,
  ) {
    this.#below = below;
    this.#isGone = isGone;
    this.#signal = signal;
    this.#payload = payload;
    this.#views = new ViewBuilder(payload);
    this.#order = new PlaneOrder(payload.frame.n_directions, "index");
    this.#overlay = new ModelOverlay(below, signal, {
      save_changes: () => {
        below.save_changes();
        this.#answer();
      },
      send: (message) => this.#hear(message),
    });
    this.model = this.#overlay.model;
    const show = (traits: Partial<ScopeTraits>) => this.#overlay.merge(traits);
    this.#surveys = new SurveyTask(show, (surveySpec) => this.#surveyed(surveySpec), signal, clock);
    this.#table = new DirectionTableTask(show, payload.classes, signal, clock);
    this.#timeline = new TimelineTask(show, this.#views.layers, signal, clock);
    listen(below, FOLLOWED_TRAITS, () => this.#answerSoon(), signal);
    listen(below, ["_frame"], () => this.#kernelAnswered(), signal);
    // What a notebook saved is on show already, and is of all samples.
    const { state } = below.get("_map_frame") ?? {};
    if (!curveFrameOf(below) || state === "running") this.#answer();
    else this.#shown = viewSpecOf(below);
  }

  /** What the page holds and answers from; undefined once a kernel answers. */
  get source(): PayloadFrame | undefined {
    return this.#hasKernel ? undefined : this.#payload.frame;
  }

  /** Drops the page's own answers: a kernel's take their place. */
  #kernelAnswered(): void {
    // The last words of one that has gone.
    if (this.#isGone()) return;
    this.#hasKernel = true;
    this.#surveys.request(undefined, "index");
    this.#table.stop();
    this.#timeline.stop();
    this.#overlay.clear();
  }

  /** Answers again after the kernel has gone, from what the page has held since it opened. */
  resume(): void {
    if (!this.#hasKernel) return;
    this.#hasKernel = false;
    this.#shown = undefined;
    this.#answer();
  }

  /** Answers in a microtask what was set without being saved, by a link to another widget say. */
  #answerSoon(): void {
    if (this.#isDue || this.#isSetting) return;
    this.#isDue = true;
    queueMicrotask(() => {
      if (this.#isDue) this.#answer();
    });
  }

  /** Sets traits of the model without answering that. */
  #set(values: Partial<ScopeTraits>): void {
    this.#isSetting = true;
    for (const [name, value] of Object.entries(values)) {
      this.#below.set(name as keyof ScopeTraits, value);
    }
    this.#isSetting = false;
  }

  #hear(message: unknown): void {
    this.#below.send(message);
    if (this.#hasKernel) return;
    const { type, direction, sign } = message as Record<string, unknown>;
    if (type === "survey") this.#survey(true);
    if (type === "direction") this.#turnTo(Number(direction), Number(sign));
  }

  #turnTo(i: number, sign: number): void {
    const layer = this.#views.layer(this.#below.get("step"));
    const pair = this.#below.get("pair");
    const others = [...pair, ...layer.names.keys()];
    const j = others.find((other) => other !== i && layer.spans(i, other));
    if (j === undefined) {
      this.#refuse(`expected a direction that is not parallel to direction ${i}, got none`);
      return;
    }
    const through: Pair = pair.includes(i) ? pair : [i, j];
    const { alpha } = layer.plane(through);
    const theta = (through[0] === i ? 0 : alpha) + (sign < 0 ? Math.PI : 0);
    this.#set({ pair: through, theta: wrapAngle(theta) });
    this.model.save_changes();
  }

  #surveySpec(spec: ViewSpec): SurveySpec {
    const { step, epsilon } = spec;
    return {
      step,
      layer: this.#views.layer(step),
      epsilon,
      isotropic: this.#views.isotropic(epsilon),
    };
  }

  #answer(): void {
    this.#isDue = false;
    if (this.#hasKernel || this.#signal.aborted) return;
    const spec = viewSpecOf(this.#below);
    const layer = this.#views.layer(spec.step);
    const nPlanes = (layer.nDirections * (layer.nDirections - 1)) / 2;
    const refusal =
      refusalOf(spec, layer, this.#views.layers.length, nPlanes) || this.#choose(spec, layer);
    if (refusal) this.#refuse(refusal);
    else if (!this.#shown || !sameViewSpec(spec, this.#shown)) this.#show(spec);
    else if (this.#below.get("error") || this.#overlay.model.get("error")) this.#answerAgain("");
    this.#requestTable();
    this.#showWindow();
  }

  /** Sets the model back to the view on show, and reports the error. */
  #refuse(error: string): void {
    if (this.#shown) this.#set(traitsOfSpec(this.#shown));
    this.#answerAgain(error);
  }

  #answerAgain(error: string): void {
    this.#request += 1;
    const frame = curveFrameOf(this.model);
    this.#overlay.merge({
      error,
      ...(frame && { _frame: { ...frame, request: this.#request } }),
    });
  }

  /**
   * Settles on the plane: of `pair` and `position` the one that was set. Returns an error, "" if
   * there is none.
   */
  #choose(spec: ViewSpec, layer: LayerSamples): string {
    this.#updateOrder(spec);
    const shown = this.#shown;
    const moved = spec.position !== shown?.position;
    if (shown && moved && sameValue(spec.pair, shown.pair)) {
      const pair = this.#order.plane(spec.position);
      const refusal = layer.refusal(pair);
      if (refusal) return refusal;
      spec.pair = pair;
    }
    spec.theta = wrapAngle(spec.theta);
    spec.position = this.#order.position(spec.pair);
    return "";
  }

  /**
   * Sorts the planes as asked; while a newer survey is under way they keep the order of the older
   * one.
   */
  #updateOrder(spec: ViewSpec): void {
    const { order, step, epsilon } = spec;
    const key = order === "index" ? order : `${order} ${step} ${epsilon}`;
    const survey = this.#surveys.at(this.#surveySpec(spec));
    if (key === this.#orderKey || (order !== "index" && !survey)) return;
    this.#order = new PlaneOrder(this.#payload.frame.n_directions, order, survey);
    this.#orderKey = key;
  }

  #show(spec: ViewSpec): void {
    this.#shown = spec;
    this.#request += 1;
    const { pair, position, theta } = spec;
    this.#set({ pair, position, theta });
    this.#overlay.merge({ error: "", ...this.#views.build(spec, this.#request) });
    this.#survey(false);
    this.#requestTimeline();
  }

  #survey(costly: boolean): void {
    const shown = this.#shown;
    if (!shown) return;
    const needed = this.#below.get("navigator") || shown.order !== "index";
    this.#surveys.request(needed ? this.#surveySpec(shown) : undefined, shown.order, costly);
  }

  #surveyed({ step, epsilon }: SurveySpec): void {
    const shown = this.#shown;
    if (!shown || shown.step !== step || shown.epsilon !== epsilon) return;
    this.#updateOrder(shown);
    const position = this.#order.position(shown.pair);
    if (position !== shown.position) {
      this.#shown = { ...shown, position };
      this.#set({ position });
      this.#request += 1;
      const frame = curveFrameOf(this.model);
      if (frame) this.#overlay.merge({ _frame: { ...frame, request: this.#request, position } });
    }
    this.#requestTimeline();
  }

  #requestTable(): void {
    const shown = this.#shown;
    if (!shown || !this.#below.get("table")) return;
    const { epsilon, step } = shown;
    const { table_by: by, table_descending: descending } = pick(this.#below, TABLE_TRAITS);
    this.#table.request({
      step,
      layer: this.#views.layer(step),
      epsilon,
      sorting: { by, descending },
    });
  }

  #showWindow(): void {
    const window = this.#below.get("_window") ?? [];
    if (sameValue(window, this.#window)) return;
    this.#window = window;
    this.#surveys.showWindow(window);
  }

  #requestTimeline(): void {
    const shown = this.#shown;
    if (!shown) return;
    // The map of the step on show comes first.
    const isSurveyed = this.#surveys.at(this.#surveySpec(shown)) !== undefined;
    const { pair, epsilon } = shown;
    this.#timeline.request({ pair, epsilon, all: this.#below.get("navigator") && isSurveyed });
  }
}

/** The traits that ask for a view. */
function traitsOfSpec({ hidden: _, highlight, ...shown }: ViewSpec): Partial<ScopeTraits> {
  return { ...shown, highlight: [...highlight] };
}
