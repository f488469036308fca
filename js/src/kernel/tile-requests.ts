import { type Clock, Timer, wallClock } from "../base/clock.ts";
import { sameValue } from "../base/equality.ts";
import type { MapWindow } from "../protocol/frames.ts";
import { ANSWER_TIMEOUT_MS, type RequestQueue } from "./request-queue.ts";
import { type Store, watch } from "./store.ts";

/** Requests windows of the map at full detail, one at a time; the latest wins. */
export class TileRequests {
  readonly #store: Store;
  readonly #requests: RequestQueue;
  readonly #timer: Timer;
  #wanted: MapWindow | undefined;

  constructor(store: Store, requests: RequestQueue, signal: AbortSignal, clock: Clock = wallClock) {
    this.#store = store;
    this.#requests = requests;
    this.#timer = new Timer(clock);
    watch(
      () => store.get("_tile_frame"),
      () => this.#next(),
      signal,
    );
    signal.addEventListener("abort", () => this.#timer.clear(), { once: true });
  }

  /** Asks for a window of the map. */
  ask(window: MapWindow): void {
    this.#wanted = window;
    if (!this.#timer.isSet) this.#send();
  }

  /** Says that no window is needed any more. */
  release(): void {
    this.#wanted = undefined;
    this.#timer.clear();
    if (this.#store.get("_window")?.length) this.#requests.tell("_window", []);
  }

  #send(): void {
    const window = this.#wanted;
    this.#wanted = undefined;
    // Of a window that it knows the kernel sends the detail by itself, with every map.
    if (!window || sameValue(this.#store.get("_window"), window)) return;
    this.#timer.set(() => this.#next(), ANSWER_TIMEOUT_MS);
    this.#requests.tell("_window", window);
  }

  #next(): void {
    this.#timer.clear();
    this.#send();
  }
}
