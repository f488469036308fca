import { type Clock, taskClock } from "./clock.ts";

/** Milliseconds at a stretch, so that the page stays smooth. */
const SLICE_MS = 6;

/** A task of many short steps, done between others; a newer one takes its place. */
export class CooperativeTask<T> {
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  readonly #now: () => number;
  #timer: number | undefined;

  constructor(
    signal: AbortSignal,
    clock: Clock = taskClock,
    now: () => number = () => performance.now(),
  ) {
    this.#signal = signal;
    this.#clock = clock;
    this.#now = now;
    signal.addEventListener("abort", () => this.stop(), { once: true });
  }

  get running(): boolean {
    return this.#timer !== undefined;
  }

  /** Begins once what is under way is drawn; `going` hears of every stretch but the last. */
  start(steps: Iterator<unknown, T>, done: (result: T) => void, going: (last: unknown) => void) {
    this.stop();
    if (this.#signal.aborted) return;
    const stretch = () => {
      this.#timer = undefined;
      const end = this.#now() + SLICE_MS;
      let step = steps.next();
      while (!step.done && this.#now() < end) step = steps.next();
      if (step.done) done(step.value);
      else {
        this.#timer = this.#clock.set(stretch, 0);
        going(step.value);
      }
    };
    this.#timer = this.#clock.set(stretch, 0);
  }

  stop(): void {
    if (this.#timer !== undefined) this.#clock.clear(this.#timer);
    this.#timer = undefined;
  }
}
