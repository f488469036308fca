import { memoizeByKey } from "../base/memoize.ts";
import { type Beam, beamOf } from "../engine/beam.ts";
import { isotropicFraction } from "../engine/isotropy.ts";
import { LayerSamples, newLayerRoom } from "../engine/layer-samples.ts";
import type { Payload } from "../engine/payload.ts";
import type { CurveFrame } from "../protocol/frames.ts";
import type { ScopeTraits } from "../protocol/traits.ts";
import type { ViewSpec } from "./view-spec.ts";
import {
  CurveCache,
  comparedTraits,
  frameFacts,
  layerFrame,
  legendTraits,
  markPositions,
  NOT_COMPARED,
  samplesTraits,
  stripTraits,
  type TimedCurve,
} from "./view-traits.ts";

/**
 * Computes all that is shown of one plane, and keeps what the next view is likely to need again.
 */
export class ViewBuilder {
  /** one for each step */
  readonly layers: readonly LayerSamples[];
  readonly #payload: Payload;
  readonly #nGroups: number;
  readonly #curves = new CurveCache();
  readonly #others = new CurveCache();
  readonly #samples = memoizeByKey<Partial<ScopeTraits>>();
  readonly #marks = memoizeByKey<Partial<ScopeTraits>>();
  readonly #legends = memoizeByKey<Partial<ScopeTraits>>();

  constructor(payload: Payload) {
    this.#payload = payload;
    this.#nGroups = payload.classes?.groups.length ?? 0;
    const room = newLayerRoom();
    this.layers = payload.steps.map((step) => new LayerSamples(payload, step, room));
  }

  layer(step: number): LayerSamples {
    const layer = this.layers[step] ?? this.layers[0];
    if (!layer) throw new Error("expected at least one step to be held");
    return layer;
  }

  isotropic(epsilon: number): number {
    const { n_dims, isotropic_series } = this.#payload.frame;
    return isotropicFraction(epsilon, n_dims, isotropic_series);
  }

  /** All traits of the view that `spec` asks for, which must be valid. */
  build(spec: ViewSpec, request: number): Partial<ScopeTraits> {
    const { pair, step, cloud, highlight } = spec;
    const layer = this.layer(step);
    const timed = this.#curve(spec, layer);
    const began = performance.now();
    const beam = this.#beam(spec, timed, layer);
    const elapsed = timed.elapsed + performance.now() - began;
    return {
      ...this.#legends(step, () => ({
        _layer: layerFrame(this.#payload, layer),
        ...legendTraits(this.#payload, layer),
      })),
      ...timed.traits,
      ...this.#compared(spec),
      ...this.#samples([pair, step, cloud], () => samplesTraits(this.#payload, layer, pair, cloud)),
      ...this.#marks([pair, step, highlight], () => ({
        _marks: markPositions(layer, pair, highlight),
      })),
      ...stripTraits(this.#payload, layer, timed.curve, beam),
      n_selected: beam.nListed,
      _frame: this.#frame(spec, request, timed, beam, elapsed),
    };
  }

  #curve({ pair, step, epsilon, resolution }: ViewSpec, layer: LayerSamples): TimedCurve {
    const plane = layer.plane(pair);
    const cone = { epsilon, resolution };
    const { groups, clusters } = layer.step;
    const n = layer.nSamples;
    return this.#curves.curve([pair, step], plane, cone, n, groups, this.#nGroups, clusters);
  }

  #beam({ theta, hidden }: ViewSpec, { curve }: TimedCurve, { step }: LayerSamples): Beam {
    return beamOf(curve, theta, step.groups, this.#nGroups, hidden);
  }

  #frame(
    { step, pair, order, position, epsilon }: ViewSpec,
    request: number,
    { curve }: TimedCurve,
    beam: Beam,
    elapsed: number,
  ): CurveFrame {
    const { names, nSamples } = this.layer(step);
    const [first = "", second = ""] = pair.map((k) => names[k]);
    const facts = { beam, isotropic: this.isotropic(epsilon), elapsed, nSamples };
    const about = {
      request,
      era: 0,
      step,
      names: [first, second] as [string, string],
      order,
      position,
    };
    return { ...about, ...frameFacts(curve, facts) };
  }

  #compared({ compare, step, pair, epsilon, resolution }: ViewSpec): Partial<ScopeTraits> {
    const layer = this.layers[compare];
    if (!layer || compare === step || !layer.spans(...pair)) return NOT_COMPARED;
    const cone = { epsilon, resolution };
    const n = layer.nSamples;
    const { curve } = this.#others.curve([pair, compare], layer.plane(pair), cone, n);
    return comparedTraits(curve, compare, n, this.isotropic(epsilon));
  }
}
