/** Runs callbacks later: the window's timers, or what a test puts in their place. */
export interface Clock {
  set(callback: () => void, milliseconds: number): number;
  clear(id: number): void;
}

export const wallClock: Clock = {
  set: (callback, milliseconds) => window.setTimeout(callback, milliseconds),
  clear: (id) => window.clearTimeout(id),
};

/** Runs a callback as the next task: a timer set in a timer would wait 4 ms more, for nothing. */
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

export const taskClock: Clock = new TaskClock();

/** One callback to come; set anew, it takes the place of the one before. */
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
