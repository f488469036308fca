import type { Pair } from "../protocol/frames.ts";
import { planeArcs } from "./curve.ts";
import type { LayerSamples } from "./layer-samples.ts";
import { isCostly, overallAlignment, surveySteps } from "./survey.ts";

/**
 * Alignment in each step of a timeline: of one plane, and of all planes; NaN where it is not known.
 */
export interface AlignmentSeries {
  plane: Float32Array;
  ensemble: Float32Array;
}

function planeAlignment(layer: LayerSamples, pair: Pair, epsilon: number): number {
  if (!layer.spans(...pair)) return Number.NaN;
  return planeArcs(layer.plane(pair), epsilon).alignment ?? Number.NaN;
}

/** Keeps the alignment of all planes together, by step and ε. */
export class EnsembleAlignments {
  readonly #known = new Map<string, number>();

  get(step: number, epsilon: number): number | undefined {
    return this.#known.get(`${step} ${epsilon}`);
  }

  set(step: number, epsilon: number, alignment: number): void {
    this.#known.set(`${step} ${epsilon}`, alignment);
  }
}

/**
 * Computes the plane's alignment in all steps, and then, if `all`, that of all planes step by step,
 * without those where this would take long. Yields the series as it grows, or nothing where nothing
 * is new.
 */
export function* alignmentSteps(
  layers: readonly LayerSamples[],
  pair: Pair,
  epsilon: number,
  ensembles: EnsembleAlignments,
  all: boolean,
): Generator<AlignmentSeries | undefined, AlignmentSeries> {
  const plane = new Float32Array(layers.length).fill(Number.NaN);
  for (const [step, layer] of layers.entries()) {
    plane[step] = planeAlignment(layer, pair, epsilon);
    yield;
  }
  const found = (): AlignmentSeries => ({
    plane,
    ensemble: Float32Array.from(layers, (_, step) => ensembles.get(step, epsilon) ?? Number.NaN),
  });
  for (const [step, layer] of all ? layers.entries() : []) {
    if (ensembles.get(step, epsilon) !== undefined || isCostly(layer, epsilon)) continue;
    yield found();
    const steps = surveySteps(layer, epsilon, 0);
    let next = steps.next();
    while (!next.done) {
      yield;
      next = steps.next();
    }
    ensembles.set(step, epsilon, overallAlignment(next.value));
  }
  return found();
}
