import { type Clock, Timer, taskClock } from "./clock.ts";

/** Length of a slice: short enough that the page stays smooth. */
const SLICE_MS = 6;

/**
 * Runs a long computation in short slices, so that the page stays responsive; a new start replaces
 * the one before.
 */
export class CooperativeTask<T> {
  readonly #signal: AbortSignal;
  readonly #timer: Timer;
  readonly #now: () => number;

  constructor(
    signal: AbortSignal,
    clock: Clock = taskClock,
    now: () => number = () => performance.now(),
  ) {
    this.#signal = signal;
    this.#timer = new Timer(clock);
    this.#now = now;
    signal.addEventListener("abort", () => this.stop(), { once: true });
  }

  get isRunning(): boolean {
    return this.#timer.isSet;
  }

  /** Starts in a later task; `progressed` is called after each slice but the last, with its last step. */
  start(
    steps: Iterator<unknown, T>,
    done: (result: T) => void,
    progressed: (last: unknown) => void,
  ): void {
    this.stop();
    if (this.#signal.aborted) return;
    const slice = () => {
      const end = this.#now() + SLICE_MS;
      let step = steps.next();
      while (!step.done && this.#now() < end) step = steps.next();
      if (step.done) done(step.value);
      else {
        this.#timer.set(slice, 0);
        progressed(step.value);
      }
    };
    this.#timer.set(slice, 0);
  }

  stop(): void {
    this.#timer.clear();
  }
}
