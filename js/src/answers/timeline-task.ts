import type { Clock } from "../base/clock.ts";
import { CooperativeTask } from "../base/cooperative-task.ts";
import {
  type AlignmentSeries,
  alignmentSteps,
  LayerAlignments,
  layerEpsilonOf,
} from "../engine/alignment-over-steps.ts";
import type { LayerSamples } from "../engine/layer-samples.ts";
import type { Pair } from "../protocol/frames.ts";
import type { ScopeTraits } from "../protocol/traits.ts";

/** What the alignment over steps is computed for. */
export interface TimelineSpec {
  pair: Pair;
  epsilon: number;
  /** whether that of the layer is computed too where it takes surveys */
  all: boolean;
}

/**
 * Computes the alignment over the steps of a timeline in short slices, and shows it as it grows.
 */
export class TimelineTask {
  readonly #show: (traits: Partial<ScopeTraits>) => void;
  readonly #layers: readonly LayerSamples[];
  readonly #task: CooperativeTask<AlignmentSeries>;
  readonly #known = new LayerAlignments();
  #key = "";

  constructor(
    show: (traits: Partial<ScopeTraits>) => void,
    layers: readonly LayerSamples[],
    signal: AbortSignal,
    clock?: Clock,
  ) {
    this.#show = show;
    this.#layers = layers;
    this.#task = new CooperativeTask(signal, clock);
  }

  request({ pair, epsilon, all }: TimelineSpec): void {
    const layer_epsilon = layerEpsilonOf(this.#layers, epsilon);
    const key = JSON.stringify([pair, epsilon, all && layer_epsilon !== null]);
    if (this.#layers.length < 2 || key === this.#key) return;
    this.#key = key;
    const show = (found: unknown) => {
      if (!found) return;
      const { plane, error, layer } = found as AlignmentSeries;
      const frame = { pair, epsilon, layer_epsilon, problem: "" };
      const arrays = { _course: plane, _course_error: error, _course_ensemble: layer };
      this.#show({ _course_frame: frame, ...arrays });
    };
    const steps = alignmentSteps(this.#layers, pair, epsilon, this.#known, all);
    this.#task.start(steps, show, show);
  }

  stop(): void {
    this.#key = "";
    this.#task.stop();
  }
}
