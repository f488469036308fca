import type { Clock } from "../base/clock.ts";
import { CooperativeTask } from "../base/cooperative-task.ts";
import { integer } from "../base/format.ts";
import { memoizeByKey } from "../base/memoize.ts";
import { codedDensity } from "../engine/coded-density.ts";
import {
  type EnsembleDensity,
  ensembleDensitySteps,
  isotropicCount,
  isotropicCounts,
} from "../engine/ensemble-density.ts";
import type { LayerSamples } from "../engine/layer-samples.ts";
import { planeCount } from "../engine/plane-index.ts";
import type { EnsembleCloudFrame, EnsembleCloudProgress } from "../protocol/frames.ts";
import { BINS } from "../protocol/limits.ts";
import type { ScopeTraits } from "../protocol/traits.ts";

// What takes less is finished although another ε is wanted, so that the picture follows it.
const SOON_MS = 500;

// Time after which it is worked out how long all of it takes, and what is too long for a page.
const TRIED_MS = 1000;
const LONG_MS = 90_000;

const NOTHING = {
  _ensemble_cloud_frame: {},
  _ensemble_cloud: new Uint8Array(),
} satisfies Partial<ScopeTraits>;

/** What all planes are counted for, and how they are drawn. */
export interface EnsembleCloudSpec {
  step: number;
  layer: LayerSamples;
  epsilon: number;
  kind: EnsembleCloudFrame["kind"];
}

interface Counted {
  key: string;
  step: number;
  density: EnsembleDensity;
}

interface Picture {
  frame: Omit<EnsembleCloudFrame, keyof EnsembleCloudProgress> | undefined;
  cells: Uint8Array;
}

const keyOf = ({ step, epsilon }: EnsembleCloudSpec): string => `${step} ${epsilon}`;

/**
 * Counts all planes laid over one another in short slices; what was counted last is shown until the
 * next is.
 */
export class EnsembleCloudTask {
  readonly #show: (traits: Partial<ScopeTraits>) => void;
  readonly #isotropicCells: Float32Array;
  readonly #task: CooperativeTask<EnsembleDensity>;
  readonly #pictures = memoizeByKey<Picture>();
  #wanted: EnsembleCloudSpec | undefined;
  #running: { key: string; began: number } | undefined;
  #counted: Counted | undefined;
  #refused: { key: string; hint: string } | undefined;
  #told = "";

  constructor(
    show: (traits: Partial<ScopeTraits>) => void,
    isotropicCells: Float32Array,
    signal: AbortSignal,
    clock?: Clock,
  ) {
    this.#show = show;
    this.#isotropicCells = isotropicCells;
    this.#task = new CooperativeTask(signal, clock);
  }

  /** Counts what is wanted, unless that is done or under way; without a spec nothing is drawn. */
  request(spec: EnsembleCloudSpec | undefined): void {
    this.#wanted = spec;
    const running = this.#task.isRunning ? this.#running : undefined;
    if (!spec) {
      this.#task.stop();
      if (this.#told) this.#show(NOTHING);
      this.#told = "";
    } else if (this.#counted?.key === keyOf(spec)) {
      this.#task.stop();
      this.#tell("done");
    } else if (this.#refused?.key === keyOf(spec)) {
      this.#task.stop();
      this.#tell("failed", 0, this.#refused.hint);
    } else if (running?.key !== keyOf(spec)) {
      if (!running || performance.now() - running.began > SOON_MS) this.#begin(spec);
    }
  }

  #begin(spec: EnsembleCloudSpec): void {
    const { layer, epsilon, step } = spec;
    const key = keyOf(spec);
    this.#running = { key, began: performance.now() };
    this.#task.start(
      ensembleDensitySteps(layer, epsilon),
      (density) => {
        this.#counted = { key, step, density };
        this.#tell("done");
        this.request(this.#wanted);
      },
      (share) => this.#progressed(spec, Number(share)),
    );
    this.#tell("running");
  }

  #progressed(spec: EnsembleCloudSpec, share: number): void {
    const taken = performance.now() - (this.#running?.began ?? 0);
    if (taken > TRIED_MS && share > 0 && taken / share > LONG_MS) {
      this.#refused = { key: keyOf(spec), hint: tooLongText(spec, taken / share) };
      this.#task.stop();
      this.request(this.#wanted);
    } else this.#tell("running", share);
  }

  #tell(state: EnsembleCloudProgress["state"], share = 0, hint = ""): void {
    const progress = state === "done" ? 1 : Math.floor(100 * share) / 100;
    const kind = this.#wanted?.kind ?? "ratio";
    const told = JSON.stringify([state, progress, hint, kind, this.#counted?.key]);
    if (told === this.#told) return;
    this.#told = told;
    const { frame, cells } = this.#picture(kind);
    this.#show({
      _ensemble_cloud_frame: { ...frame, state, progress, hint },
      _ensemble_cloud: cells,
    });
  }

  /** What was counted last, drawn as `kind`. */
  #picture(kind: EnsembleCloudFrame["kind"]): Picture {
    if (!this.#counted) return { frame: undefined, cells: new Uint8Array() };
    const { key, step, density } = this.#counted;
    return this.#pictures([key, kind], () => {
      const { counts, epsilon, nSamples, nPlanes, nLit } = density;
      const expected = isotropicCounts(density, this.#isotropicCells);
      const coded = codedDensity(counts, kind === "ratio" ? expected : undefined);
      const about = { kind, bins: BINS, step, epsilon, n_samples: nSamples, n_planes: nPlanes };
      const facts = { ...about, n_lit: nLit, isotropic: isotropicCount(density) };
      if (!coded) return { frame: facts, cells: new Uint8Array() };
      const { low, high, density: cells } = coded;
      return { frame: { ...facts, low, high }, cells };
    });
  }
}

function tooLongText({ layer, epsilon }: EnsembleCloudSpec, milliseconds: number): string {
  const [planes, samples] = [planeCount(layer), layer.nSamples].map(integer);
  return (
    `${planes} planes of ${samples} samples: to lay them over one another takes this page some ` +
    `${integer(milliseconds / 60_000)} minutes. In Python engine.ensemble_density(epsilon=${Number(epsilon.toPrecision(4))}, raw=False) does it.`
  );
}
