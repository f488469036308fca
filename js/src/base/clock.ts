/** Runs callbacks later. Tests put a clock of their own in its place. */
export interface Clock {
  set(callback: () => void, milliseconds: number): number;
  clear(id: number): void;
}

/** The timers of the browser window. */
export const wallClock: Clock = {
  set: (callback, milliseconds) => window.setTimeout(callback, milliseconds),
  clear: (id) => window.clearTimeout(id),
};

/** Runs a callback in the next task, without the 4 ms that browsers add to nested timers. */
class TaskClock implements Clock {
  readonly #ports = new Map<number, MessagePort>();
  #last = 0;

  set(callback: () => void): number {
    this.#last += 1;
    const id = this.#last;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      this.clear(id);
      callback();
    };
    this.#ports.set(id, port1);
    port2.postMessage(null);
    return id;
  }

  clear(id: number): void {
    this.#ports.get(id)?.close();
    this.#ports.delete(id);
  }
}

/** Runs callbacks in the next task; the milliseconds are ignored. */
export const taskClock: Clock = new TaskClock();

/** A timer for one callback; set again, it forgets the one before. */
export class Timer {
  readonly #clock: Clock;
  #id: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isSet(): boolean {
    return this.#id !== undefined;
  }

  set(callback: () => void, milliseconds: number): void {
    this.clear();
    this.#id = this.#clock.set(() => {
      this.#id = undefined;
      callback();
    }, milliseconds);
  }

  clear(): void {
    if (this.#id !== undefined) this.#clock.clear(this.#id);
    this.#id = undefined;
  }
}
