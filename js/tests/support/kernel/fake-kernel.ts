import type {
  ComparedFrame,
  CurveFrame,
  EnsembleCloudFrame,
  EnsembleCloudProgress,
  LayerFrame,
  Order,
  PageRequest,
  Pair,
  PairRow,
  PairsFrame,
  PairsProgress,
  TestFrame,
  TestProgress,
  TimelineFrame,
} from "../../../src/protocol/frames.ts";
import { TABLE_TRAITS } from "../../../src/protocol/limits.ts";
import type { PageMessage } from "../../../src/protocol/messages.ts";
import type { ScopeTraits } from "../../../src/protocol/traits.ts";
import type { Model } from "../model.js";
import { KERNEL_DEFAULTS, PAGE_DEFAULTS } from "../trait-defaults.js";
import { cloudTraits, ensembleCloudTraits, FakeClasses } from "./fake-classes.ts";
import { FakeSamples, type SampleContents } from "./fake-samples.ts";
import { FakeSurvey, type SurveyState } from "./fake-survey.ts";
import type { KernelData, KernelTraits } from "./kernel-data.ts";
import { meantBy } from "./meant-by.ts";
import {
  angles,
  at,
  bytes,
  dot,
  fourthOrder,
  inBeam,
  isOrthonormal,
  litCosines,
  meanOf,
  type PlanePoint,
  type Row,
  TAU,
  unit,
} from "./vectors.ts";

/** The samples of a step of a timeline. */
export interface FakeStep {
  label: string;
  samples: readonly Row[];
}

/** What a scope is opened with: samples and directions as lists of rows, and traits to begin with. */
export interface FakeLayer extends Partial<KernelTraits> {
  samples: readonly Row[];
  basis: readonly Row[];
  /** of the directions */
  names?: string[] | undefined;
  /** of the basis */
  description?: string;
  /** how far a survey comes by itself */
  survey?: SurveyState;
  /** of the samples */
  labels?: readonly string[];
  contents?: SampleContents;
  /** samples of every step, if there are several */
  steps?: readonly FakeStep[];
  /** the values of ε, where only some are counted */
  levels?: readonly number[];
  /** what was done to the activations before */
  preparation?: string;
}

/** What a page asks for, with the number of its request. */
type Changes = Partial<KernelTraits> & { _request?: PageRequest };

const TOLD: readonly (keyof KernelTraits)[] = [
  "signed",
  "scale",
  "navigator",
  "cloud",
  "cloud_of",
  "by_class",
  "hidden_classes",
  "_window",
  "navigator_as",
  "pairs_of",
  ...TABLE_TRAITS,
];
const TABLED = [...TABLE_TRAITS, "epsilon"];
const PAIRED = ["navigator", "navigator_as", "pairs_of", "epsilon", "pair", "position", "step"];
const COURSED = ["pair", "position", "epsilon"];
const LAID_OVER = ["cloud", "cloud_of", "epsilon", "step"];
const CLASSED = ["by_class", "hidden_classes"];
const SURVEYED = ["step", "epsilon", "order", "resolution", "navigator"];

function isotropicFraction(epsilon: number, dims: number): number {
  const steps = 4000;
  const density = (phi: number) => Math.sin(phi) ** (dims - 2);
  const integral = (to: number) =>
    Array.from({ length: steps }, (_, k) => density(((k + 0.5) * to) / steps)).reduce(
      (sum, value) => sum + (value * to) / steps,
      0,
    );
  return integral(Math.acos(epsilon)) / integral(Math.PI);
}

