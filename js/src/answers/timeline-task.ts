import type { Clock } from "../base/clock.ts";
import { Job } from "../base/cooperative-task.ts";
import { type Courses, coursesSteps, Ensembles } from "../engine/alignment-over-steps.ts";
import type { Layer } from "../engine/layer-samples.ts";
import type { Pair } from "../protocol/frames.ts";
import type { ScopeTraits } from "../protocol/traits.ts";

/** What the alignment over steps is to be of. */
export interface Traced {
  pair: Pair;
  epsilon: number;
  /** whether all planes together are wanted too */
  all: boolean;
}

/** Works the alignments out bit by bit. */
export class Tracer {
  readonly #show: (traits: Partial<ScopeTraits>) => void;
  readonly #layers: readonly Layer[];
  readonly #job: Job<Courses>;
  readonly #ensembles = new Ensembles();
  #key = "";

  constructor(
    show: (traits: Partial<ScopeTraits>) => void,
    layers: readonly Layer[],
    signal: AbortSignal,
    clock?: Clock,
  ) {
    this.#show = show;
    this.#layers = layers;
    this.#job = new Job(signal, clock);
  }

  aim({ pair, epsilon, all }: Traced): void {
    const key = JSON.stringify([pair, epsilon, all]);
    if (this.#layers.length < 2 || key === this.#key) return;
    this.#key = key;
    const show = (found: unknown) => {
      if (!found) return;
      const { plane, ensemble } = found as Courses;
      const frame = { pair, epsilon, problem: "" };
      this.#show({ _course_frame: frame, _course: plane, _course_ensemble: ensemble });
    };
    const steps = coursesSteps(this.#layers, pair, epsilon, this.#ensembles, all);
    this.#job.start(steps, show, show);
  }

  stop(): void {
    this.#key = "";
    this.#job.stop();
  }
}
