import { type BinaryValue, decodeBytes, decodeFloats, decodeInts } from "../base/binary.ts";
import { type Clock, Timer, wallClock } from "../base/clock.ts";
import { beamOf } from "../engine/beam.ts";
import type { Clusters } from "../engine/cluster-errors.ts";
import { isotropicFraction } from "../engine/isotropy.ts";
import type { Plane } from "../engine/layer-samples.ts";
import { readPayload } from "../engine/payload.ts";
import { PlanePoints } from "../engine/plane-points.ts";
import type { KernelLink } from "../kernel/kernel-connection.ts";
import { type Store, watch } from "../kernel/store.ts";
import type { AheadFrame, CurveFrame } from "../protocol/frames.ts";
import type { KernelMessage, PlaneMessage, StepsMessage } from "../protocol/messages.ts";
import { layerFrameOf } from "../protocol/readers.ts";
import type { Asked } from "../protocol/traits.ts";
import type { Answerer } from "./answerer.ts";
import type { MoveHints } from "./move-hints.ts";
import type { CachedPlane } from "./plane-cache.ts";
import { Prefetcher } from "./prefetcher.ts";
import { ViewBuilder } from "./view-builder.ts";
import { refusalOf, viewSpecOf } from "./view-spec.ts";
import { CurveCache, comparedTraits, frameFacts, NOT_COMPARED } from "./view-traits.ts";

interface HeldPlane extends PlaneMessage {
  plane: Plane;
  groups: Uint8Array;
  clusters: Clusters | undefined;
  compared: Plane;
}

const COUNTED_HERE: readonly (keyof Asked)[] = ["theta", "epsilon", "resolution"];
const CHOOSES_PLANE: readonly (keyof Asked)[] = ["position", "pair"];
const HOLD_TIMEOUT_MS = 10_000;

/** Whether the plane drawn is nearer to the one asked for than the kernel's. */
function isNearer(drawn: CachedPlane, asked: Asked, frame: CurveFrame): boolean {
  const away = (from: AheadFrame) => Math.abs(from.position - asked.position);
  const alike = drawn.era === frame.era && drawn.frame.epsilon === asked.epsilon;
  return alike && away(drawn.frame) < away(frame);
}

/**
 * Shows the page's own answers until the kernel's arrive: it counts while θ, ε or the resolution
 * move in a plane whose samples it holds, and shows planes that the kernel has sent ahead, so that
 * the picture follows the pointer without waiting for the kernel.
 */
export class OptimisticAnswers implements Answerer, MoveHints {
  readonly hints = this;
  readonly link: KernelLink;
  readonly #store: Store;
  /** set while the kernel has yet to send the samples it was asked for */
  readonly #holding: Timer;
  readonly #prefetcher: Prefetcher;
  #curves = new CurveCache();
  #comparedCurves = new CurveCache();
  #held: HeldPlane | undefined;
  /** set while the kernel has yet to send the samples of all steps; it need not send any */
  readonly #holdingSteps: Timer;
  /** the views of all steps, where these share their samples */
  #steps: ViewBuilder | undefined;
  /** the plane sent ahead that is on show, if one is */
  #drawn: CachedPlane | undefined;
  #kernelCounts = false;

  constructor(store: Store, link: KernelLink, signal: AbortSignal, clock: Clock = wallClock) {
    this.link = link;
    this.#store = store;
    this.#holding = new Timer(clock);
    this.#holdingSteps = new Timer(clock);
    this.#prefetcher = new Prefetcher(store, link, signal, clock);
    link.onMessage((message, buffers) => this.#receive(message, buffers), signal);
    // Groups may be others now.
    watch(
      () => store.heard.get("_legend"),
      () => this.#forget(),
      signal,
    );
    watch(
      () => store.settled.value,
      (frame) => this.#answered(frame),
      signal,
    );
    watch(
      () => [store.asked.value, store.heard.get("compare")],
      () => this.#update(),
      signal,
    );
    const close = () => {
      this.#holding.clear();
      this.#holdingSteps.clear();
    };
    signal.addEventListener("abort", close, { once: true });
  }

  #answered(frame: CurveFrame | undefined): void {
    const partial = frame?.is_partial === true;
    // While it counts a kernel sends no samples: they have to be asked for once more.
    if (this.#kernelCounts && !partial) this.#holding.clear();
    this.#kernelCounts = partial;
    this.#update();
  }

  #forget(): void {
    this.#held = this.#steps = undefined;
    this.#holdingSteps.clear();
    this.#update();
  }

