import { wrapAngle } from "../base/angles.ts";
import { type Clock, taskClock } from "../base/clock.ts";
import { sameValue } from "../base/equality.ts";
import type { Layer } from "../engine/layer-samples.ts";
import type { Held } from "../engine/payload.ts";
import { Ranking } from "../engine/plane-order.ts";
import { Overlay } from "../kernel/model-overlay.ts";
import type { HeldFrame, Pair } from "../protocol/frames.ts";
import { frameOf } from "../protocol/readers.ts";
import { ASKED, listen, pick, type ScopeModel, type ScopeTraits } from "../protocol/traits.ts";
import { Tabulator } from "./direction-table-task.ts";
import { type Aim, Surveyor } from "./survey-task.ts";
import { Tracer } from "./timeline-task.ts";
import { Painter } from "./view-builder.ts";
import { refusalOf, sameWanted, type Wanted, wantedOf } from "./view-spec.ts";

const TABLED = ["table", "table_by", "table_descending"] as const;

const HEARD = [
  ...ASKED,
  "compare",
  "cloud",
  "by_class",
  "hidden_classes",
  "highlight",
  "navigator",
  "_window",
  ...TABLED,
] as const;

/**
 * Answers for a kernel that is not there, from what the page holds: everything but what the kernel
 * alone sees. `model` is what requests and views are given; it is the model below with the answers
 * laid over it, until a kernel answers after all.
 */
export class Frozen {
  readonly model: ScopeModel;
  readonly #below: ScopeModel;
  readonly #isGone: () => boolean;
  readonly #signal: AbortSignal;
  readonly #held: Held;
  readonly #painter: Painter;
  readonly #overlay: Overlay;
  readonly #surveyor: Surveyor;
  readonly #table: Tabulator;
  readonly #course: Tracer;
  #ranking: Ranking;
  #ranked = "";
  #shown: Wanted | undefined;
  #looked: readonly number[] = [];
  #serial = 0;
  #alive = false;
  #due = false;
  #setting = false;

