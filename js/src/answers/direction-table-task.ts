import type { Clock } from "../base/clock.ts";
import { CooperativeTask } from "../base/cooperative-task.ts";
import { memoizeByKey } from "../base/memoize.ts";
import {
  type DirectionCounts,
  directionSteps,
  type TableView,
  tableFrame,
} from "../engine/directions.ts";
import type { LayerSamples } from "../engine/layer-samples.ts";
import type { SampleClasses } from "../engine/payload.ts";
import type { ScopeTraits } from "../protocol/traits.ts";

/** What the table of directions is computed for. */
export interface TableSpec {
  step: number;
  layer: LayerSamples;
  epsilon: number;
  view: TableView;
}

/** Computes the table of directions in short slices, and shows what of it is asked for. */
export class DirectionTableTask {
  readonly #show: (traits: Partial<ScopeTraits>) => void;
  readonly #classes: SampleClasses | undefined;
  readonly #task: CooperativeTask<DirectionCounts[]>;
  readonly #frames = memoizeByKey<Partial<ScopeTraits>>();
  #wanted: TableSpec | undefined;
  #runningKey = "";
  #counted: { key: string; epsilon: number; rows: DirectionCounts[] } | undefined;

  constructor(
    show: (traits: Partial<ScopeTraits>) => void,
    classes: SampleClasses | undefined,
    signal: AbortSignal,
    clock?: Clock,
  ) {
    this.#show = show;
    this.#classes = classes;
    this.#task = new CooperativeTask(signal, clock);
  }

  request(spec: TableSpec): void {
    const key = `${spec.step} ${spec.epsilon}`;
    this.#wanted = spec;
    if (this.#counted?.key === key) this.#list();
    else if (this.#runningKey !== key || !this.#task.isRunning) {
      this.#runningKey = key;
      const { layer, epsilon } = spec;
      const done = (rows: DirectionCounts[]) => {
        this.#counted = { key, epsilon, rows };
        this.#list();
      };
      this.#task.start(directionSteps(layer, epsilon, this.#classes), done, () => {});
    }
  }

  stop(): void {
    this.#task.stop();
  }

  #list(): void {
    if (!this.#wanted || !this.#counted) return;
    const { layer, view } = this.#wanted;
    const { key, epsilon, rows } = this.#counted;
    this.#show(
      this.#frames([key, view], () => ({
        _table_frame: tableFrame(rows, view, epsilon, layer.names, this.#classes),
      })),
    );
  }
}
