import type { EventHandler, ScopeModel, ScopeTraits } from "../protocol/traits.ts";

/** Creates a model in memory, without a kernel: nothing that is saved goes anywhere. */
export function createMemoryModel(traits: Partial<ScopeTraits>): ScopeModel {
  const values = new Map<string, unknown>(Object.entries(traits));
  const handlers = new Map<string, Set<EventHandler>>();
  const model = {
    get: (name: string) => values.get(name),
    set: (name: string, value: unknown) => {
      if (Object.is(values.get(name), value)) return;
      values.set(name, value);
      for (const handler of [...(handlers.get(`change:${name}`) ?? [])]) handler();
    },
    on: (event: string, handler: EventHandler) => {
      handlers.set(event, (handlers.get(event) ?? new Set()).add(handler));
    },
    off: (event: string, handler: EventHandler) => {
      handlers.get(event)?.delete(handler);
    },
    save_changes: () => {},
    send: () => {},
  };
  return model as unknown as ScopeModel;
}