function wilson(count: number, n: number): [low: number, high: number] {
  const z = 1.959964;
  const middle = (count + (z * z) / 2) / (n + z * z);
  const half = (z / (n + z * z)) * Math.sqrt((count * (n - count)) / n + (z * z) / 4);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/**
 * The kernel's side for tests, word by word after the method's definition: no arcs, no caches. It
 * sends no era, so that nothing is asked for ahead.
 */
export class FakeKernel implements KernelData {
  /** the model of the host; set once it is made */
  model!: Model;
  /** answers come at once, or one by one with `answer` */
  held = false;
  /** a map at full detail, or the samples of a plane, are not sent by themselves */
  tilesHeld = false;
  cloudHeld = false;
  requests: Partial<KernelTraits>[] = [];
  mostAtOnce = 0;
  heard: PageMessage[] = [];
  /** how far a survey comes by itself */
  surveys: SurveyState;
  /** how far all planes are counted by themselves */
  counts: EnsembleCloudProgress["state"] = "done";
  /** how far a search for pairs comes by itself */
  searches: PairsProgress["state"] = "done";
  /** how far a rotation test comes by itself */
  tests: TestProgress["state"] = "done";
  traits: KernelTraits;
  readonly basis: readonly Row[];
  readonly names: string[];
  readonly classes: FakeClasses;
  readonly layer: LayerFrame;
  readonly survey: FakeSurvey;
  readonly contents: FakeSamples;
  readonly #steps: FakeStep[];
  readonly #asked: Changes[] = [];
  #last: (ReturnType<FakeKernel["curve"]> & { key: string }) | undefined;
  #cloud: { key: string; traits: ReturnType<typeof cloudTraits> } | undefined;
  readonly #isotropic = new Map<number, number>();
  #ensemble: EnsembleCloudFrame | undefined;
  #pairs: Omit<PairsFrame, keyof PairsProgress> | undefined;
  /** number of the latest request */
  #request = 0;

  constructor({
    samples,
    basis,
    names,
    description = "standard basis",
    survey,
    labels = [],
    contents,
    steps = [],
    levels = [],
    preparation = "",
    ...start
  }: FakeLayer) {
    const all = steps.length > 0 ? steps : [{ label: "0", samples }];
    this.#steps = all.map((step) => ({ ...step, samples: step.samples.map(unit) }));
    this.basis = basis.map(unit);
    this.names = names ?? basis.map((_, k) => `b${k}`);
    this.classes = new FakeClasses(labels);
    this.layer = {
      n_samples: samples.length,
      n_dims: at(samples, 0).length,
      n_directions: basis.length,
      n_planes: (basis.length * (basis.length - 1)) / 2,
      n_clusters: null,
      n_zero: samples.filter((row) => !row.some(Boolean)).length,
      n_dead: 0,
      basis: description,
      preparation,
      levels,
      isotropic_series: [],
    };
    this.surveys = survey ?? "done";
    this.survey = new FakeSurvey(this);
    this.contents = new FakeSamples(this, labels, contents);
    this.traits = {
      ...PAGE_DEFAULTS,
      step: all.length - 1,
      compare: steps.length > 1 ? 0 : -1,
      epsilon: 0.75,
      by_class: false,
      selected: [],
      n_selected: 0,
      error: "",
      ...start,
    };
  }

  /** What the page finds when it opens. */
  state(): Record<string, unknown> {
    this.traits.position = this.#positionOf(this.traits.pair);
    return {
      ...KERNEL_DEFAULTS,
      ...this.#message(this.traits),
      ...this.course(),
      ...this.survey.first(this.surveys),
      ...this.contents.table(),
      ...this.pairs("waiting"),
      ...this.ensembleCloud(),
    };
  }

  get samples(): readonly Row[] {
    return at(this.#steps, this.traits.step).samples;
  }

  /** All planes, in the order of their index. */
  planes(): Pair[] {
    const { length } = this.basis;
    return this.basis.flatMap((_, i) =>
      Array.from({ length: length - 1 - i }, (_, k): Pair => [i, i + 1 + k]),
    );
  }

  /** A step more; the scope goes on to it if the last one was on show. */
  record(step: FakeStep): void {
    const last = this.traits.step === this.#steps.length - 1;
    this.#steps.push({ ...step, samples: step.samples.map(unit) });
    this.push(last ? { step: this.#steps.length - 1 } : {});
    this.model.receive(this.course());
  }

  /** Alignment over the steps: of the plane, and of the layer as far as `known`. */
  course({ pair, epsilon } = this.traits, known = this.#steps.length) {
    if (this.#steps.length < 2) return {};
    const layer_epsilon = isOrthonormal(this.basis) ? null : epsilon;
    const lit = (planes: readonly Pair[], { samples }: FakeStep) =>
      planes.flatMap((each) => litCosines(this.plane(each, samples), epsilon));
    const plane = this.#steps.map((step) => lit([pair], step));
    const all = this.planes();
    const ofLayer = (step: FakeStep) =>
      layer_epsilon === null
        ? fourthOrder(all.map((each) => this.plane(each, step.samples).points))
        : meanOf(lit(all, step));
    const layer = this.#steps.map((step, k) => (k < known ? ofLayer(step) : null) ?? Number.NaN);
    return {
      _course_frame: { pair, epsilon, layer_epsilon, problem: "" } satisfies TimelineFrame,
      _course: bytes(Float32Array.from(plane, (cosines) => meanOf(cosines) ?? Number.NaN)),
      _course_error: bytes(Float32Array.from(plane, ({ length }) => 1 / Math.sqrt(2 * length))),
      _course_ensemble: bytes(Float32Array.from(layer)),
    };
  }

  /** The message that brings the rotation test to `state`; what it finds is made up. */
  test(state: TestProgress["state"], more: Partial<TestFrame> = {}) {
    const hint = state === "failed" ? "The test failed: not enough memory." : "";
    const progress = { state, progress: 0.34, step: this.traits.step, hint };
    if (state !== "done" && !more.p) return { _test_frame: { ...progress, ...more } };
    const { epsilon, pair } = this.traits;
    const frame: TestFrame = {
      ...progress,
      progress: state === "done" ? 1 : progress.progress,
      p: 1 / 201,
      effect: 12.34,
      epsilon: isOrthonormal(this.basis) ? null : this.traits.epsilon,
      kept: "mean",
      rotations: 200,
      n_samples: this.samples.length,
      planes:
        state === "done"
          ? {
              epsilon,
              pair,
              p: 2 / 201,
              n_planes: this.layer.n_planes,
              n_samples: this.samples.length,
              hint: "",
            }
          : null,
      ...more,
    };
    return { _test_frame: frame };
  }

  /** The message that brings the search for pairs to `state`; what is expected is made up. */
  pairs(state: PairsProgress["state"]) {
    const { navigator_as, epsilon, pairs_of, pair, step } = this.traits;
    if (navigator_as === "map") return { _pairs_frame: {} };
    const hints = { waiting: "To find the pairs may take a while.", failed: "Not enough memory." };
    const hint = state === "waiting" || state === "failed" ? hints[state] : "";
    const progress = { state, progress: state === "running" ? 0.4 : 0, hint };
    const of = { all: null, first: pair[0], second: pair[1] }[pairs_of];
    const isOnShow = this.#pairs?.of === of && this.#pairs.epsilon === epsilon;
    if (state === "waiting" && isOnShow) Object.assign(progress, { state: "done", hint: "" });
    else if (state !== "done") return { _pairs_frame: { ...this.#pairs, ...progress } };
    if (this.#pairs && isOnShow) return { _pairs_frame: { ...this.#pairs, ...progress } };
    const found = this.survey
      .ranked("coactivation")
      .filter((each) => of === null || each.includes(of))
      .slice(0, 100);
    const rows = found.map((each, k): PairRow => {
      const [i, j] = each[1] === of ? [each[1], each[0]] : each;
      const between = litCosines(this.plane(each), epsilon).filter((x) => x < 0).length;
      const score = this.survey.score(each, "coactivation") ?? 0;
      const names: [string, string] = [at(this.names, i), at(this.names, j)];
      return [i, j, names, score, between, 1.25 * k, Math.min(1, 10 ** (k - 9))];
    });
    const { n_planes, n_samples } = this.layer;
    const about = { of, step, epsilon, n_samples, n_planes, n_found: n_planes };
    this.#pairs = { ...about, per_direction: of === null ? 3 : null, rows };
    return { _pairs_frame: { ...this.#pairs, ...progress } satisfies PairsFrame };
  }

  isotropic(epsilon: number): number {
    const known = this.#isotropic.get(epsilon) ?? isotropicFraction(epsilon, this.layer.n_dims);
    this.#isotropic.set(epsilon, known);
    return known;
  }

  /** A custom message of the page. */
  hear(message: PageMessage): void {
    if (message.type === "views") return; // of how long the scope lives, not of what it shows
    this.heard.push(message);
    if (message.type === "survey") this.model.receive(this.survey.at("done"));
    if (message.type === "table") {
      this.contents.counts = "done";
      this.model.receive(this.contents.table());
    }
    if (message.type === "test") this.model.receive(this.test(this.tests));
    if (message.type === "stop") this.model.receive({ _test_frame: {} });
    if (message.type === "direction") this.push(this.contents.turned(message));
    if (message.type === "pairs") this.model.receive(this.pairs(this.searches));
    if (message.type === "stop_pairs") this.model.receive(this.pairs("waiting"));
    if (message.type === "pair") {
      this.push({ pair: message.pair, theta: this.plane(message.pair).alpha / 2 });
    }
  }

  ask({ _request, ...changes }: Changes): void {
    const values = _request ? meantBy(_request, changes) : changes;
    this.requests.push(values);
    this.#asked.push(_request ? { ...values, _request } : values);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#asked.length);
    if (!this.held) this.answer();
  }

  get waiting(): number {
    return this.#asked.length;
  }

  /** Answers the request that has waited longest. */
  answer(): void {
    this.push(this.#asked.shift());
  }

  /** A change from either side; as in the real kernel, not all of them need a new frame. */
  push({ _request, ...changes }: Changes = {}): void {
    if (_request) this.#request = Math.max(this.#request, _request.id);
    const told = TOLD.filter((name) => name in changes);
    const toldChanges = Object.fromEntries(told.map((name) => [name, changes[name]]));
    Object.assign(this.traits, toldChanges);
    const asked = Object.fromEntries(
      Object.entries(changes).filter(([name]) => !(name in toldChanges)),
    );
    if (_request || Object.keys(asked).length > 0 || told.length === 0) this.#serve(asked);
    else this.model.receive(toldChanges);
    const has = (names: readonly string[]) => names.some((name) => name in changes);
    if ("step" in changes) this.model.receive({ _test_frame: {} });
    if ("cloud" in changes && !this.cloudHeld) this.model.receive(this.cloud());
    if (has(LAID_OVER)) this.model.receive(this.ensembleCloud());
    if (has(CLASSED)) this.model.receive(this.contents.strip(this.traits));
    if (has(SURVEYED)) {
      this.model.receive(this.survey.at(this.surveys));
      // As the kernel: its window comes with every map.
      const isDrawn = this.traits.navigator && this.surveys === "done";
      if (isDrawn && this.traits._window.length > 0 && !this.tilesHeld) {
        this.model.receive(this.survey.tile());
      }
    }
    if (has(COURSED)) this.model.receive(this.course());
    if (has(PAIRED)) this.model.receive(this.pairs("waiting"));
    if (has(TABLED)) this.model.receive(this.contents.table());
    if (changes._window?.length && !this.tilesHeld) this.model.receive(this.survey.tile());
  }

  plane([i, j]: Pair, samples: readonly Row[] = this.samples) {
    const [first, second] = [at(this.basis, i), at(this.basis, j)];
    const g = dot(first, second);
    const across = second.map((value, k) => (value - g * at(first, k)) / Math.sqrt(1 - g * g));
    const points = samples.map((row): PlanePoint => [dot(row, first), dot(row, across)]);
    return { alpha: Math.acos(g), points };
  }

  /** What lies under the curve; other angles and cones leave it as it is. */
  cloud({ step, pair, cloud } = this.traits) {
    const key = JSON.stringify([step, pair, cloud]);
    if (this.#cloud?.key !== key) {
      const { points } = this.plane(pair);
      const traits = cloudTraits(cloud, pair, points, this.layer.n_dims, this.classes);
      this.#cloud = { key, traits };
    }
    return this.#cloud.traits;
  }

  /** The message that brings all planes laid over one another to `state`. */
  ensembleCloud(state = this.counts): Partial<ScopeTraits> {
    const { cloud, cloud_of, epsilon, step } = this.traits;
    if (cloud_of === "plane" || cloud === "off") {
      return { _ensemble_cloud_frame: {}, _ensemble_cloud: bytes(new Uint8Array()) };
    }
    if (state !== "done") {
      const hint = state === "failed" ? "Too many planes." : "";
      const progress = { state, progress: state === "running" ? 0.4 : 0, hint };
      return { _ensemble_cloud_frame: { ...this.#ensemble, ...progress } };
    }
    const { n_planes, n_samples, n_dims } = this.layer;
    const lit = this.planes()
      .flatMap((pair) => this.plane(pair).points)
      .filter(([a, c]) => epsilon <= 0 || Math.hypot(a, c) >= epsilon);
    const about = { step, epsilon, n_samples, n_planes };
    const kind = cloud === "density" ? cloud : "ratio";
    const made = ensembleCloudTraits(kind, lit, n_dims, about);
    this.#ensemble = made._ensemble_cloud_frame;
    return made;
  }

  /** The counts at all angles of a plane. */
  curve(pair: Pair, epsilon: number, resolution: number, samples = this.samples) {
    const { alpha, points } = this.plane(pair, samples);
    const lit = (theta: number) => points.filter(inBeam(theta, epsilon)).length;
    const thetas = angles(resolution);
    const counts = thetas.map(lit);
    const band = counts.map((count) => wilson(count, points.length));
    const signed = thetas.map((theta, k) => at(counts, k) - lit(theta + Math.PI));
    const byClass = thetas.map((theta) => this.classes.lit(points, inBeam(theta, epsilon)));
    const groups = Array.from({ length: this.classes.n }, (_, group) =>
      byClass.map((each) => at(each, group)),
    );
    const buffers = {
      _counts: bytes(Int32Array.from(counts)),
      _signed_counts: bytes(Int32Array.from(signed)),
      _band: bytes(
        Float32Array.from([...band.map(([low]) => low), ...band.map(([, high]) => high)]),
      ),
      _class_counts: bytes(Int32Array.from(groups.flat())),
    };
    return { alpha, points, lit, counts, buffers };
  }

  #serve(asked: Partial<KernelTraits>): void {
    const error = this.#problem(asked);
    const wanted = { ...this.traits, ...asked, error };
    if (asked.position !== undefined) wanted.pair = this.#planeAt(asked.position, wanted.order);
    this.traits = error ? { ...this.traits, error } : wanted;
    if (!error) this.traits.position = this.#positionOf(wanted.pair);
    this.model.receive(this.#message(this.traits));
  }

  #planeAt(position: number, order: Order): Pair {
    if (order !== "index") return at(this.survey.ranked(order), position);
    let [i, left] = [0, position];
    for (; left >= this.basis.length - 1 - i; i += 1) left -= this.basis.length - 1 - i;
    return [i, i + 1 + left];
  }

  #positionOf([i, j]: Pair): number {
    const [a, b, m] = [Math.min(i, j), Math.max(i, j), this.basis.length];
    const { order } = this.traits;
    if (order === "index") return (a * (2 * m - a - 1)) / 2 + b - a - 1;
    return this.survey.ranked(order).findIndex(([first, second]) => first === a && second === b);
  }

  #problem({ pair, error, step = 0, compare = -1 }: Partial<KernelTraits>): string {
    const lastStep = this.#steps.length - 1;
    if (step < 0 || step > lastStep) return `expected step in 0 … ${lastStep}, got ${step}`;
    if (compare < -1 || compare > lastStep) {
      return `expected compare in -1 … ${lastStep}, got ${compare}`;
    }
    if (error !== undefined) return "error is read-only for the page";
    if (!pair) return "";
    const last = this.basis.length - 1;
    if (pair.some((each) => each < 0 || each > last)) {
      return `expected directions from 0 to ${last}, got (${pair.join(", ")})`;
    }
    return pair[0] === pair[1] ? `expected two different directions, got (${pair.join(", ")})` : "";
  }

  #message(traits: KernelTraits): Record<string, unknown> {
    const { step, compare, pair, order, position, epsilon, resolution, theta } = traits;
    const key = JSON.stringify([step, pair, epsilon, resolution]);
    if (this.#last?.key !== key) this.#last = { key, ...this.curve(pair, epsilon, resolution) };
    const { alpha, points, lit, counts, buffers } = this.#last;
    const peak = Math.max(...counts);
    const cosines = litCosines({ alpha, points }, epsilon);
    const radii = points.map(([a, c]) => Math.hypot(a, c)).filter((r) => r >= epsilon);
    const arcs = radii.map((r) => Math.acos(Math.max(-1, epsilon / Math.max(r, 1e-9))));
    const [i, j] = pair;
    const frame: Omit<CurveFrame, "era"> = {
      request: this.#request,
      step,
      pair,
      names: [at(this.names, i), at(this.names, j)],
      order,
      position,
      epsilon,
      resolution,
      theta,
      alpha,
      n_samples: points.length,
      n_total: points.length,
      is_partial: false,
      n_lit: lit(theta),
      lit_angle: null,
      isotropic: this.isotropic(epsilon),
      n_in_plane: cosines.length,
      arc: meanOf(arcs),
      alignment: meanOf(cosines),
      alignment_error: cosines.length > 0 ? 1 / Math.sqrt(2 * cosines.length) : null,
      peak,
      peak_angle: (counts.indexOf(peak) * TAU) / resolution,
      elapsed_ms: 0.4,
      reach: peak > 0 ? null : Math.max(...points.map(([a, c]) => Math.hypot(a, c))),
      class_lit: this.classes.lit(points, inBeam(theta, epsilon)),
    };
    const marked = traits.highlight.flatMap((k) => at(points, k));
    return {
      ...traits,
      ...this.#compared(compare, traits),
      _steps: this.#steps.length > 1 ? this.#steps.map(({ label }) => label) : [],
      _layer: this.layer,
      _names: this.survey.names,
      _frame: frame,
      ...buffers,
      _legend: this.classes.legend,
      ...this.cloud(traits),
      _marks: bytes(Float32Array.from(marked)),
      ...this.contents.strip(traits),
    };
  }

  /** The same curve in the step to compare with. */
  #compared(compare: number, { step, pair, epsilon, resolution }: KernelTraits) {
    if (compare < 0 || compare === step) {
      return { _compared_frame: {}, _compared: null, _signed_compared: null };
    }
    const { samples } = at(this.#steps, compare);
    const { counts, points, buffers } = this.curve(pair, epsilon, resolution, samples);
    const frame: ComparedFrame = {
      step: compare,
      n_samples: points.length,
      peak: Math.max(...counts),
      isotropic: isotropicFraction(epsilon, at(samples, 0).length),
    };
    return {
      _compared_frame: frame,
      _compared: buffers._counts,
      _signed_compared: buffers._signed_counts,
    };
  }
}
