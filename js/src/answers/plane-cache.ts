import type { Frame, Pair } from "../protocol/frames.ts";
import type { ScopeTraits } from "../protocol/traits.ts";

/** A plane as the kernel would answer it. */
export interface Ready {
  frame: Frame;
  /** all that is drawn of it, the frame included */
  traits: Partial<ScopeTraits>;
  bytes: number;
}

/** What is looked for: a plane by its position, and the curve in it. */
export interface Sought {
  position: number;
  epsilon: number;
  resolution: number;
}

/** some four hundred planes with their samples */
const MOST_BYTES = 8 << 20;

const keyOf = ({ position, epsilon, resolution }: Sought): string =>
  `${position} ${epsilon} ${resolution}`;

/** Planes that came before they were asked for; of too many the ones longest not looked at go. */
export class Shelf {
  readonly #mostBytes: number;
  // A map keeps its entries in the order they were set: the first is the one to go.
  readonly #ready = new Map<string, Ready>();
  readonly #positions = new Map<string, number>();
  #bytes = 0;

  constructor(mostBytes: number = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  put(ready: Ready): void {
    const key = keyOf(ready.frame);
    this.#drop(key);
    this.#ready.set(key, ready);
    this.#positions.set(ready.frame.pair.join(), ready.frame.position);
    this.#bytes += ready.bytes;
    for (const oldest of this.#ready.keys()) {
      if (this.#bytes <= this.#mostBytes) break;
      this.#drop(oldest);
    }
  }

  has(sought: Sought): boolean {
    return this.#ready.has(keyOf(sought));
  }

  find(sought: Sought): Ready | undefined {
    const key = keyOf(sought);
    const found = this.#ready.get(key);
    if (found) {
      this.#ready.delete(key);
      this.#ready.set(key, found);
    }
    return found;
  }

  /** Where a plane stands that has been here. */
  position(pair: Pair): number | undefined {
    return this.#positions.get(pair.join());
  }

  clear(): void {
    this.#ready.clear();
    this.#positions.clear();
    this.#bytes = 0;
  }

  #drop(key: string): void {
    this.#bytes -= this.#ready.get(key)?.bytes ?? 0;
    this.#ready.delete(key);
  }
}
