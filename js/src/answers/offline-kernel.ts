import { wrapAngle } from "../base/angles.ts";
import { type Clock, taskClock } from "../base/clock.ts";
import { sameValue } from "../base/equality.ts";
import { fullestMiddle } from "../engine/fullest-middle.ts";
import type { LayerSamples } from "../engine/layer-samples.ts";
import type { Payload } from "../engine/payload.ts";
import { PlaneOrder } from "../engine/plane-order.ts";
import type { KernelLink } from "../kernel/kernel-connection.ts";
import { type Store, watch } from "../kernel/store.ts";
import type { Pair } from "../protocol/frames.ts";
import { ASKED, TABLE_TRAITS } from "../protocol/limits.ts";
import type { PageMessage } from "../protocol/messages.ts";
import {
  curveFrameOf,
  ensembleCloudProgressOf,
  ensembleKindOf,
  pick,
} from "../protocol/readers.ts";
import type { ScopeTraits } from "../protocol/traits.ts";
import type { Answerer } from "./answerer.ts";
import { DirectionTableTask } from "./direction-table-task.ts";
import { EnsembleCloudTask } from "./ensemble-cloud-task.ts";
import { NO_HINTS } from "./move-hints.ts";
import { type SurveySpec, SurveyTask } from "./survey-task.ts";
import { TimelineTask } from "./timeline-task.ts";
import { ViewBuilder } from "./view-builder.ts";
import { refusalOf, sameViewSpec, type ViewSpec, viewSpecOf } from "./view-spec.ts";

const FOLLOWED_TRAITS = [
  ...ASKED,
  "_request",
  "compare",
  "cloud",
  "cloud_of",
  "by_class",
  "hidden_classes",
  "highlight",
  "navigator",
  "_window",
  ...TABLE_TRAITS,
] as const;

/**
 * Answers in the place of a kernel that is not there, computed from the samples that the page
 * holds, until a kernel answers after all. What only a kernel can know stays as it was saved.
 */
export class OfflineKernel implements Answerer {
  readonly hints = NO_HINTS;
  readonly link: KernelLink;
  readonly #store: Store;
  readonly #kernel: KernelLink;
  readonly #signal: AbortSignal;
  readonly #payload: Payload;
  readonly #views: ViewBuilder;
  readonly #surveys: SurveyTask;
  readonly #table: DirectionTableTask;
  readonly #timeline: TimelineTask;
  readonly #allPlanes: EnsembleCloudTask;
  #order: PlaneOrder;
  #orderKey = "";
  #shown: ViewSpec | undefined;
  #window: readonly number[] = [];
  /** number of the request that was answered last */
  #answered: number;

  constructor(
    store: Store,
    kernel: KernelLink,
    payload: Payload,
    signal: AbortSignal,
    clock: Clock = taskClock,
  ) {
    this.#store = store;
    this.#kernel = kernel;
    this.#signal = signal;
    this.#payload = payload;
    this.#views = new ViewBuilder(payload);
    this.#order = new PlaneOrder(payload.frame.n_directions, "index");
    this.#answered = this.#request.id;
    this.link = {
      // Where the page answers itself no kernel is missed.
      isGone: false,
      expectAnswer: () => store.source.peek() || kernel.expectAnswer(),
      save: () => kernel.save(),
      send: (message) => this.#send(message),
      onMessage: (handler, until) => kernel.onMessage(handler, until),
      subscribe: () => {},
    };
    const show = (traits: Partial<ScopeTraits>) => store.merge(traits);
    this.#surveys = new SurveyTask(show, (surveySpec) => this.#surveyed(surveySpec), signal, clock);
    this.#table = new DirectionTableTask(show, payload.classes, signal, clock);
    this.#timeline = new TimelineTask(show, this.#views.layers, signal, clock);
    this.#allPlanes = new EnsembleCloudTask(show, payload.isotropicCells, signal, clock);
    store.source.value = payload.frame;
    watch(
      () => pick(store.heard, FOLLOWED_TRAITS),
      () => this.#answer(),
      signal,
    );
    watch(
      () => store.heard.get("_frame"),
      () => this.#kernelAnswered(),
      signal,
    );
    kernel.subscribe(() => this.#resume(), signal);
    // What a notebook saved is on show already, and is of all samples.
    const { state } = store.heard.get("_map_frame") ?? {};
    if (!curveFrameOf(store.heard) || state === "running") this.#answer();
    else {
      this.#shown = viewSpecOf(store.heard);
      if (ensembleCloudProgressOf(store.heard)?.state === "running") this.#requestAllPlanes();
    }
  }

  get #request(): ScopeTraits["_request"] {
    return this.#store.heard.get("_request") ?? { id: 0, asked: {} };
  }

  /** Drops the page's own answers: a kernel's take their place. */
  #kernelAnswered(): void {
    // The last words of one that has gone.
    if (this.#kernel.isGone) return;
    this.#surveys.request(undefined, "index");
    this.#table.stop();
    this.#timeline.stop();
    this.#allPlanes.request(undefined);
    this.#store.source.value = undefined;
    this.#store.clear();
  }

  /** Answers again after the kernel has gone, from what the page has held since it opened. */
  #resume(): void {
    if (!this.#kernel.isGone || this.#store.source.peek()) return;
    this.#store.source.value = this.#payload.frame;
    this.#shown = undefined;
    this.#answer();
  }

  #send(message: PageMessage): void {
    this.#kernel.send(message);
    if (!this.#store.source.peek()) return;
    if (message.type === "survey") this.#survey(true);
    if (message.type === "direction") this.#turnTo(message.direction, message.sign);
    if (message.type === "pair") this.#turnBetween(message.pair);
  }

