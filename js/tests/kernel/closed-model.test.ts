import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyWhenClosed } from "../../src/kernel/closed-model.ts";
import type { ScopeModel } from "../../src/protocol/traits.ts";

type Values = Record<string, unknown>;
type Handler = (told?: unknown) => void;

/** As Backbone's: it keeps what the last change replaced, and calls all that listened at an event. */
class HostModel {
  attributes: Values = {};
  previous: Values = {};
  readonly told: string[] = [];
  #handlers: [string, Handler][] = [];

  set(values: Values, options: { unset?: boolean; silent?: boolean } = {}): void {
    this.previous = { ...this.attributes };
    for (const [name, value] of Object.entries(values)) {
      if (options.unset) delete this.attributes[name];
      else this.attributes[name] = value;
      if (!options.silent) this.told.push(name);
    }
  }

  on(event: string, handler: Handler): void {
    this.#handlers = [...this.#handlers, [event, handler]];
  }

  off(event: string, handler: Handler): void {
    this.#handlers = this.#handlers.filter(([of, each]) => of !== event || each !== handler);
  }

  get handlers(): number {
    return this.#handlers.length;
  }

  trigger(event: string, told?: unknown): void {
    for (const [of, handler] of this.#handlers) if (of === event) handler(told);
  }
}

const HOSTS = {
  layout: "IPY_MODEL_1",
  tooltip: null,
  _dom_classes: [],
  _model_name: "AnyModel",
  _view_name: "AnyView",
  _view_module_version: "~0.11.*",
};
const OWN = {
  _css: ".srm-scope {}",
  _esm: "export default {}",
  _script: "H4sI",
  _counts: new DataView(new ArrayBuffer(8)),
  _names: ["a", "b"],
  theta: 1,
};

function opened() {
  const [model, closing] = [new HostModel(), new AbortController()];
  model.set({ ...HOSTS, ...OWN }, { silent: true });
  // The host listens first, as anywidget does, and aborts in what it is told.
  model.on("destroy", () => closing.abort());
  emptyWhenClosed(model as unknown as ScopeModel, closing.signal);
  return { model, closing };
}

test("a closed model keeps what its host reads, and says nothing of the rest", () => {
  const { model } = opened();
  model.trigger("destroy", model);
  assert.deepEqual([model.attributes, model.previous, model.told], [HOSTS, HOSTS, []]);
});

test("a model that is bound anew keeps all, and is not listened to", () => {
  const { model, closing } = opened();
  closing.abort();
  assert.equal(model.handlers, 1);
  assert.deepEqual(model.attributes, { ...HOSTS, ...OWN });
});

test("an end that hands over no model is no harm", () => {
  const { model } = opened();
  model.trigger("destroy");
  assert.deepEqual(model.attributes, { ...HOSTS, ...OWN });
});
