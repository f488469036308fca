/** Room that several caches share: where it is full, all of them begin anew. */
export class CacheRoom {
  readonly #most: number;
  readonly #caches = new Set<Map<unknown, unknown>>();
  #used = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes room for something that is about to be put into a cache. */
  take(cache: Map<unknown, unknown>, size: number): void {
    if (this.#used + size > this.#most) {
      for (const each of this.#caches) each.clear();
      this.#used = 0;
    }
    this.#caches.add(cache);
    this.#used += size;
  }
}
