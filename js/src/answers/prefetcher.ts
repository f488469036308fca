import { type Buffer, view } from "../base/binary.ts";
import type { Clock } from "../base/clock.ts";
import { sameValue } from "../base/equality.ts";
import type { Frame, Pair } from "../protocol/frames.ts";
import { isAhead } from "../protocol/messages.ts";
import { frameOf, layerOf } from "../protocol/readers.ts";
import { type Asked, listen, pick, type ScopeModel } from "../protocol/traits.ts";
import { type Ready, Shelf } from "./plane-cache.ts";
import { epsilonsNear, type Place, positionsAhead } from "./slider-forecast.ts";

/** Milliseconds between two wishes: each costs the kernel a message. */
const BETWEEN = 60;

/** Bytes of a frame, roughly. */
const FACTS = 1000;

/**
 * Has the kernel send the planes that a slider is heading for, and hands them out when they are
 * asked for. All of them are of one era of the kernel, in which only plane, ε, θ and the angular
 * resolution change.
 */
export class Ahead {
  readonly #model: ScopeModel;
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  readonly #shelf: Shelf;
  readonly #arrived: () => void;
  #era: number | undefined;
  /** where the slider stands, and how it came there */
  #at: number | undefined;
  #moved = 0;
  #stride = 1;
  #wished: readonly Place[] = [];
  #under: readonly Place[] = [];
  #timer: number | undefined;

  /** `arrived` is called when there is something new to hand out. */
  constructor(
    model: ScopeModel,
    arrived: () => void,
    signal: AbortSignal,
    clock: Clock,
    shelf: Shelf = new Shelf(),
  ) {
    this.#model = model;
    this.#signal = signal;
    this.#clock = clock;
    this.#arrived = arrived;
    this.#shelf = shelf;
    const take = (message: unknown, buffers: readonly Buffer[]) => this.#take(message, buffers);
    model.on("msg:custom", take);
    listen(model, ["_frame"], () => this.#renew(), signal);
    this.#renew();
    signal.addEventListener(
      "abort",
      () => {
        model.off("msg:custom", take);
        this.#stop();
        this.#shelf.clear();
      },
      { once: true },
    );
  }

  /** The hand is on the plane slider, of which a pixel or a key moves so many positions. */
  approach(stride: number): void {
    const known = this.#stride;
    this.#stride = Math.max(1, stride);
    if (this.#stride !== known) this.#at = undefined;
    this.wish("position");
  }

  /** The position nearest to one that is ready, no farther than the hand can tell. */
  settle(position: number): number {
    const last = layerOf(this.#model).n_planes - 1;
    const ends = position <= 0 || position >= last;
    return ends ? position : (this.#near(position) ?? position);
  }

  /** What is asked for, if it is ready. */
  find(asked: Asked, frame: Frame): Ready | undefined {
    if (asked.step !== frame.step || asked.order !== frame.order) return undefined;
    const position = this.#position(asked, frame);
    if (position === undefined) return undefined;
    const found = this.#shelf.find({ ...asked, position });
    // The mirror image of a plane has its position, and is none of those.
    const stays = position === frame.position;
    return stays && !sameValue(found?.frame.pair, frame.pair) ? undefined : found;
  }

  /** Wishes for what is around the plane, or around ε, that is asked for. */
  wish(moving: "position" | "epsilon"): void {
    const frame = frameOf(this.#model);
    if (!frame || this.#era === undefined) return;
    const { position, epsilon, resolution } = pick(this.#model, [
      "position",
      "epsilon",
      "resolution",
    ]);
    const layer = layerOf(this.#model);
    this.#move(position);
    const [moved, stride, nPlanes] = [this.#moved, this.#stride, layer.n_planes];
    const places: Place[] =
      moving === "position"
        ? positionsAhead({ position, moved, stride, nPlanes }).map((at) => [at, epsilon])
        : epsilonsNear(epsilon, layer.levels).map((near) => [position, near]);
    const isReady = ([at, near]: Place) =>
      moving === "position"
        ? this.#near(at) !== undefined
        : this.#shelf.has({ position: at, epsilon: near, resolution });
    this.#wished = places.filter((place) => !isReady(place));
    // After what the move itself asks for, which must not wait for this.
    queueMicrotask(() => this.#say());
  }

  /** The nearest position that is ready within what a pixel or a key moves. */
  #near(position: number): number | undefined {
    const cone = pick(this.#model, ["epsilon", "resolution"]);
    const ready = (at: number) => this.#shelf.has({ position: at, ...cone });
    for (let away = 0; away <= Math.floor(this.#stride / 2); away += 1) {
      if (ready(position - away)) return position - away;
      if (ready(position + away)) return position + away;
    }
    return undefined;
  }

  #move(position: number): void {
    if (position === this.#at) return;
    this.#moved = position - (this.#at ?? position);
    this.#at = position;
  }

  #position(asked: Asked, frame: Frame): number | undefined {
    const [pair, position] = [asked.pair, asked.position];
    if (sameValue(pair, frame.pair)) return position;
    return position === frame.position ? this.#shelf.position(pair as Pair) : undefined;
  }

  #renew(): void {
    const era = frameOf(this.#model)?.era;
    if (era === this.#era) return;
    this.#era = era;
    this.#shelf.clear();
    this.#wished = this.#under = [];
  }

  /** The kernel answers the latest wish alone: each says all that is still wanted. */
  #say(): void {
    const known = new Set(this.#under.map(String));
    const nothing = this.#wished.every((place) => known.has(String(place)));
    if (this.#signal.aborted || this.#timer !== undefined || nothing) return;
    this.#under = this.#wished;
    this.#timer = this.#clock.set(() => {
      this.#timer = undefined;
      this.#say();
    }, BETWEEN);
    this.#model.send({ type: "ahead", era: this.#era, planes: this.#wished });
  }

  #stop(): void {
    if (this.#timer !== undefined) this.#clock.clear(this.#timer);
    this.#timer = undefined;
  }

  #take(message: unknown, buffers: readonly Buffer[]): void {
    if (!isAhead(message) || message.era !== this.#era) return;
    const traits: Record<string, unknown> = { ...message.frames };
    let bytes = FACTS;
    message.arrays.forEach((name, k) => {
      // Apart from their message, which would stay as long as any of them.
      const { buffer, byteOffset, byteLength } = view(buffers[k]);
      traits[name] = new DataView(buffer.slice(byteOffset, byteOffset + byteLength));
      bytes += byteLength;
    });
    this.#shelf.put({ frame: message.frames._frame, traits, bytes });
    this.#arrived();
  }
}