  /** `isGone` says whether a kernel that was there has gone. */
  constructor(
    below: ScopeModel,
    held: Held,
    signal: AbortSignal,
    clock: Clock = taskClock,
    isGone: () => boolean = () => false,
  ) {
    this.#below = below;
    this.#isGone = isGone;
    this.#signal = signal;
    this.#held = held;
    this.#painter = new Painter(held);
    this.#ranking = new Ranking(held.frame.n_directions, "index");
    this.#overlay = new Overlay(below, signal, {
      save_changes: () => {
        below.save_changes();
        this.#answer();
      },
      send: (message) => this.#hear(message),
    });
    this.model = this.#overlay.model;
    const show = (traits: Partial<ScopeTraits>) => this.#overlay.show(traits);
    this.#surveyor = new Surveyor(show, (aim) => this.#surveyed(aim), signal, clock);
    this.#table = new Tabulator(show, held.classes, signal, clock);
    this.#course = new Tracer(show, this.#painter.layers, signal, clock);
    listen(below, HEARD, () => this.#soon(), signal);
    listen(below, ["_frame"], () => this.#kernelAnswered(), signal);
    // What a notebook saved is on show already, and is of all samples.
    const { state } = below.get("_map_frame") ?? {};
    if (!frameOf(below) || state === "running") this.#answer();
    else this.#shown = wantedOf(below);
  }

  /** What the answers are from; undefined once a kernel answers. */
  get source(): HeldFrame | undefined {
    return this.#alive ? undefined : this.#held.frame;
  }

  /** A kernel is the authority: what the page has worked out is dropped. */
  #kernelAnswered(): void {
    // The last words of one that has gone.
    if (this.#isGone()) return;
    this.#alive = true;
    this.#surveyor.aim(undefined, "index");
    this.#table.stop();
    this.#course.stop();
    this.#overlay.clear();
  }

  /** The kernel is gone after all: the page answers again, from what it has held since it opened. */
  goOn(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#shown = undefined;
    this.#answer();
  }

  /** For what is set from outside, by a link to another widget say, and saved without the views. */
  #soon(): void {
    if (this.#due || this.#setting) return;
    this.#due = true;
    queueMicrotask(() => {
      if (this.#due) this.#answer();
    });
  }

  /** Sets what was asked for to what is answered. */
  #set(values: Partial<ScopeTraits>): void {
    this.#setting = true;
    for (const [name, value] of Object.entries(values)) {
      this.#below.set(name as keyof ScopeTraits, value);
    }
    this.#setting = false;
  }

  #hear(message: unknown): void {
    this.#below.send(message);
    if (this.#alive) return;
    const { type, direction, sign } = message as Record<string, unknown>;
    if (type === "survey") this.#survey(true);
    if (type === "direction") this.#turnTo(Number(direction), Number(sign));
  }

  #turnTo(i: number, sign: number): void {
    const layer = this.#painter.layer(this.#below.get("step"));
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

  #aim(wanted: Wanted): Aim {
    const { step, epsilon } = wanted;
    return {
      step,
      layer: this.#painter.layer(step),
      epsilon,
      isotropic: this.#painter.isotropic(epsilon),
    };
  }

  #answer(): void {
    this.#due = false;
    if (this.#alive || this.#signal.aborted) return;
    const wanted = wantedOf(this.#below);
    const layer = this.#painter.layer(wanted.step);
    const nPlanes = (layer.nDirections * (layer.nDirections - 1)) / 2;
    const refusal =
      refusalOf(wanted, layer, this.#painter.layers.length, nPlanes) || this.#choose(wanted, layer);
    if (refusal) this.#refuse(refusal);
    else if (!this.#shown || !sameWanted(wanted, this.#shown)) this.#show(wanted);
    else if (this.#below.get("error") || this.#overlay.model.get("error")) this.#renew("");
    this.#tabulate();
    this.#look();
  }

  /** Sets the values back to those on show, and says why. */
  #refuse(error: string): void {
    if (this.#shown) this.#set(told(this.#shown));
    this.#renew(error);
  }

  #renew(error: string): void {
    this.#serial += 1;
    const frame = { ...this.model.get("_frame"), serial: this.#serial };
    this.#overlay.show({ error, _frame: frame });
  }

  /** Takes of plane and position the one that was set; why it can not be had, "" if it can. */
  #choose(wanted: Wanted, layer: Layer): string {
    this.#rank(wanted);
    const shown = this.#shown;
    const moved = wanted.position !== shown?.position;
    if (shown && moved && sameValue(wanted.pair, shown.pair)) {
      const pair = this.#ranking.plane(wanted.position);
      const refusal = layer.refusal(pair);
      if (refusal) return refusal;
      wanted.pair = pair;
    }
    wanted.theta = wrapAngle(wanted.theta);
    wanted.position = this.#ranking.position(wanted.pair);
    return "";
  }

  /** Planes in the order asked for; in that of an older survey while a newer one is under way. */
  #rank(wanted: Wanted): void {
    const { order, step, epsilon } = wanted;
    const key = order === "index" ? order : `${order} ${step} ${epsilon}`;
    const survey = this.#surveyor.at(this.#aim(wanted));
    if (key === this.#ranked || (order !== "index" && !survey)) return;
    this.#ranking = new Ranking(this.#held.frame.n_directions, order, survey);
    this.#ranked = key;
  }

  #show(wanted: Wanted): void {
    this.#shown = wanted;
    this.#serial += 1;
    const { pair, position, theta } = wanted;
    this.#set({ pair, position, theta });
    this.#overlay.show({ error: "", ...this.#painter.draw(wanted, this.#serial) });
    this.#survey(false);
    this.#trace();
  }

  #survey(costly: boolean): void {
    const shown = this.#shown;
    if (!shown) return;
    const needed = this.#below.get("navigator") || shown.order !== "index";
    this.#surveyor.aim(needed ? this.#aim(shown) : undefined, shown.order, costly);
  }

  #surveyed({ step, epsilon }: Aim): void {
    const shown = this.#shown;
    if (!shown || shown.step !== step || shown.epsilon !== epsilon) return;
    this.#rank(shown);
    const position = this.#ranking.position(shown.pair);
    if (position !== shown.position) {
      this.#shown = { ...shown, position };
      this.#set({ position });
      this.#serial += 1;
      const frame = { ...this.model.get("_frame"), serial: this.#serial, position };
      this.#overlay.show({ _frame: frame });
    }
    this.#trace();
  }

  #tabulate(): void {
    const shown = this.#shown;
    if (!shown || !this.#below.get("table")) return;
    const { epsilon, step } = shown;
    const { table_by: by, table_descending: descending } = pick(this.#below, TABLED);
    this.#table.aim({
      step,
      layer: this.#painter.layer(step),
      epsilon,
      sorting: { by, descending },
    });
  }

  #look(): void {
    const window = this.#below.get("_window") ?? [];
    if (sameValue(window, this.#looked)) return;
    this.#looked = window;
    this.#surveyor.look(window);
  }

  #trace(): void {
    const shown = this.#shown;
    if (!shown) return;
    // The map of the step on show comes first.
    const surveyed = this.#surveyor.at(this.#aim(shown)) !== undefined;
    const { pair, epsilon } = shown;
    this.#course.aim({ pair, epsilon, all: this.#below.get("navigator") && surveyed });
  }
}

/** What is on show, in the traits that ask for it. */
function told({ hidden: _, highlight, ...shown }: Wanted): Partial<ScopeTraits> {
  return { ...shown, highlight: [...highlight] };
}
