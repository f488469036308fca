import type { Clock } from "../requests.ts";
import type { Pair, ScopeTraits } from "../traits.ts";
import { litArcs } from "./arcs.ts";
import { alignmentOf } from "./curve.ts";
import { Job } from "./jobs.ts";
import type { Layer } from "./layer.ts";
import { isCostly, surveySteps, together } from "./survey.ts";

/** Alignment over the steps of a timeline, as far as it is known. */
export interface Courses {
  plane: Float32Array;
  ensemble: Float32Array;
}

function planeAlignment(layer: Layer, pair: Pair, epsilon: number): number {
  if (!layer.spans(...pair)) return Number.NaN;
  const { alpha, points } = layer.plane(pair);
  return alignmentOf(litArcs(points, epsilon), alpha) ?? Number.NaN;
}

/** Alignments of all planes together, by step and ε; worked out once. */
export class Ensembles {
  readonly #known = new Map<string, number>();

  get(step: number, epsilon: number): number | undefined {
    return this.#known.get(`${step} ${epsilon}`);
  }

  set(step: number, epsilon: number, alignment: number): void {
    this.#known.set(`${step} ${epsilon}`, alignment);
  }
}

/**
 * The plane's alignment in all steps, and then, if `all`, that of all planes step by step, but for
 * those where this would take long. Yields what there is to show, or nothing while nothing is new.
 */
export function* coursesSteps(
  layers: readonly Layer[],
  pair: Pair,
  epsilon: number,
  ensembles: Ensembles,
  all: boolean,
): Generator<Courses | undefined, Courses> {
  const plane = new Float32Array(layers.length).fill(Number.NaN);
  for (const [step, layer] of layers.entries()) {
    plane[step] = planeAlignment(layer, pair, epsilon);
    yield;
  }
  const found = (): Courses => ({
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
    ensembles.set(step, epsilon, together(next.value));
  }
  return found();
}

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
