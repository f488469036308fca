import { type BinaryValue, decodeBytes, decodeFloats } from "../base/binary.ts";
import { type Clock, Timer, wallClock } from "../base/clock.ts";
import { beamOf } from "../engine/beam.ts";
import { isotropicFraction } from "../engine/isotropy.ts";
import type { Plane } from "../engine/layer-samples.ts";
import { PlanePoints } from "../engine/plane-points.ts";
import { ModelOverlay } from "../kernel/model-overlay.ts";
import { unanswered } from "../protocol/asked.ts";
import type { AheadFrame, CurveFrame } from "../protocol/frames.ts";
import { ASKED } from "../protocol/limits.ts";
import type { PageMessage } from "../protocol/messages.ts";
import { isPlaneMessage, type PlaneMessage } from "../protocol/messages.ts";
import { curveFrameOf, layerFrameOf } from "../protocol/readers.ts";
import { type Asked, listen, pick, type ScopeModel } from "../protocol/traits.ts";
import type { MoveHints } from "./move-hints.ts";
import type { CachedPlane } from "./plane-cache.ts";
import { Prefetcher } from "./prefetcher.ts";
import { CurveCache, comparedTraits, frameFacts, NOT_COMPARED } from "./view-traits.ts";

interface HeldPlane extends PlaneMessage {
  plane: Plane;
  groups: Uint8Array;
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
 * the picture follows the pointer without waiting for the kernel. `model` is what views are given.
 */
export class OptimisticAnswers implements MoveHints {
  readonly model: ScopeModel;
  readonly #below: ScopeModel;
  readonly #overlay: ModelOverlay;
  /** set while the kernel has yet to send the samples it was asked for */
  readonly #holding: Timer;
  readonly #prefetcher: Prefetcher;
  #curves = new CurveCache();
  #comparedCurves = new CurveCache();
  #held: HeldPlane | undefined;
  /** the plane sent ahead that is on show, if one is */
  #drawn: CachedPlane | undefined;
  #kernelCounts = false;

  constructor(below: ScopeModel, signal: AbortSignal, clock: Clock = wallClock) {
    this.#below = below;
    this.#holding = new Timer(clock);
    this.#overlay = new ModelOverlay(below, signal);
    this.model = this.#overlay.model;
    this.#prefetcher = new Prefetcher(below, () => this.#update(), signal, clock);
    const take = (message: unknown, buffers: readonly BinaryValue[]) =>
      this.#receive(message, buffers);
    below.on("msg:custom", take);
    listen(below, ASKED, () => this.#update(), signal);
    listen(below, ["_frame"], () => this.#answered(), signal);
    listen(below, ["compare"], () => this.#update(), signal);
    // Groups may be others now.
    listen(below, ["_legend"], () => this.#forget(), signal);
    signal.addEventListener(
      "abort",
      () => {
        below.off("msg:custom", take);
        this.#holding.clear();
      },
      { once: true },
    );
  }

  #answered(): void {
    const partial = curveFrameOf(this.#below)?.is_partial === true;
    // While it counts a kernel sends no samples: they have to be asked for once more.
    if (this.#kernelCounts && !partial) this.#holding.clear();
    this.#kernelCounts = partial;
    this.#update();
  }

  #forget(): void {
    this.#held = undefined;
    this.#update();
  }

  planeSliderTouched(stride: number): void {
    this.#prefetcher.setStride(stride);
  }

  beamTouched(): void {
    const frame = curveFrameOf(this.#below);
    if (frame && !this.#fittingPlane(frame)) this.#askForSamples();
  }

  /** Whether the page itself shows all that is asked for. */
  get answersLocally(): boolean {
    if (!this.#overlay.isActive) return false;
    return unanswered(pick(this.model, ASKED), curveFrameOf(this.model)).length === 0;
  }

  nearestReady(position: number): number {
    return this.#prefetcher.nearestReady(position);
  }

  #update(): void {
    const frame = curveFrameOf(this.#below);
    const asked = pick(this.#below, ASKED);
    const late = unanswered(asked, frame);
    const only = (names: readonly (keyof Asked)[]) => late.every((name) => names.includes(name));
    if (!frame || late.length === 0) this.#clear();
    else if (only(COUNTED_HERE)) this.#countHere(asked, frame);
    else if (only([...COUNTED_HERE, ...CHOOSES_PLANE])) this.#showSentAhead(asked, frame);
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
    const awaited = held === undefined && layerFrameOf(this.#below).levels.length === 0;
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

  #layOver(ready: CachedPlane, { request, era }: CurveFrame, asked: Partial<Asked>): void {
    this.#drawn = ready;
    this.#overlay.replace({ ...ready.traits, ...asked, _frame: { ...ready.frame, request, era } });
  }

  #clear(): void {
    this.#drawn = undefined;
    this.#overlay.clear();
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
    const compare = this.#below.get("compare") ?? -1;
    return compare === step ? -1 : compare;
  }

  #askForSamples(): void {
    // Counts have no samples to send.
    if (this.#holding.isSet || layerFrameOf(this.#below).levels.length > 0) return;
    this.#holding.set(() => {}, HOLD_TIMEOUT_MS);
    this.#below.send({ type: "hold" } satisfies PageMessage);
  }

  #receive(message: unknown, [points, groups, compared]: readonly BinaryValue[]): void {
    if (!isPlaneMessage(message)) return;
    this.#holding.clear();
    const { pair, alpha } = message;
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
      compared: planeOf(compared),
    };
    this.#update();
  }

  #isotropic(epsilon: number): number {
    const { n_dims, isotropic_series } = layerFrameOf(this.#below);
    return isotropicFraction(epsilon, n_dims, isotropic_series);
  }

  #show(held: HeldPlane, { theta, epsilon, resolution }: Asked, frame: CurveFrame): void {
    const { plane, groups, n_groups, n_samples } = held;
    const cone = { epsilon, resolution };
    const timed = this.#curves.curve("", plane, cone, n_samples, groups, n_groups);
    const { curve } = timed;
    this.#drawn = undefined;
    const began = performance.now();
    const beam = beamOf(curve, theta, groups, n_groups, []);
    const elapsed = timed.elapsed + performance.now() - began;
    const isotropic = this.#isotropic(epsilon);
    const facts = frameFacts(curve, { beam, isotropic, elapsed, nSamples: n_samples });
    this.#overlay.replace({
      ...timed.traits,
      ...this.#compared(held, cone, isotropic),
      _frame: { ...frame, ...facts },
    });
  }

  #compared(held: HeldPlane, cone: { epsilon: number; resolution: number }, isotropic: number) {
    const { compare, compared, n_compared } = held;
    if (compare < 0 || n_compared === 0) return NOT_COMPARED;
    const { curve } = this.#comparedCurves.curve("", compared, cone, n_compared);
    return comparedTraits(curve, compare, n_compared, isotropic);
  }
}
