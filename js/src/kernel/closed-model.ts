import type { EventHandler, ScopeModel } from "../protocol/traits.ts";

/** A host's own model, as Backbone's event hands it over. */
interface ClosedModel {
  readonly attributes: Readonly<Record<string, unknown>>;
  set(values: Readonly<Record<string, unknown>>, options: Readonly<Record<string, boolean>>): void;
}

// What a host reads of any widget, also while it takes the views of a closed one away.
const OF_HOST = /^(layout|tabbable|tooltip|_dom_classes|_(model|view)_\w+)$/;

/**
 * Has a model that was closed for good let go of what it holds: JupyterLab keeps the comm of every
 * widget, and with it the model, until the kernel ends, so that each run of a cell would leave a
 * stylesheet, counts and points in the page. Hosts without such models tell of no end. A host
 * aborts `signal` as the first that hears of the end, and Backbone calls all that listened then.
 */
export function emptyWhenClosed(model: ScopeModel, signal: AbortSignal): void {
  const ended = (closed?: Partial<ClosedModel>) => {
    if (!closed?.attributes || !closed.set) return;
    const names = Object.keys(closed.attributes).filter((name) => !OF_HOST.test(name));
    // Quietly, since nobody is to draw it; once more, for it remembers what the last change replaced.
    const unset = Object.fromEntries(names.map((name) => [name, undefined]));
    closed.set(unset, { unset: true, silent: true });
    closed.set({}, { silent: true });
  };
  model.on("destroy", ended as EventHandler);
  signal.addEventListener("abort", () => model.off("destroy", ended), { once: true });
}
