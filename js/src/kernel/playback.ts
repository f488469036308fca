import { type Clock, Timer, wallClock } from "../base/clock.ts";
import { layerFrameOf } from "../protocol/readers.ts";
import type { RequestQueue } from "./request-queue.ts";
import type { Store } from "./store.ts";

/** What playback runs through: the planes in their order, or the steps of a timeline. */
export type PlaybackAxis = "position" | "step";

/**
 * Plays through all planes or steps, each after the answer to the one before; all views of a model
 * share it.
 */
export class Playback {
  readonly #store: Store;
  readonly #requests: RequestQueue;
  readonly #signal: AbortSignal;
  readonly #interval: () => number;
  readonly #timer: Timer;
  readonly #axis: PlaybackAxis;
  readonly #subscribers = new Set<() => void>();
  #playing = false;
  #cursor = 0;
  #refused = 0;

  constructor(
    store: Store,
    requests: RequestQueue,
    signal: AbortSignal,
    interval: () => number,
    axis: PlaybackAxis = "position",
    clock: Clock = wallClock,
  ) {
    this.#store = store;
    this.#requests = requests;
    this.#signal = signal;
    this.#interval = interval;
    this.#timer = new Timer(clock);
    this.#axis = axis;
    requests.onAnswer(() => this.#advance(), signal);
    requests.onOffline(() => this.stop(), signal);
    signal.addEventListener("abort", () => this.stop(), { once: true });
  }

  get isPlaying(): boolean {
    return this.#playing;
  }

  /** Calls `subscriber` when playback starts or stops; without subscribers it stops. */
  subscribe(subscriber: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#subscribers.add(subscriber);
    const leave = () => {
      this.#subscribers.delete(subscriber);
      if (this.#subscribers.size === 0) this.stop();
    };
    signal.addEventListener("abort", leave, { once: true });
  }

  start(): void {
    if (this.#requests.isOffline) return;
    if (this.#playing || this.#signal.aborted || this.#count < 2) return;
    this.#playing = true;
    this.#refused = 0;
    this.#cursor = this.#store.asked.peek()[this.#axis];
    this.#notify();
    this.#step();
  }

  stop(): void {
    this.#timer.clear();
    if (!this.#playing) return;
    this.#playing = false;
    this.#notify();
  }

  get #count(): number {
    const { n_planes } = layerFrameOf(this.#store);
    return this.#axis === "step" ? this.#store.get("_steps").length : n_planes;
  }

  #notify(): void {
    for (const subscriber of [...this.#subscribers]) subscriber();
  }

  #step(): void {
    this.#cursor = (this.#cursor + 1) % this.#count;
    this.#timer.set(() => this.#advance(), this.#interval());
    this.#requests.ask(this.#axis, this.#cursor);
  }

  // The next step needs both: the time of this one to be over and its answer to be here.
  #advance(): void {
    if (!this.#playing || this.#timer.isSet) return;
    const name = this.#axis;
    const shown = this.#store.settled.peek()?.[name] === this.#cursor;
    const refused = !shown && this.#store.asked.peek()[name] !== this.#cursor;
    if (!shown && !refused) return;
    this.#refused = refused ? this.#refused + 1 : 0;
    // All but the one on show: there is none to go to.
    if (this.#refused >= this.#count - 1) this.stop();
    else this.#step();
  }
}
