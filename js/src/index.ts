import type { InitializeProps, RenderProps } from "@anywidget/types";
import { openSaved, SAVED } from "./page.ts";
import { Player } from "./player.ts";
import { Requests, wallClock } from "./requests.ts";
import { mount, type Session } from "./scope.ts";
import { Tiles } from "./tiles.ts";
import type { ScopeTraits } from "./traits.ts";
import { Frozen } from "./twin/frozen.ts";
import { heldFrameOf, heldOf } from "./twin/held.ts";
import { AT_HOME, Local } from "./twin/local.ts";

const INTERVAL = 170;
const CALM_INTERVAL = 1000;

function interval(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? CALM_INTERVAL : INTERVAL;
}

/**
 * A host calls the factory once a model and hands `initialize` and each `render` a proxy of its own,
 * so what the views of one model share lives in this closure: neither the proxy nor the module,
 * which some hosts cache, could hold it. They share the model that `initialize` was given too.
 */
const scope = () => {
  let session: Session | undefined;

  const initialize = ({
    model,
    signal,
  }: Pick<InitializeProps<ScopeTraits>, "model" | "signal">): void => {
    const held = heldFrameOf(model);
    const frozen = held && new Frozen(model, heldOf(held, model.get("_held")), signal);
    // Where nothing is held the requests go past what the page counts by itself, to the kernel.
    const asked = frozen?.model ?? model;
    const local = frozen ? undefined : new Local(model, signal);
    const requests = new Requests(asked, signal, wallClock, () => local?.leads ?? false);
    const player = new Player(asked, requests, signal, interval);
    const steps = new Player(asked, requests, signal, interval, "step");
    const tiles = new Tiles(asked, requests, signal);
    const source = () => frozen?.source;
    const hand = local ?? AT_HOME;
    const seen = (frozen ?? local)?.model ?? model;
    session = { model: seen, source, hand, requests, player, steps, tiles };
  };
  const render = ({ el, signal }: Pick<RenderProps<ScopeTraits>, "el" | "signal">): void => {
    if (!session) throw new Error("expected initialize before render");
    mount(session.model, el, session, signal);
  };
  return { initialize, render };
};

export default scope;

// A saved page holds this module inline, where nothing could import it: there it starts itself.
const saved = document.getElementById(SAVED);
if (saved) openSaved(scope(), saved);
