/** The script of the page that the browser tests open, bundled by `js/host.ts`. */

import type { FakeLayer } from "./kernel/fake-kernel.ts";
// @ts-expect-error: the page as it is built, which stands beside the bundle
import widget from "./scope.js";
import { ScopeHost } from "./scope-host.ts";

/** Starts one model with its kernel and `views` views of it. */
const start = (layer: FakeLayer, views = 1): void => {
  const scope = new ScopeHost(widget, layer);
  Object.assign(window, { scope, view: (place?: HTMLElement) => scope.addView(place) });
  for (let k = 0; k < views; k += 1) scope.addView();
};

Object.assign(window, { start });
