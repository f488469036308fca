import type { AheadFrame, Pair } from "../protocol/frames.ts";
import type { ScopeTraits } from "../protocol/traits.ts";

/** The kernel's answer for one plane, received before it was asked for. */
export interface CachedPlane {
  era: number;
  frame: AheadFrame;
  /** all other traits of the answer */
  traits: Partial<Omit<ScopeTraits, "_frame">>;
  bytes: number;
}

/** What a plane is found by: its position, and the ε and resolution of its curve. */
export interface PlaneKey {
  position: number;
  epsilon: number;
  resolution: number;
}

/** some four hundred planes with their samples */
const MOST_BYTES = 8 << 20;

const cacheKey = ({ position, epsilon, resolution }: PlaneKey): string =>
  `${position} ${epsilon} ${resolution}`;

/** Keeps planes sent ahead, up to a number of bytes; the least recently used go first. */
export class PlaneCache {
  readonly #mostBytes: number;
  // A map keeps its entries in the order they were set: the first is the one to go.
  readonly #planes = new Map<string, CachedPlane>();
  readonly #positions = new Map<string, number>();
  #bytes = 0;

  constructor(mostBytes: number = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  put(ready: CachedPlane): void {
    const key = cacheKey(ready.frame);
    this.#drop(key);
    this.#planes.set(key, ready);
    this.#positions.set(ready.frame.pair.join(), ready.frame.position);
    this.#bytes += ready.bytes;
    for (const oldest of this.#planes.keys()) {
      if (this.#bytes <= this.#mostBytes) break;
      this.#drop(oldest);
    }
  }

  has(sought: PlaneKey): boolean {
    return this.#planes.has(cacheKey(sought));
  }

  find(sought: PlaneKey): CachedPlane | undefined {
    const key = cacheKey(sought);
    const found = this.#planes.get(key);
    if (found) {
      this.#planes.delete(key);
      this.#planes.set(key, found);
    }
    return found;
  }

  /** The position of a plane that is or was in the cache. */
  position(pair: Pair): number | undefined {
    return this.#positions.get(pair.join());
  }

  clear(): void {
    this.#planes.clear();
    this.#positions.clear();
    this.#bytes = 0;
  }

  #drop(key: string): void {
    this.#bytes -= this.#planes.get(key)?.bytes ?? 0;
    this.#planes.delete(key);
  }
}