  planeSliderTouched(stride: number): void {
    this.#prefetcher.setStride(stride);
  }

  beamTouched(): void {
    const frame = this.#store.settled.peek();
    if (frame && !this.#fittingPlane(frame)) this.#askForSamples();
  }

  nearestReady(position: number): number {
    return this.#prefetcher.nearestReady(position);
  }

  #update(): void {
    const frame = this.#store.settled.peek();
    const asked = this.#store.asked.peek();
    const late = this.#store.unsettled.peek();
    const only = (names: readonly (keyof Asked)[]) => late.every((name) => names.includes(name));
    if (!frame || late.length === 0) this.#clear();
    else if (only(COUNTED_HERE)) this.#countHere(asked, frame);
    else if (only([...COUNTED_HERE, ...CHOOSES_PLANE])) this.#showSentAhead(asked, frame);
    else if (only([...COUNTED_HERE, "step"])) this.#showStep(asked, frame);
    else this.#clear();
  }

  /**
   * Shows the plane on show at another θ, ε or resolution, from its samples if the page holds them.
   */
  #countHere(asked: Asked, frame: CurveFrame): void {
    const held = this.#fittingPlane(frame);
    if (!held) this.#askForSamples();
    if (held && asked.epsilon > held.floor) {
      this.#show(held, asked, frame);
      return;
    }
    const awaited = held === undefined && layerFrameOf(this.#store).levels.length === 0;
    const moved = asked.epsilon !== frame.epsilon || asked.resolution !== frame.resolution;
    if (moved && !awaited) this.#prefetcher.prefetch("epsilon");
    if (moved) this.#showSentAhead(asked, frame);
    else this.#clear();
  }

