import { type Clock, Timer, wallClock } from "../base/clock.ts";
import type { KernelLink } from "./kernel-connection.ts";

/**
 * Milliseconds without a view after which the page says so: a host may take one away to show it
 * elsewhere, as a cell that is cut and pasted.
 */
export const LEFT_AFTER = 5000;

/**
 * Tells the kernel whether this page shows the scope: the kernel lets go of one that no page shows
 * and nobody holds. A page that is closed or loaded anew says nothing: it may come back.
 */
export class ViewCount {
  readonly #kernel: KernelLink;
  readonly #signal: AbortSignal;
  readonly #timer: Timer;
  /** tells pages apart; `crypto.randomUUID` is there on secure pages alone */
  readonly #page = Math.random().toString(36).slice(2);
  #views = 0;
  #isShown = false;

  constructor(kernel: KernelLink, signal: AbortSignal, clock: Clock = wallClock) {
    this.#kernel = kernel;
    this.#signal = signal;
    this.#timer = new Timer(clock);
    kernel.onMessage(({ type }) => {
      if (type === "who_shows" && this.#isShown) this.#tell(true);
    }, signal);
    signal.addEventListener("abort", () => this.#timer.clear(), { once: true });
  }

  /** Counts a view until `signal` is aborted. */
  add(signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#views += 1;
    this.#timer.clear();
    if (!this.#isShown) this.#tell(false);
    signal.addEventListener("abort", () => this.#remove(), { once: true });
  }

  #remove(): void {
    this.#views -= 1;
    if (this.#views > 0 || this.#signal.aborted) return;
    this.#timer.set(() => {
      this.#isShown = false;
      this.#kernel.send({ type: "views", page: this.#page, shown: false, asked: false });
    }, LEFT_AFTER);
  }

  #tell(asked: boolean): void {
    this.#isShown = true;
    this.#kernel.send({ type: "views", page: this.#page, shown: true, asked });
  }
}
