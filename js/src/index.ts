import type { InitializeProps, RenderProps } from "@anywidget/types";
import { AT_HOME } from "./answers/move-hints.ts";
import { Local } from "./answers/optimistic-answers.ts";
import { openSaved, SAVED } from "./app/saved-page.ts";
import { contactOf, frozenOf, interval, type Session } from "./app/session.ts";
import { mount } from "./app/view.ts";
import { wallClock } from "./base/clock.ts";
import { Kernel } from "./kernel/kernel-connection.ts";
import { Player } from "./kernel/playback.ts";
import { Requests } from "./kernel/request-queue.ts";
import { Tiles } from "./kernel/tile-requests.ts";
import type { ScopeTraits } from "./protocol/traits.ts";

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
    const kernel = new Kernel(model, signal);
    const below = kernel.model;
    const { frozen, damage } = frozenOf(kernel, signal);
    // Where nothing is held the requests go past what the page counts by itself, to the kernel.
    const asked = frozen?.model ?? below;
    const local = frozen ? undefined : new Local(below, signal);
    const leads = () => local?.leads ?? false;
    const contact = contactOf(kernel, frozen);
    const requests = new Requests(asked, signal, wallClock, leads, contact);
    const player = new Player(asked, requests, signal, interval);
    const steps = new Player(asked, requests, signal, interval, "step");
    const tiles = new Tiles(asked, requests, signal);
    kernel.watch(() => kernel.gone && frozen?.goOn(), signal);
    const source = () => frozen?.source;
    const hand = local ?? AT_HOME;
    const seen = (frozen ?? local)?.model ?? below;
    session = { kernel, model: seen, source, damage, hand, requests, player, steps, tiles };
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
