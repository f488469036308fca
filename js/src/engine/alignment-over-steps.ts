import type { Pair } from "../protocol/frames.ts";
import { planeArcs } from "./curve.ts";
import type { LayerSamples } from "./layer-samples.ts";
import { areMomentsCostly, momentSteps } from "./moments.ts";
import { isCostly, overallAlignment, surveySteps } from "./survey.ts";

/** Alignment in each step of a timeline; NaN where it is not known. */
export interface AlignmentSeries {
  plane: Float32Array;
  /** its standard error; NaN where nothing is known of it */
  error: Float32Array;
  /** A₄ of all samples, or A(ε) of all planes together */
  layer: Float32Array;
}

function planeAlignment(layer: LayerSamples, pair: Pair, epsilon: number): [number, error: number] {
  if (!layer.spans(...pair)) return [Number.NaN, Number.NaN];
  const found = planeArcs(layer.plane(pair), epsilon, layer.step.clusters);
  return [found.alignment ?? Number.NaN, found.alignmentError ?? Number.NaN];
}

/** ε that the alignment of the layers is taken at; null for A₄, which takes orthonormal bases. */
export const layerEpsilonOf = (layers: readonly LayerSamples[], epsilon: number): number | null =>
  layers.every(({ step }) => step.isOrthonormal) ? null : epsilon;

/** Keeps the alignment of the layer, by step and ε, null for A₄. */
export class LayerAlignments {
  readonly #known = new Map<string, number>();

  get(step: number, epsilon: number | null): number | undefined {
    return this.#known.get(`${step} ${epsilon}`);
  }

  set(step: number, epsilon: number | null, alignment: number): void {
    this.#known.set(`${step} ${epsilon}`, alignment);
  }
}

const takesLong = (layer: LayerSamples, epsilon: number | null): boolean =>
  epsilon === null ? areMomentsCostly(layer) : isCostly(layer, epsilon);

function* layerSteps(layer: LayerSamples, epsilon: number | null): Generator<number, number> {
  if (epsilon === null) return (yield* momentSteps(layer)).alignment;
  return overallAlignment(yield* surveySteps(layer, epsilon, 0));
}

/**
 * Computes the plane's alignment in all steps, and then that of the layer step by step, A(ε) only
 * if `all`, without those where this would take long. Yields the series as it grows, or nothing
 * where nothing is new.
 */
export function* alignmentSteps(
  layers: readonly LayerSamples[],
  pair: Pair,
  epsilon: number,
  known: LayerAlignments,
  all: boolean,
): Generator<AlignmentSeries | undefined, AlignmentSeries> {
  const plane = new Float32Array(layers.length).fill(Number.NaN);
  const error = new Float32Array(layers.length).fill(Number.NaN);
  for (const [step, layer] of layers.entries()) {
    [plane[step], error[step]] = planeAlignment(layer, pair, epsilon);
    yield;
  }
  const layerEpsilon = layerEpsilonOf(layers, epsilon);
  const found = (): AlignmentSeries => ({
    plane,
    error,
    layer: Float32Array.from(layers, (_, step) => known.get(step, layerEpsilon) ?? Number.NaN),
  });
  for (const [step, layer] of all || layerEpsilon === null ? layers.entries() : []) {
    if (known.get(step, layerEpsilon) !== undefined || takesLong(layer, layerEpsilon)) continue;
    yield found();
    const steps = layerSteps(layer, layerEpsilon);
    let next = steps.next();
    while (!next.done) {
      yield;
      next = steps.next();
    }
    known.set(step, layerEpsilon, next.value);
  }
  return found();
}
