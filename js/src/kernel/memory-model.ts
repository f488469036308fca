import type { ScopeModel, ScopeTraits } from "../protocol/traits.ts";

type Handler = () => void;

/** A model without a kernel or a notebook, for a page of its own: nothing that is saved goes anywhere. */
export function createMemoryModel(traits: Partial<ScopeTraits>): ScopeModel {
  const values = new Map<string, unknown>(Object.entries(traits));
  const handlers = new Map<string, Set<Handler>>();
  const model = {
    get: (name: string) => values.get(name),
    set: (name: string, value: unknown) => {
      if (Object.is(values.get(name), value)) return;
      values.set(name, value);
      for (const handler of [...(handlers.get(`change:${name}`) ?? [])]) handler();
    },
    on: (event: string, handler: Handler) => {
      handlers.set(event, (handlers.get(event) ?? new Set()).add(handler));
    },
    off: (event: string, handler: Handler) => {
      handlers.get(event)?.delete(handler);
    },
    save_changes: () => {},
    send: () => {},
  };
  return model as unknown as ScopeModel;
}
