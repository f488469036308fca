import { type Clock, Timer, wallClock } from "../base/clock.ts";
import { sameValue } from "../base/equality.ts";
import type { MapWindow } from "../protocol/frames.ts";
import { listen, type ScopeModel } from "../protocol/traits.ts";
import { ANSWER_TIMEOUT_MS, type RequestQueue } from "./request-queue.ts";

/** Requests windows of the map at full detail, one at a time; the latest wins. */
export class TileRequests {
  readonly #model: ScopeModel;
  readonly #requests: RequestQueue;
  readonly #timer: Timer;
  #wanted: MapWindow | undefined;

  constructor(
    model: ScopeModel,
    requests: RequestQueue,
    signal: AbortSignal,
    clock: Clock = wallClock,
  ) {
    this.#model = model;
    this.#requests = requests;
    this.#timer = new Timer(clock);
    listen(model, ["_tile_frame"], () => this.#next(), signal);
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
    if (this.#model.get("_window")?.length) this.#requests.tell("_window", []);
  }

  #send(): void {
    const window = this.#wanted;
    if (!window) return;
    this.#wanted = undefined;
    this.#timer.set(() => this.#next(), ANSWER_TIMEOUT_MS);
    const [row, column, side] = window;
    // What the kernel has been asked for before is no change: then a little less of the margin.
    const again = sameValue(this.#model.get("_window"), window);
    this.#requests.tell("_window", again ? [row, column, side - 1] : window);
  }

  #next(): void {
    this.#timer.clear();
    this.#send();
  }
}
