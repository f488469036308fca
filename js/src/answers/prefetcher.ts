import { type BinaryValue, toDataView } from "../base/binary.ts";
import { type Clock, Timer } from "../base/clock.ts";
import { sameValue } from "../base/equality.ts";
import type { KernelLink } from "../kernel/kernel-connection.ts";
import { type Store, watch } from "../kernel/store.ts";
import type { CurveFrame, Pair } from "../protocol/frames.ts";
import { MOST_AHEAD } from "../protocol/limits.ts";
import type { AheadMessage } from "../protocol/messages.ts";
import { layerFrameOf } from "../protocol/readers.ts";
import type { Asked, ScopeTraits } from "../protocol/traits.ts";
import { type CachedPlane, PlaneCache } from "./plane-cache.ts";
import { epsilonsNear, type PlaneAtEpsilon, positionsAhead } from "./slider-forecast.ts";

/** Least time between two requests: each costs the kernel a message. */
const BETWEEN_REQUESTS_MS = 60;

/** Rough size of a frame in memory. */
const BYTES_OF_FRAME = 1000;

/**
 * Asks the kernel for the planes that a slider is heading for, and hands them out when they are
 * asked for. All of them are of one era of the kernel, in which only plane, ε, θ and the angular
 * resolution change.
 */
export class Prefetcher {
  readonly #store: Store;
  readonly #link: KernelLink;
  readonly #signal: AbortSignal;
  readonly #timer: Timer;
  readonly #cache: PlaneCache;
  #era: number | undefined;
  /** position of the slider, and how far it moved to get there */
  #lastPosition: number | undefined;
  #moved = 0;
  #stride = 1;
  #wanted: readonly PlaneAtEpsilon[] = [];
  #requested: readonly PlaneAtEpsilon[] = [];

  constructor(
    store: Store,
    link: KernelLink,
    signal: AbortSignal,
    clock: Clock,
    cache: PlaneCache = new PlaneCache(),
  ) {
    this.#store = store;
    this.#link = link;
    this.#signal = signal;
    this.#timer = new Timer(clock);
    this.#cache = cache;
    this.#era = store.settled.peek()?.era;
    watch(
      () => store.settled.value?.era,
      (era) => this.#newEra(era),
      signal,
    );
    const close = () => {
      this.#timer.clear();
      this.#cache.clear();
    };
    signal.addEventListener("abort", close, { once: true });
  }

  /** Says by how many positions a pixel or a key moves the plane slider. */
  setStride(stride: number): void {
    const known = this.#stride;
    this.#stride = Math.max(1, stride);
    if (this.#stride !== known) this.#lastPosition = undefined;
    this.prefetch("position");
  }

  /**
   * The position nearest to `position` whose plane is ready, at most half a stride away; else
   * `position`.
   */
  nearestReady(position: number): number {
    const last = layerFrameOf(this.#store).n_planes - 1;
    const ends = position <= 0 || position >= last;
    return ends ? position : (this.#readyNear(position) ?? position);
  }

  /** The plane asked for, if it is in the cache. */
  find(asked: Asked, frame: CurveFrame): CachedPlane | undefined {
    if (asked.step !== frame.step || asked.order !== frame.order) return undefined;
    const position = this.#position(asked, frame);
    if (position === undefined) return undefined;
    const found = this.#cache.find({ ...asked, position });
    // The mirror image of a plane has its position, and is none of those.
    const stays = position === frame.position;
    return stays && !sameValue(found?.frame.pair, frame.pair) ? undefined : found;
  }

  /** Requests the planes, or the values of ε, around the one asked for. */
  prefetch(moving: "position" | "epsilon"): void {
    if (this.#era === undefined) return;
    const { position, epsilon, resolution } = this.#store.asked.peek();
    const layer = layerFrameOf(this.#store);
    this.#track(position);
    const [moved, stride, nPlanes] = [this.#moved, this.#stride, layer.n_planes];
    const places: PlaneAtEpsilon[] =
      moving === "position"
        ? positionsAhead({ position, moved, stride, nPlanes }).map((at) => [at, epsilon])
        : epsilonsNear(epsilon, layer.levels).map((near) => [position, near]);
    const isReady = ([at, near]: PlaneAtEpsilon) =>
      moving === "position"
        ? this.#readyNear(at) !== undefined
        : this.#cache.has({ position: at, epsilon: near, resolution });
    this.#wanted = places.filter((place) => !isReady(place)).slice(0, MOST_AHEAD);
    // After what the move itself asks for, which must not wait for this.
    queueMicrotask(() => this.#send());
  }

  /** The position nearest to `position` whose plane is ready, at most half a stride away. */
  #readyNear(position: number): number | undefined {
    const { epsilon, resolution } = this.#store.asked.peek();
    const ready = (at: number) => this.#cache.has({ position: at, epsilon, resolution });
    for (let away = 0; away <= Math.floor(this.#stride / 2); away += 1) {
      if (ready(position - away)) return position - away;
      if (ready(position + away)) return position + away;
    }
    return undefined;
  }

  #track(position: number): void {
    if (position === this.#lastPosition) return;
    this.#moved = position - (this.#lastPosition ?? position);
    this.#lastPosition = position;
  }

  #position(asked: Asked, frame: CurveFrame): number | undefined {
    const [pair, position] = [asked.pair, asked.position];
    if (sameValue(pair, frame.pair)) return position;
    return position === frame.position ? this.#cache.position(pair as Pair) : undefined;
  }

  #newEra(era: number | undefined): void {
    if (era === this.#era) return;
    this.#era = era;
    this.#cache.clear();
    this.#wanted = this.#requested = [];
  }

  /**
   * Sends the latest request. The kernel answers only that, so it names all that is still wanted.
   */
  #send(): void {
    const known = new Set(this.#requested.map(String));
    const nothing = this.#wanted.every((place) => known.has(String(place)));
    if (this.#signal.aborted || this.#timer.isSet || nothing || this.#era === undefined) return;
    this.#requested = this.#wanted;
    this.#timer.set(() => this.#send(), BETWEEN_REQUESTS_MS);
    const planes = this.#wanted;
    this.#link.send({ type: "ahead", era: this.#era, planes });
  }

  /** Keeps a plane sent ahead, if it is of the present era. */
  receive(message: AheadMessage, buffers: readonly BinaryValue[]): void {
    if (message.era !== this.#era) return;
    const { _frame: frame, ...frames } = message.frames;
    const traits: Partial<ScopeTraits> = frames;
    let bytes = BYTES_OF_FRAME;
    message.arrays.forEach((name, k) => {
      // Apart from their message, which would stay as long as any of them.
      const { buffer, byteOffset, byteLength } = toDataView(buffers[k]);
      traits[name] = new DataView(buffer.slice(byteOffset, byteOffset + byteLength));
      bytes += byteLength;
    });
    this.#cache.put({ era: message.era, frame, traits, bytes });
  }
}
