import widget from "./scope.js";
import { Kernel } from "./kernel.js";
import { Model } from "./model.js";

/** Starts one model with its kernel and `views` views of it. */
window.start = async (layer, views = 1) => {
  const kernel = new Kernel(layer);
  const model = new Model(kernel.state(), (changes) => kernel.ask(changes), (message) =>
    kernel.hear(message),
  );
  kernel.model = model;
  const closing = new AbortController();
  const definition = await widget();
  await definition.initialize({ model: model.proxy(), signal: closing.signal });
  window.scope = { kernel, model, closing, views: [] };
  window.view = async () => {
    const el = document.body.appendChild(document.createElement("div"));
    const removal = new AbortController();
    await definition.render({ model: model.proxy(), el, signal: removal.signal });
    window.scope.views.push({ el, removal });
  };
  for (let k = 0; k < views; k += 1) await window.view();
};