  /** Shows another plane or ε, if the kernel has sent it ahead. */
  #showSentAhead(asked: Asked, frame: CurveFrame): void {
    if (asked.position !== frame.position) this.#prefetcher.prefetch("position");
    const found = this.#prefetcher.find(asked, frame);
    if (found) {
      // Plane and position say the same, but only one of them was asked for.
      const { pair, position } = found.frame;
      this.#layOver(found, frame, { pair, position });
    } else if (this.#drawn && isNearer(this.#drawn, asked, frame)) {
      this.#layOver(this.#drawn, frame, {});
    } else this.#clear();
  }

  /** Shows another step, if the page holds the samples that all steps share. */
  #showStep(asked: Asked, frame: CurveFrame): void {
    const views = this.#steps;
    const layer = views?.layers[asked.step];
    if (!views || !layer || layer.nSamples !== frame.n_samples) {
      this.#askForSteps();
      this.#clear();
      return;
    }
    const spec = { ...viewSpecOf(this.#store.heard), ...asked };
    const nPlanes = layerFrameOf(this.#store).n_planes;
    if (refusalOf(spec, layer, views.layers.length, nPlanes)) {
      this.#clear();
      return;
    }
    this.#drawn = undefined;
    const { request, era } = frame;
    // Classes are the same in all steps, and pictures come with the kernel's answer.
    const { _legend, _strip_frame, _strip, _frame, ...traits } = views.build(spec, request);
    this.#store.local.value = { ...traits, _frame: { ...(_frame as CurveFrame), request, era } };
  }

  #askForSteps(): void {
    if (this.#holdingSteps.isSet || layerFrameOf(this.#store).levels.length > 0) return;
    this.#holdingSteps.set(() => {}, HOLD_TIMEOUT_MS);
    this.link.send({ type: "hold_steps" });
  }

  #keepSteps({ frame }: StepsMessage, [data]: readonly BinaryValue[]): void {
    this.#holdingSteps.clear();
    if (data) this.#steps = new ViewBuilder(readPayload(frame, data));
  }

  #layOver(ready: CachedPlane, { request, era }: CurveFrame, asked: Partial<Asked>): void {
    this.#drawn = ready;
    const frame = { ...ready.frame, request, era };
    this.#store.local.value = { ...ready.traits, ...asked, _frame: frame };
  }

  #clear(): void {
    this.#drawn = undefined;
    this.#store.clear();
  }

  /** The samples held, if they are of the plane that the kernel shows. */
  #fittingPlane(frame: CurveFrame): HeldPlane | undefined {
    const held = this.#held;
    const { step, pair, n_samples } = frame;
    const fits =
      held?.step === step &&
      held.pair.join() === pair.join() &&
      held.n_samples === n_samples &&
      held.compare === this.#comparedStep(step);
    return fits ? held : undefined;
  }

  #comparedStep(step: number): number {
    const compare = this.#store.heard.get("compare") ?? -1;
    return compare === step ? -1 : compare;
  }

  #askForSamples(): void {
    // Counts have no samples to send.
    if (this.#holding.isSet || layerFrameOf(this.#store).levels.length > 0) return;
    this.#holding.set(() => {}, HOLD_TIMEOUT_MS);
    this.link.send({ type: "hold" });
  }

  #receive(message: KernelMessage, buffers: readonly BinaryValue[]): void {
    if (message.type === "held") this.#keep(message, buffers);
    else if (message.type === "steps") this.#keepSteps(message, buffers);
    else if (message.type === "ahead") this.#prefetcher.receive(message, buffers);
    this.#update();
  }

  /** Keeps the samples of the plane on show. */
  #keep(message: PlaneMessage, buffers: readonly BinaryValue[]): void {
    this.#holding.clear();
    const [points, groups, compared, codes, sizes] = buffers;
    const { pair, alpha, n_clusters } = message;
    const planeOf = (buffer: BinaryValue): Plane => ({
      pair,
      alpha,
      points: PlanePoints.of(decodeFloats(buffer)).withAngleCache(),
    });
    [this.#curves, this.#comparedCurves] = [new CurveCache(), new CurveCache()];
    this.#held = {
      ...message,
      plane: planeOf(points),
      groups: decodeBytes(groups).slice(),
      clusters: n_clusters ? { codes: decodeInts(codes), sizes: decodeInts(sizes) } : undefined,
      compared: planeOf(compared),
    };
  }

  #isotropic(epsilon: number): number {
    const { n_dims, isotropic_series } = layerFrameOf(this.#store);
    return isotropicFraction(epsilon, n_dims, isotropic_series);
  }

  #show(held: HeldPlane, { theta, epsilon, resolution }: Asked, frame: CurveFrame): void {
    const { plane, groups, n_groups, n_samples, clusters } = held;
    const cone = { epsilon, resolution };
    const timed = this.#curves.curve("", plane, cone, n_samples, groups, n_groups, clusters);
    const { curve } = timed;
    this.#drawn = undefined;
    const began = performance.now();
    const beam = beamOf(curve, theta, groups, n_groups, []);
    const elapsed = timed.elapsed + performance.now() - began;
    const isotropic = this.#isotropic(epsilon);
    const facts = frameFacts(curve, { beam, isotropic, elapsed, nSamples: n_samples });
    this.#store.local.value = {
      ...timed.traits,
      ...this.#compared(held, cone, isotropic),
      _frame: { ...frame, ...facts },
    };
  }

  #compared(held: HeldPlane, cone: { epsilon: number; resolution: number }, isotropic: number) {
    const { compare, compared, n_compared } = held;
    if (compare < 0 || n_compared === 0) return NOT_COMPARED;
    const { curve } = this.#comparedCurves.curve("", compared, cone, n_compared);
    return comparedTraits(curve, compare, n_compared, isotropic);
  }
}
