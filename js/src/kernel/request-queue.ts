import { type Clock, Timer, wallClock } from "../base/clock.ts";
import { sameValue } from "../base/equality.ts";
import { askedOf, unanswered } from "../protocol/asked.ts";
import { ASKED } from "../protocol/limits.ts";
import type { PageMessage } from "../protocol/messages.ts";
import { curveFrameOf } from "../protocol/readers.ts";
import {
  type Asked,
  listen,
  type ScopeModel,
  type ScopeTraits,
  type Told,
} from "../protocol/traits.ts";
import { isDrawableOffline } from "./drawable-offline.ts";
import { ALWAYS_THERE, type KernelStatus } from "./kernel-connection.ts";

/** Time after which a later value is sent although no answer has come. */
export const ANSWER_TIMEOUT_MS = 8000;

/** Least time between two requests while the page shows its own answers. */
const LEAST_PAUSE_MS = 80;

/**
 * Sends requests to the kernel one at a time; the latest wins. A value is set on the model at once,
 * so that all views follow, and sent only when no request is under way; values asked for meanwhile
 * are sent once, when the answer has come.
 */
export class RequestQueue {
  readonly #model: ScopeModel;
  readonly #signal: AbortSignal;
  readonly #answeredLocally: () => boolean;
  readonly #kernel: KernelStatus;
  /** set while an answer is due */
  readonly #waiting: Timer;
  /** set for a while after a request */
  readonly #pause: Timer;
  readonly #wanted = new Map<keyof Asked, Asked[keyof Asked]>();
  readonly #listeners = new Set<() => void>();
  readonly #withdrawn = new Set<"pair" | "position">();
  #unanswered = false;

