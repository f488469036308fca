import type { EventHandler, ScopeModel, ScopeTraits, TraitName } from "../protocol/traits.ts";

/** Takes what views save and send. */
export type Outgoing = Pick<ScopeModel, "save_changes" | "send">;

const entriesOf = (values: Partial<ScopeTraits>) =>
  Object.entries(values) as [TraitName, unknown][];

/**
 * A model with values of the page's own laid over some of the kernel's. They are nowhere but here:
 * set on the model itself they would be sent, and the kernel refuses its own.
 */
export class ModelOverlay {
  /** the model with the values laid over it */
  readonly model: ScopeModel;
  readonly #below: ScopeModel;
  readonly #signal: AbortSignal;
  #values = new Map<TraitName, unknown>();
  readonly #handlers = new Map<string, Set<EventHandler>>();

  constructor(below: ScopeModel, signal: AbortSignal, outgoing: Outgoing = below) {
    this.#below = below;
    this.#signal = signal;
    this.model = {
      get: (name) => this.#get(name),
      set: (name, value) => below.set(name, value),
      on: (event: string, handler: EventHandler) => this.#on(event, handler),
      off: (event?: string | null, handler?: EventHandler | null) => {
        if (event && handler) this.#handlers.get(event)?.delete(handler);
      },
      save_changes: () => outgoing.save_changes(),
      send: (content) => outgoing.send(content),
      widget_manager: below.widget_manager,
    };
  }

  get isActive(): boolean {
    return this.#values.size > 0;
  }

  /**
   * Lays values over the model's beside those that are there; all are set before the first event.
   */
  merge(values: Partial<ScopeTraits>): void {
    this.#change(new Map([...this.#values, ...entriesOf(values)]));
  }

  /** Lays values over the model's in place of those that were there. */
  replace(values: Partial<ScopeTraits>): void {
    this.#change(new Map(entriesOf(values)));
  }

  /** Removes all values laid over the model's. */
  clear(): void {
    if (this.isActive) this.#change(new Map());
  }

  #change(values: Map<TraitName, unknown>): void {
    const names = new Set([...this.#values.keys(), ...values.keys()]);
    const before = new Map([...names].map((name) => [name, this.#get(name)]));
    this.#values = values;
    this.#tell([...names].filter((name) => this.#get(name) !== before.get(name)));
  }

  #get<K extends TraitName>(name: K): ScopeTraits[K] {
    return this.#values.has(name)
      ? (this.#values.get(name) as ScopeTraits[K])
      : this.#below.get(name);
  }

  #on(event: string, handler: EventHandler): void {
    const known = this.#handlers.get(event);
    if (known) {
      known.add(handler);
      return;
    }
    this.#handlers.set(event, new Set([handler]));
    const hear: EventHandler = (...heard) => this.#heard(event, heard);
    this.#below.on(event, hear);
    this.#signal.addEventListener("abort", () => this.#below.off(event, hear), { once: true });
  }

  #heard(event: string, heard: unknown[]): void {
    // What is covered may change as it likes.
    if (this.#values.has(event.replace("change:", "") as TraitName)) return;
    for (const handler of [...(this.#handlers.get(event) ?? [])]) handler(...heard);
  }

  #tell(names: readonly TraitName[]): void {
    for (const name of names) {
      for (const handler of [...(this.#handlers.get(`change:${name}`) ?? [])]) handler();
    }
  }
}
