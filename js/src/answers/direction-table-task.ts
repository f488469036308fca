import type { Clock } from "../base/clock.ts";
import { Job } from "../base/cooperative-task.ts";
import { once } from "../base/memoize.ts";
import { type Counted, directionsSteps, type Sorting, tableFrame } from "../engine/directions.ts";
import type { Layer } from "../engine/layer-samples.ts";
import type { Classes } from "../engine/payload.ts";
import type { ScopeTraits } from "../protocol/traits.ts";

/** What the table is to be of. */
export interface Tabled {
  step: number;
  layer: Layer;
  epsilon: number;
  sorting: Sorting;
}

/** Counts the samples along every direction bit by bit, and lists them. */
export class Tabulator {
  readonly #show: (traits: Partial<ScopeTraits>) => void;
  readonly #classes: Classes | undefined;
  readonly #job: Job<Counted[]>;
  readonly #frames = once<Partial<ScopeTraits>>();
  #wanted: Tabled | undefined;
  #under = "";
  #counted: { key: string; epsilon: number; rows: Counted[] } | undefined;

  constructor(
    show: (traits: Partial<ScopeTraits>) => void,
    classes: Classes | undefined,
    signal: AbortSignal,
    clock?: Clock,
  ) {
    this.#show = show;
    this.#classes = classes;
    this.#job = new Job(signal, clock);
  }

  aim(wanted: Tabled): void {
    const key = `${wanted.step} ${wanted.epsilon}`;
    this.#wanted = wanted;
    if (this.#counted?.key === key) this.#list();
    else if (this.#under !== key || !this.#job.running) {
      this.#under = key;
      const { layer, epsilon } = wanted;
      const done = (rows: Counted[]) => {
        this.#counted = { key, epsilon, rows };
        this.#list();
      };
      this.#job.start(directionsSteps(layer, epsilon, this.#classes), done, () => {});
    }
  }

  stop(): void {
    this.#job.stop();
  }

  #list(): void {
    if (!this.#wanted || !this.#counted) return;
    const { layer, sorting } = this.#wanted;
    const { key, epsilon, rows } = this.#counted;
    this.#show(
      this.#frames([key, sorting], () => ({
        _table_frame: tableFrame(rows, sorting, epsilon, layer.names, this.#classes),
      })),
    );
  }
}