  #turnTo(i: number, sign: number): void {
    const layer = this.#views.layer(this.#store.heard.get("step"));
    const pair = this.#store.heard.get("pair");
    const others = [...pair, ...layer.names.keys()];
    const j = others.find((other) => other !== i && layer.spans(i, other));
    if (j === undefined) {
      this.#refuse(
        layer.dead.has(i)
          ? `expected a direction that spans a plane with direction ${i}, which is a row of zeros and has none`
          : `expected a direction that is not parallel to direction ${i}, got none`,
      );
      return;
    }
    const through: Pair = pair.includes(i) ? pair : [i, j];
    const { alpha } = layer.plane(through);
    const theta = (through[0] === i ? 0 : alpha) + (sign < 0 ? Math.PI : 0);
    this.#store.set({ pair: through, theta: wrapAngle(theta) });
  }

  /** Shows a plane, turned to where most are lit halfway between its directions. */
  #turnBetween(pair: Pair): void {
    const layer = this.#views.layer(this.#store.heard.get("step"));
    const refusal = layer.refusal(pair);
    if (refusal) this.#refuse(refusal);
    else
      this.#store.set({
        pair,
        theta: fullestMiddle(layer, pair, this.#store.heard.get("epsilon")),
      });
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
    const { heard, source } = this.#store;
    if (!source.peek() || this.#signal.aborted) return;
    const { id, asked } = this.#request;
    const isAsked = id !== this.#answered;
    this.#answered = id;
    const spec = viewSpecOf(heard);
    const layer = this.#views.layer(spec.step);
    const nPlanes = (layer.nDirections * (layer.nDirections - 1)) / 2;
    const refusal =
      refusalOf(spec, layer, this.#views.layers.length, nPlanes) ||
      this.#choose(spec, layer, isAsked && "position" in asked);
    if (refusal) this.#refuse(refusal);
    else if (!this.#shown || !sameViewSpec(spec, this.#shown)) this.#show(spec);
    else if (isAsked) this.#answerAgain("");
    this.#requestTable();
    this.#requestAllPlanes();
    this.#showWindow();
  }

  /** Sets the model back to the view on show, and reports the error. */
  #refuse(error: string): void {
    this.#answerAgain(error);
    if (this.#shown) this.#store.set(traitsOfSpec(this.#shown));
  }

  #answerAgain(error: string): void {
    const frame = curveFrameOf(this.#store);
    const answer = frame && { _frame: { ...frame, request: this.#answered } };
    this.#store.merge({ error, ...answer });
  }

  /**
   * Settles on the plane: of `pair` and `position` the one that was set, or is meant. Returns an
   * error, "" if there is none.
   */
  #choose(spec: ViewSpec, layer: LayerSamples, byPosition: boolean): string {
    this.#updateOrder(spec);
    const shown = this.#shown;
    const moved = spec.position !== shown?.position;
    if (shown && moved && (byPosition || sameValue(spec.pair, shown.pair))) {
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
    const { pair, position, theta } = spec;
    this.#store.merge({ error: "", ...this.#views.build(spec, this.#answered) });
    this.#store.set({ pair, position, theta });
    this.#survey(false);
    this.#requestTimeline();
  }

  #survey(costly: boolean): void {
    const shown = this.#shown;
    if (!shown) return;
    const needed = this.#store.heard.get("navigator") || shown.order !== "index";
    this.#surveys.request(needed ? this.#surveySpec(shown) : undefined, shown.order, costly);
  }

  #surveyed({ step, epsilon }: SurveySpec): void {
    const shown = this.#shown;
    if (!shown || shown.step !== step || shown.epsilon !== epsilon) return;
    this.#updateOrder(shown);
    const position = this.#order.position(shown.pair);
    if (position !== shown.position) {
      this.#shown = { ...shown, position };
      const frame = curveFrameOf(this.#store);
      if (frame) this.#store.merge({ _frame: { ...frame, position } });
      this.#store.set({ position });
    }
    this.#requestTimeline();
  }

  #requestTable(): void {
    const shown = this.#shown;
    if (!shown || !this.#store.heard.get("table")) return;
    const { epsilon, step } = shown;
    const traits = pick(this.#store.heard, TABLE_TRAITS);
    this.#table.request({
      step,
      layer: this.#views.layer(step),
      epsilon,
      view: {
        by: traits.table_by,
        descending: traits.table_descending,
        least: traits.table_least ?? 0, // of pages saved before there was one
        search: traits.table_search ?? "",
      },
    });
  }

  #requestAllPlanes(): void {
    const { heard } = this.#store;
    const cloud = heard.get("cloud");
    const shown = heard.get("cloud_of") === "all" && cloud !== "off" ? this.#shown : undefined;
    this.#allPlanes.request(
      shown && {
        step: shown.step,
        layer: this.#views.layer(shown.step),
        epsilon: shown.epsilon,
        kind: ensembleKindOf(cloud),
      },
    );
  }

  #showWindow(): void {
    const window = this.#store.heard.get("_window") ?? [];
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
    this.#timeline.request({
      pair,
      epsilon,
      all: this.#store.heard.get("navigator") && isSurveyed,
    });
  }
}

/** The traits that ask for a view. */
function traitsOfSpec({ hidden: _, highlight, ...shown }: ViewSpec): Partial<ScopeTraits> {
  return { ...shown, highlight: [...highlight] };
}
