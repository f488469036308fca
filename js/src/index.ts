import type { InitializeProps, RenderProps } from "@anywidget/types";
import { reasonOf } from "./format.ts";
import { Kernel } from "./kernel.ts";
import { openSaved, SAVED } from "./page.ts";
import { Player } from "./player.ts";
import { type Contact, Requests, taskClock, wallClock } from "./requests.ts";
import { mount } from "./scope.ts";
import type { Session } from "./session.ts";
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

/** Where the page can answer by itself nobody is missed. */
function contactOf(kernel: Kernel, frozen: Frozen | undefined): Contact {
  if (!frozen) return kernel;
  const expect = () => {
    if (!frozen.source) kernel.expect();
  };
  return { gone: false, expect, watch: () => {} };
}

/** What answers from what the page holds, or what is wrong with that. */
function frozenOf(kernel: Kernel, signal: AbortSignal): { frozen?: Frozen; damage: string } {
  const { model } = kernel;
  const frame = heldFrameOf(model);
  if (!frame) return { damage: "" };
  const own = new AbortController();
  signal.addEventListener("abort", () => own.abort(), { once: true });
  try {
    const held = heldOf(frame, model.get("_held"));
    return {
      frozen: new Frozen(model, held, own.signal, taskClock, () => kernel.gone),
      damage: "",
    };
  } catch (error) {
    own.abort();
    return { damage: `The data that this page holds are damaged: ${reasonOf(error)}` };
  }
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
