import type { Clock } from "../../src/base/clock.ts";

/** A clock that stands still until the test lets it strike. */
export class FakeClock implements Clock {
  readonly #due = new Map<number, () => void>();
  #last = 0;

  get waiting(): number {
    return this.#due.size;
  }

  set(callback: () => void): number {
    this.#last += 1;
    this.#due.set(this.#last, callback);
    return this.#last;
  }

  clear(id: number): void {
    this.#due.delete(id);
  }

  /** Runs all that is due now. */
  strike(): void {
    const callbacks = [...this.#due.values()];
    this.#due.clear();
    for (const callback of callbacks) callback();
  }

  /** Runs what was set first. */
  strikeOnce(): void {
    const [first] = this.#due;
    if (first && this.#due.delete(first[0])) first[1]();
  }

  /** Runs what is due, and what that sets, until nothing waits. */
  drain(): void {
    while (this.waiting > 0) this.strikeOnce();
  }
}
