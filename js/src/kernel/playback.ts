import { type Clock, wallClock } from "../base/clock.ts";
import { frameOf, layerOf } from "../protocol/readers.ts";
import type { ScopeModel } from "../protocol/traits.ts";
import type { Requests } from "./request-queue.ts";

/** What is swept: the planes in their order, or the steps of a timeline. */
export type Track = "position" | "step";

/** Sweeps a track, each step after the answer to the one before; shared by all views of a model. */
export class Player {
  readonly #model: ScopeModel;
  readonly #requests: Requests;
  readonly #signal: AbortSignal;
  readonly #interval: () => number;
  readonly #clock: Clock;
  readonly #track: Track;
  readonly #watchers = new Set<() => void>();
  #playing = false;
  #timer: number | undefined;
  #cursor = 0;
  #refused = 0;

  constructor(
    model: ScopeModel,
    requests: Requests,
    signal: AbortSignal,
    interval: () => number,
    track: Track = "position",
    clock: Clock = wallClock,
  ) {
    this.#model = model;
    this.#requests = requests;
    this.#signal = signal;
    this.#interval = interval;
    this.#clock = clock;
    this.#track = track;
    requests.onAnswer(() => this.#advance(), signal);
    requests.onForsaken(() => this.stop(), signal);
    signal.addEventListener("abort", () => this.stop(), { once: true });
  }

  get playing(): boolean {
    return this.#playing;
  }

  /** Calls `watcher` when play starts or stops; with the last watcher gone the sweep ends. */
  watch(watcher: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#watchers.add(watcher);
    const leave = () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size === 0) this.stop();
    };
    signal.addEventListener("abort", leave, { once: true });
  }

  start(): void {
    if (this.#requests.forsaken) return;
    if (this.#playing || this.#signal.aborted || this.#count < 2) return;
    this.#playing = true;
    this.#refused = 0;
    this.#cursor = this.#model.get(this.#track);
    this.#notify();
    this.#step();
  }

  stop(): void {
    if (this.#timer !== undefined) this.#clock.clear(this.#timer);
    this.#timer = undefined;
    if (!this.#playing) return;
    this.#playing = false;
    this.#notify();
  }

  get #count(): number {
    const { n_planes } = layerOf(this.#model);
    return this.#track === "step" ? this.#model.get("_steps").length : n_planes;
  }

  #notify(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  #step(): void {
    this.#cursor = (this.#cursor + 1) % this.#count;
    this.#timer = this.#clock.set(() => {
      this.#timer = undefined;
      this.#advance();
    }, this.#interval());
    this.#requests.ask(this.#track, this.#cursor);
  }

  // The next step needs both: the time of this one to be over and its answer to be here.
  #advance(): void {
    if (!this.#playing || this.#timer !== undefined) return;
    const name = this.#track;
    const shown = frameOf(this.#model)?.[name] === this.#cursor;
    const refused = !shown && this.#model.get(name) !== this.#cursor;
    if (!shown && !refused) return;
    this.#refused = refused ? this.#refused + 1 : 0;
    // All but the one on show: there is none to go to.
    if (this.#refused >= this.#count - 1) this.stop();
    else this.#step();
  }
}