  /**
   * `answeredLocally` says whether the page shows its own answers: then nobody waits for the
   * kernel's.
   */
  constructor(
    model: ScopeModel,
    signal: AbortSignal,
    clock: Clock = wallClock,
    answeredLocally: () => boolean = () => false,
    kernel: KernelStatus = ALWAYS_THERE,
  ) {
    this.#model = model;
    this.#answeredLocally = answeredLocally;
    this.#kernel = kernel;
    this.#signal = signal;
    this.#waiting = new Timer(clock);
    this.#pause = new Timer(clock);
    listen(model, ["_frame"], () => this.#answered(), signal);
    for (const name of ASKED) listen(model, [name], () => this.#changed(name), signal);
    signal.addEventListener("abort", () => this.#stopTimers(), { once: true });
    this.onOffline(() => this.#giveUp(), signal);
    if (this.isOffline) this.#giveUp();
  }

  /** Whether no kernel will answer any more. */
  get isOffline(): boolean {
    return this.#kernel.isGone;
  }

  get isBusy(): boolean {
    return this.#waiting.isSet;
  }

  ask<K extends keyof Asked>(name: K, value: ScopeTraits[K]): void {
    if (this.#signal.aborted) return;
    if (this.isOffline) {
      this.#askOffline(name, value);
      return;
    }
    // In another order the position stands for another plane.
    if (name === "pair" || name === "order") this.#withdraw("position");
    if (name === "position") this.#withdraw("pair");
    if (name === "pair" || name === "position") this.#withdrawn.delete(name);
    this.#wanted.set(name, value);
    this.#model.set(name, value);
    this.#flush();
  }

  /** Asks for the plane on show once more, which ends an error. */
  refresh(): void {
    if (this.#signal.aborted || this.isBusy || this.isOffline) return;
    this.#withdrawn.add("pair");
    this.#send();
  }

  /** Sets and sends a value that no frame answers, such as `signed`. */
  tell<K extends keyof Told>(name: K, value: ScopeTraits[K]): void {
    this.tellAll({ [name]: value });
  }

  /** Sets and sends several such values in one message. */
  tellAll(values: Partial<Told>): void {
    if (this.#signal.aborted) return;
    for (const [key, value] of Object.entries(values)) {
      const name = key as keyof Told;
      const before = this.#model.get(name);
      this.#model.set(name, value);
      // Set back, so that what has shown the value already hears of it.
      if (this.isOffline && !isDrawableOffline(this.#model, name, value))
        this.#model.set(name, before);
    }
    this.#save();
  }

  #save(): void {
    // Saving sends whatever the model holds unsent, the values that wait here included.
    if (this.#wanted.size > 0) this.#send();
    else this.#model.save_changes();
  }

  /**
   * Sends a message that a frame answers; values that wait go before it, or they would overrule it
   * later.
   */
  send(message: PageMessage): void {
    if (this.#signal.aborted) return;
    if (this.#wanted.size > 0) this.#send();
    this.#model.send(message);
  }

  /** Calls `listener` after each answer, once values still wanted are set again. */
  onAnswer(listener: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
  }

  /** Asks without a kernel: what the page cannot show itself stays as it was. */
  #askOffline<K extends keyof Asked>(name: K, value: ScopeTraits[K]): void {
    const before = askedOf(this.#model);
    const frame = curveFrameOf(this.#model);
    if (frame && name === "pair") this.#model.set("position", frame.position);
    if (frame && name === "position") this.#model.set("pair", frame.pair);
    this.#model.set(name, value);
    if (!this.#late || this.#answeredLocally()) return;
    for (const each of ASKED) this.#model.set(each, before[each]);
  }

  /** Gives up waiting: sets all values back to what is on show. */
  #giveUp(): void {
    this.#stopTimers();
    this.#wanted.clear();
    this.#withdrawn.clear();
    this.#unanswered = false;
    const frame = curveFrameOf(this.#model);
    if (!frame || this.#answeredLocally()) return;
    for (const name of ASKED) this.#model.set(name, frame[name]);
  }

  get #late(): boolean {
    return unanswered(askedOf(this.#model), curveFrameOf(this.#model)).length > 0;
  }

  /** Calls `listener` when no kernel will answer any more. */
  onOffline(listener: () => void, signal: AbortSignal): void {
    this.#kernel.subscribe(() => {
      if (this.isOffline) listener();
    }, signal);
  }

  // Plane and position say the same thing: the one asked for last takes the other's word back.
  #withdraw(name: "pair" | "position"): void {
    if (!this.#wanted.delete(name)) return;
    this.#withdrawn.add(name);
    const frame = curveFrameOf(this.#model);
    if (frame) this.#model.set(name, frame[name]);
  }

  // Set twice, since a frontend sends what was set last, not what an answer has brought since.
  #resetWithdrawn(): void {
    const frame = curveFrameOf(this.#model);
    if (frame && this.#withdrawn.has("pair")) {
      this.#model.set("pair", [frame.pair[1], frame.pair[0]]);
      this.#model.set("pair", frame.pair);
    }
    if (frame && this.#withdrawn.has("position")) {
      this.#model.set("position", frame.position + 1);
      this.#model.set("position", frame.position);
    }
    this.#withdrawn.clear();
  }

  #flush(): void {
    if (this.isBusy || this.#wanted.size === 0) return;
    if (this.#pause.isSet && this.#answeredLocally()) return;
    // What the kernel shows already it would not answer.
    if (this.#late || this.#unanswered) this.#send();
    else this.#settle();
  }

  // A frontend may send all it was ever given since the last save: saving now, although nothing is
  // new, keeps today's values from going out later over newer ones of the kernel.
  #settle(): void {
    this.#resetWithdrawn();
    this.#wanted.clear();
    this.#model.save_changes();
  }

  #send(): void {
    this.#resetWithdrawn();
    this.#wanted.clear();
    this.#waiting.set(() => this.#overdue(), ANSWER_TIMEOUT_MS);
    this.#pause.clear();
    if (this.#answeredLocally()) this.#pause.set(() => this.#flush(), LEAST_PAUSE_MS);
    this.#kernel.expectAnswer();
    this.#model.save_changes();
  }

  #stopTimers(): void {
    this.#waiting.clear();
    this.#pause.clear();
  }

  #overdue(): void {
    this.#unanswered = true;
    this.#flush();
  }

  // An answer's traits arrive in one message; only after its last event is the model whole again.
  #answered(): void {
    this.#waiting.clear();
    this.#unanswered = false;
    queueMicrotask(() => {
      if (this.#signal.aborted) return;
      this.#restore();
      this.#flush();
      for (const listener of [...this.#listeners]) listener();
    });
  }

  // An echo of an older value must not undo one that is still to be sent.
  #changed(name: keyof Asked): void {
    if (this.#isOverruled(name)) queueMicrotask(() => this.#restore());
  }

  #isOverruled(name: keyof Asked): boolean {
    return this.#wanted.has(name) && !sameValue(this.#model.get(name), this.#wanted.get(name));
  }

  #restore(): void {
    for (const [name, value] of this.#wanted) {
      if (this.#isOverruled(name)) this.#model.set(name, value);
    }
  }
}
