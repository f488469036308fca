import { once } from "../base/memoize.ts";
import { type Beam, beamOf } from "../engine/beam.ts";
import { isotropicFraction } from "../engine/isotropy.ts";
import { Layer } from "../engine/layer-samples.ts";
import type { Held } from "../engine/payload.ts";
import type { Frame } from "../protocol/frames.ts";
import type { ScopeTraits } from "../protocol/traits.ts";
import type { Wanted } from "./view-spec.ts";
import * as answer from "./view-traits.ts";

/** Makes what is shown of one plane, and keeps what the next picture is likely to need again. */
export class Painter {
  /** one a step */
  readonly layers: readonly Layer[];
  readonly #held: Held;
  readonly #nGroups: number;
  readonly #curves = new answer.Counter();
  readonly #others = new answer.Counter();
  readonly #skies = once<Partial<ScopeTraits>>();
  readonly #marks = once<Partial<ScopeTraits>>();
  readonly #legends = once<Partial<ScopeTraits>>();

  constructor(held: Held) {
    this.#held = held;
    this.#nGroups = held.classes?.groups.length ?? 0;
    this.layers = held.steps.map((step) => new Layer(held, step));
  }

  layer(step: number): Layer {
    const layer = this.layers[step] ?? this.layers[0];
    if (!layer) throw new Error("expected at least one step to be held");
    return layer;
  }

  isotropic(epsilon: number): number {
    const { n_dims, isotropic_series } = this.#held.frame;
    return isotropicFraction(epsilon, n_dims, isotropic_series);
  }

  /** All traits of the picture that `wanted` asks for, which can be had. */
  draw(wanted: Wanted, serial: number): Partial<ScopeTraits> {
    const { pair, step, cloud, highlight } = wanted;
    const layer = this.layer(step);
    const timed = this.#curve(wanted, layer);
    const began = performance.now();
    const beam = this.#beam(wanted, timed, layer);
    const elapsed = timed.elapsed + performance.now() - began;
    return {
      ...this.#legends(step, () => ({
        _layer: answer.layerFrame(this.#held, layer),
        ...answer.legendTraits(this.#held, layer),
      })),
      ...timed.traits,
      ...this.#compared(wanted),
      ...this.#skies([pair, step, cloud], () => answer.skyTraits(this.#held, layer, pair, cloud)),
      ...this.#marks([pair, step, highlight], () => ({
        _marks: answer.marksOf(layer, pair, highlight),
      })),
      ...answer.stripTraits(this.#held, layer, timed.curve, beam),
      n_selected: beam.nListed,
      _frame: this.#frame(wanted, serial, timed, beam, elapsed),
    };
  }

  #curve({ pair, step, epsilon, resolution }: Wanted, layer: Layer): answer.TimedCurve {
    const plane = layer.plane(pair);
    const cone = { epsilon, resolution };
    const { groups } = layer.step;
    return this.#curves.curve([pair, step], plane, cone, layer.nSamples, groups, this.#nGroups);
  }

  #beam({ theta, hidden }: Wanted, { curve }: answer.TimedCurve, { step }: Layer): Beam {
    return beamOf(curve, theta, step.groups, this.#nGroups, hidden);
  }

  #frame(
    { step, pair, order, position, epsilon }: Wanted,
    serial: number,
    { curve }: answer.TimedCurve,
    beam: Beam,
    elapsed: number,
  ): Frame {
    const { names, nSamples } = this.layer(step);
    const [first = "", second = ""] = pair.map((k) => names[k]);
    const facts = { beam, isotropic: this.isotropic(epsilon), elapsed, nSamples };
    const about = {
      serial,
      era: 0,
      step,
      names: [first, second] as [string, string],
      order,
      position,
    };
    return { ...about, ...answer.factsOf(curve, facts) };
  }

  #compared({ compare, step, pair, epsilon, resolution }: Wanted): Partial<ScopeTraits> {
    const layer = this.layers[compare];
    if (!layer || compare === step || !layer.spans(...pair)) return answer.NOT_COMPARED;
    const cone = { epsilon, resolution };
    const n = layer.nSamples;
    const { curve } = this.#others.curve([pair, compare], layer.plane(pair), cone, n);
    return answer.comparedTraits(curve, compare, n, this.isotropic(epsilon));
  }
}
