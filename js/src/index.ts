import type { InitializeProps, RenderProps } from "@anywidget/types";
import { Player } from "./player.ts";
import { Requests } from "./requests.ts";
import { mount, type Session } from "./scope.ts";
import { Tiles } from "./tiles.ts";
import type { ScopeTraits } from "./traits.ts";

const INTERVAL = 170;
const CALM_INTERVAL = 1000;

function interval(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? CALM_INTERVAL : INTERVAL;
}

/**
 * A host calls the factory once a model and hands `initialize` and each `render` a proxy of its own,
 * so what the views of one model share lives in this closure: neither the proxy nor the module,
 * which some hosts cache, could hold it.
 */
export default () => {
  let session: Session | undefined;

  const initialize = ({ model, signal }: InitializeProps<ScopeTraits>): void => {
    const requests = new Requests(model, signal);
    const player = new Player(model, requests, signal, interval);
    const steps = new Player(model, requests, signal, interval, "step");
    session = { requests, player, steps, tiles: new Tiles(model, requests, signal) };
  };
  const render = ({ model, el, signal }: RenderProps<ScopeTraits>): void => {
    if (!session) throw new Error("expected initialize before render");
    mount(model, el, session, signal);
  };
  return { initialize, render };
};
