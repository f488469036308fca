import { type Clock, Timer, wallClock } from "../base/clock.ts";
import { ASKED } from "../protocol/limits.ts";
import type { PageMessage } from "../protocol/messages.ts";
import { pick } from "../protocol/readers.ts";
import type { Asked, ScopeTraits, Told } from "../protocol/traits.ts";
import { isDrawableOffline } from "./drawable-offline.ts";
import type { KernelLink } from "./kernel-connection.ts";
import { type Store, watch } from "./store.ts";

/** Time after which a later value is sent although no answer has come. */
export const ANSWER_TIMEOUT_MS = 8000;

/** Least time between two requests while the page shows its own answers. */
const LEAST_PAUSE_MS = 80;

/**
 * Sends requests to the kernel one at a time; the latest wins. A value that is asked for is shown at
 * once; values asked for while an answer is due are sent together when it has come. Each request has
 * a number, and its answer has the same.
 */
export class RequestQueue {
  readonly #store: Store;
  readonly #link: KernelLink;
  readonly #signal: AbortSignal;
  /** set while an answer is due */
  readonly #waiting: Timer;
  /** set for a while after a request */
  readonly #pause: Timer;
  readonly #listeners = new Set<() => void>();
  #latest = 0;

  constructor(store: Store, link: KernelLink, signal: AbortSignal, clock: Clock = wallClock) {
    this.#store = store;
    this.#link = link;
    this.#signal = signal;
    this.#waiting = new Timer(clock);
    this.#pause = new Timer(clock);
    watch(
      () => store.settled.value,
      () => this.#answered(),
      signal,
    );
    signal.addEventListener("abort", () => this.#stopTimers(), { once: true });
    this.onOffline(() => this.#giveUp(), signal);
    if (this.isOffline) this.#giveUp();
  }

  /** Whether no kernel will answer any more. */
  get isOffline(): boolean {
    return this.#link.isGone;
  }

  ask<K extends keyof Asked>(name: K, value: ScopeTraits[K]): void {
    if (this.#signal.aborted) return;
    if (this.isOffline) {
      this.#askOffline(name, value);
      return;
    }
    // Plane and position say the same thing: the one asked for last takes the other's word back. In
    // another order the position stands for another plane.
    if (name === "position") this.#withdraw("pair");
    if (name === "pair" || name === "order") this.#withdraw("position");
    this.#store.wanted.value = { ...this.#store.wanted.peek(), [name]: value };
    this.#flush();
  }

  /** Asks for what is on show once more, which ends an error. */
  refresh(): void {
    if (this.#signal.aborted || this.#store.isBusy.peek() || this.isOffline) return;
    this.#send();
  }

  /** Sets and sends a value that no frame answers, such as `signed`. */
  tell<K extends keyof Told>(name: K, value: ScopeTraits[K]): void {
    this.tellAll({ [name]: value });
  }

  /** Sets and sends several such values in one message. */
  tellAll(values: Partial<Told>): void {
    if (this.#signal.aborted) return;
    const names = Object.keys(values) as (keyof Told)[];
    const before = pick(this.#store.heard, names);
    this.#store.set(values);
    // Set back, so that what has shown the value already hears of it.
    if (this.isOffline) {
      for (const name of names) {
        if (isDrawableOffline(this.#store, name, values[name])) continue;
        this.#store.set({ [name]: before[name] });
      }
    }
    this.#link.save();
  }

  /**
   * Sends a message that a frame answers; values that wait go before it, or they would overrule it
   * later.
   */
  send(message: PageMessage): void {
    if (this.#signal.aborted) return;
    if (this.#isWaiting) this.#send();
    this.#link.send(message);
  }

  /** Calls `listener` after each answer, once what waited is sent. */
  onAnswer(listener: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
  }

  /** Calls `listener` when no kernel will answer any more. */
  onOffline(listener: () => void, signal: AbortSignal): void {
    this.#link.subscribe(() => {
      if (this.isOffline) listener();
    }, signal);
  }

  /** Asks without a kernel: what the page cannot show itself stays as it was. */
  #askOffline<K extends keyof Asked>(name: K, value: ScopeTraits[K]): void {
    const store = this.#store;
    const before = store.asked.peek();
    const frame = store.settled.peek();
    const values: Partial<Asked> = { [name]: value };
    if (frame && name === "pair") values.position = frame.position;
    if (frame && name === "position") values.pair = frame.pair;
    store.set(values);
    if (store.unsettled.peek().length > 0 && !store.answersLocally.peek()) store.set(before);
  }

  /** Gives up waiting: sets all values back to what is on show. */
  #giveUp(): void {
    const store = this.#store;
    this.#stopTimers();
    store.awaited.value = 0;
    store.wanted.value = {};
    const frame = store.settled.peek();
    if (!frame || store.answersLocally.peek()) return;
    store.set(Object.fromEntries(ASKED.map((name) => [name, frame[name]])));
  }

  #withdraw(name: "pair" | "position"): void {
    const { [name]: withdrawn, ...wanted } = this.#store.wanted.peek();
    if (withdrawn !== undefined) this.#store.wanted.value = wanted;
  }

  /** Whether values wait to be sent. */
  get #isWaiting(): boolean {
    return Object.keys(this.#store.wanted.peek()).length > 0;
  }

  #flush(): void {
    const { isBusy, answersLocally } = this.#store;
    if (isBusy.peek() || !this.#isWaiting) return;
    if (!this.#pause.isSet || !answersLocally.peek()) this.#send();
  }

  /** Sends what is wanted, with a number that no page of the scope has used as far as is known. */
  #send(): void {
    const store = this.#store;
    const { id = 0 } = store.heard.get("_request") ?? {};
    this.#latest = 1 + Math.max(this.#latest, id, store.settled.peek()?.request ?? 0);
    this.#waiting.set(() => this.#overdue(), ANSWER_TIMEOUT_MS);
    this.#pause.clear();
    if (store.answersLocally.peek()) this.#pause.set(() => this.#flush(), LEAST_PAUSE_MS);
    this.#link.expectAnswer();
    store.submit(this.#latest);
    this.#link.save();
  }

  #stopTimers(): void {
    this.#waiting.clear();
    this.#pause.clear();
  }

  #overdue(): void {
    this.#store.awaited.value = 0;
    this.#flush();
  }

  #answered(): void {
    if (!this.#store.isBusy.peek()) this.#waiting.clear();
    this.#flush();
    for (const listener of [...this.#listeners]) listener();
  }
}
