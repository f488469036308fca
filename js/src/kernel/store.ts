import {
  batch,
  computed,
  effect,
  type ReadonlySignal,
  signal,
  untracked,
} from "@preact/signals-core";
import { sameValue } from "../base/equality.ts";
import type { CurveFrame, PayloadFrame } from "../protocol/frames.ts";
import { type Late, lateOf, unanswered } from "../protocol/late.ts";
import { ASKED } from "../protocol/limits.ts";
import { curveFrameOf, pick, type TraitSource } from "../protocol/readers.ts";
import type { Asked, ScopeModel, ScopeTraits, TraitName } from "../protocol/traits.ts";

type Values = Partial<ScopeTraits>;

/**
 * The one place of a session's state. Three layers of traits: those of the host's model, over them
 * what the user asks for and is not sent yet, which no answer undoes, over that what the page has worked out itself. All
 * else is derived, and worked out when somebody needs it.
 */
export class Store implements TraitSource {
  /** asked for by the user, and not sent yet */
  readonly wanted = signal<Partial<Asked>>({});
  /** worked out by the page, and nowhere but here: the kernel refuses its own */
  readonly local = signal<Values>({});
  /** what the page holds and answers from in the kernel's place; undefined where a kernel answers */
  readonly source = signal<PayloadFrame | undefined>(undefined);
  /** number of the request whose answer is waited for, 0 for none */
  readonly awaited = signal(0);
  /** the values asked for, sent or not */
  readonly asked: ReadonlySignal<Asked>;
  /** the frame of who has the last word: the kernel, or the page in its place */
  readonly settled: ReadonlySignal<CurveFrame | undefined>;
  /** whether an answer is waited for */
  readonly isBusy: ReadonlySignal<boolean>;
  /** values asked for that the settled frame does not show yet */
  readonly unsettled: ReadonlySignal<readonly (keyof Asked)[]>;
  /** what is on show and does not belong to the values asked for */
  readonly late: ReadonlySignal<Late>;
  /** whether the page shows its own answer to all that is asked for, before the kernel's */
  readonly answersLocally: ReadonlySignal<boolean>;
  readonly #model: ScopeModel;
  readonly #heard = new Map<TraitName, ReturnType<typeof signal<unknown>>>();
  readonly #shown = new Map<TraitName, ReadonlySignal<unknown>>();
  readonly #changed = new Set<TraitName>();
  readonly #signal: AbortSignal;

  constructor(model: ScopeModel, abort: AbortSignal) {
    this.#model = model;
    this.#signal = abort;
    const below = { get: <K extends TraitName>(name: K) => this.#below(name) };
    this.asked = computed(() => pick(below, ASKED));
    this.settled = computed(() => curveFrameOf(this.source.value ? this : this.heard));
    this.isBusy = computed(() => this.awaited.value > (this.settled.value?.request ?? 0));
    this.unsettled = computed(() => unanswered(this.asked.value, this.settled.value));
    this.late = computed(() => lateOf(this, unanswered(pick(this, ASKED), curveFrameOf(this))));
    this.answersLocally = computed(
      () =>
        !this.source.value &&
        Object.keys(this.local.value).length > 0 &&
        this.late.value.asked.length === 0,
    );
  }

  /** A trait as it is shown. */
  get<K extends TraitName>(name: K): ScopeTraits[K] {
    let known = this.#shown.get(name);
    if (!known) {
      known = computed(() =>
        name in this.local.value ? this.local.value[name] : this.#below(name),
      );
      this.#shown.set(name, known);
    }
    return known.value as ScopeTraits[K];
  }

  /** The traits as the model has them: as the kernel has answered, or was asked. */
  readonly heard: TraitSource = {
    get: <K extends TraitName>(name: K) => this.#ofModel(name).value as ScopeTraits[K],
  };

  /** Sets traits of the model, as one change; who saves it sends them. */
  set(values: Values): void {
    batch(() => {
      for (const [key, value] of Object.entries(values)) {
        const name = key as TraitName;
        const own = this.#ofModel(name);
        this.#model.set(name, value as ScopeTraits[typeof name]);
        this.#take(name, own);
      }
    });
  }

  /** Sets what is wanted on the model, as the request with this number. */
  submit(id: number): void {
    const asked = this.wanted.peek();
    batch(() => {
      this.awaited.value = id;
      this.set({ ...asked, _request: { id, asked } });
      this.wanted.value = {};
    });
  }

  /** Lays values over the model's beside those that are there. */
  merge(values: Values): void {
    this.local.value = { ...this.local.peek(), ...values };
  }

  /** Takes away all that the page has laid over the model's values. */
  clear(): void {
    if (Object.keys(this.local.peek()).length > 0) this.local.value = {};
  }

  #below<K extends TraitName>(name: K): ScopeTraits[K] {
    const wanted: Values = this.wanted.value;
    return name in wanted ? (wanted[name] as ScopeTraits[K]) : this.heard.get(name);
  }

  #ofModel(name: TraitName) {
    const known = this.#heard.get(name);
    if (known) return known;
    const made = signal<unknown>(this.#model.get(name));
    this.#heard.set(name, made);
    if (this.#signal.aborted) return made;
    const changed = () => this.#collect(name);
    this.#model.on(`change:${name}`, changed);
    const leave = () => this.#model.off(`change:${name}`, changed);
    this.#signal.addEventListener("abort", leave, { once: true });
    return made;
  }

  /** Notes a change; those of one message come one by one, and are taken together. */
  #collect(name: TraitName): void {
    if (this.#changed.size === 0) queueMicrotask(() => this.#takeAll());
    this.#changed.add(name);
  }

  #takeAll(): void {
    const names = [...this.#changed];
    this.#changed.clear();
    if (this.#signal.aborted) return;
    batch(() => {
      for (const name of names) this.#take(name, this.#ofModel(name));
    });
  }

  #take(name: TraitName, own: ReturnType<typeof signal<unknown>>): void {
    const value = this.#model.get(name);
    if (!sameValue(own.peek(), value)) own.value = value;
  }
}

/** Calls `changed` whenever what `read` reads has changed, until the signal is aborted. */
export function watch<T>(read: () => T, changed: (value: T) => void, abort: AbortSignal): void {
  if (abort.aborted) return;
  let isFirst = true;
  const end = effect(() => {
    const value = read();
    if (isFirst) isFirst = false;
    else untracked(() => changed(value));
  });
  abort.addEventListener("abort", end, { once: true });
}
