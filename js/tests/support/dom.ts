/**
 * A document in Node for the page's tests: imported before the page, it puts a window's names among
 * the globals. It has no layout and no canvas: widths are what `layout` says, and nothing is painted.
 * Its time stands still until a test moves it.
 */

import { Window } from "happy-dom";

interface Due {
  at: number;
  callback: () => void;
}

/** The timers and animation frames of the window. */
class VirtualTime {
  now = 0;
  #last = 0;
  readonly #timers = new Map<number, Due>();
  readonly #frames = new Map<number, () => void>();

  get timers(): number {
    return this.#timers.size;
  }

  get frames(): number {
    return this.#frames.size;
  }

  readonly setTimeout = (callback: () => void, milliseconds = 0): number => {
    this.#last += 1;
    this.#timers.set(this.#last, { at: this.now + milliseconds, callback });
    return this.#last;
  };

  readonly clearTimeout = (id: number): void => {
    this.#timers.delete(id);
  };

  readonly requestAnimationFrame = (callback: (now: number) => void): number => {
    this.#last += 1;
    this.#frames.set(this.#last, () => callback(this.now));
    return this.#last;
  };

  readonly cancelAnimationFrame = (id: number): void => {
    this.#frames.delete(id);
  };

  /** Runs the frames that are due, and those that they ask for, and what comes between them. */
  async paint(): Promise<void> {
    for (let k = 0; k < 100; k += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#frames.size === 0) return;
      const callbacks = [...this.#frames.values()];
      this.#frames.clear();
      for (const callback of callbacks) callback();
    }
    throw new Error("expected the page to come to rest within 100 frames");
  }

  /** Lets time pass: what is due runs in its order, and all is painted. */
  async pass(milliseconds: number): Promise<void> {
    await this.paint();
    const end = this.now + milliseconds;
    for (;;) {
      const [next] = [...this.#timers]
        .filter(([, { at }]) => at <= end)
        .sort(([, one], [, other]) => one.at - other.at);
      if (!next) break;
      const [id, { at, callback }] = next;
      this.#timers.delete(id);
      this.now = at;
      callback();
      await this.paint();
    }
    this.now = end;
  }
}

export const time = new VirtualTime();

const observers = new Set<{ notify(): void }>();

/** Tells of its nodes once they are observed, as browsers do, and when `layout.resize` says so. */
class FakeResizeObserver {
  readonly notify: () => void;

  constructor(callback: () => void) {
    this.notify = callback;
  }

  observe(): void {
    observers.add(this);
    const first = () => observers.has(this) && this.notify();
    queueMicrotask(first);
  }

  disconnect(): void {
    observers.delete(this);
  }
}

/** What stands in for layout: every node has the same width. */
export const layout = {
  width: 900,
  resize(width: number): void {
    layout.width = width;
    for (const { notify } of [...observers]) notify();
  },
  get observers(): number {
    return observers.size;
  },
};

/** Media features that hold, such as "prefers-reduced-motion: reduce". */
export const media = new Set<string>();

const happy = new Window({ url: "http://page.test/" });

const matchMedia = (query: string) => ({
  matches: [...media].some((feature) => query.includes(feature)),
  addEventListener: () => {},
  removeEventListener: () => {},
});

Object.defineProperty(happy.HTMLElement.prototype, "clientWidth", { get: () => layout.width });

const {
  setTimeout: later,
  clearTimeout: never,
  requestAnimationFrame,
  cancelAnimationFrame,
} = time;
const fakes = { matchMedia, requestAnimationFrame, cancelAnimationFrame };
Object.assign(happy, fakes, { setTimeout: later, clearTimeout: never });

/** Files that the page has handed to the browser to be saved. */
export const downloads: { name: string; file: Promise<string> }[] = [];

const kept = new Map<string, Blob>();

/** Addresses of files that the page has not let go of. */
export const fileAddresses = (): string[] => [...kept.keys()];

URL.createObjectURL = (file: Blob) => {
  const address = `blob:${downloads.length}/${kept.size}`;
  kept.set(address, file);
  return address;
};
URL.revokeObjectURL = (address: string) => {
  kept.delete(address);
};
happy.HTMLAnchorElement.prototype.click = function click() {
  downloads.push({ name: this.download, file: kept.get(this.href)?.text() ?? Promise.resolve("") });
};

const NAMES = [
  "document",
  "Element",
  "Event",
  "FocusEvent",
  "HTMLCanvasElement",
  "HTMLElement",
  "HTMLInputElement",
  "HTMLSelectElement",
  "Image",
  "ImageData",
  "IntersectionObserver",
  "KeyboardEvent",
  "MouseEvent",
  "MutationObserver",
  "Node",
  "PointerEvent",
  "SVGElement",
  "ShadowRoot",
  "XMLSerializer",
  "getComputedStyle",
] as const;

for (const name of NAMES) {
  const value = happy[name];
  const isFunction = name === "getComputedStyle";
  Object.assign(globalThis, { [name]: isFunction ? happy.getComputedStyle.bind(happy) : value });
}
Object.assign(globalThis, fakes, { window: happy, ResizeObserver: FakeResizeObserver });
