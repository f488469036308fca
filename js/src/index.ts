import type { InitializeProps, RenderProps } from "@anywidget/types";
import { NO_HINTS } from "./answers/move-hints.ts";
import { OptimisticAnswers } from "./answers/optimistic-answers.ts";
import { openSavedPage } from "./app/saved-page.ts";
import { kernelStatusOf, offlineKernelOf, playbackInterval, type Session } from "./app/session.ts";
import { mountView } from "./app/view.ts";
import { wallClock } from "./base/clock.ts";
import { KernelConnection } from "./kernel/kernel-connection.ts";
import { Playback } from "./kernel/playback.ts";
import { RequestQueue } from "./kernel/request-queue.ts";
import { TileRequests } from "./kernel/tile-requests.ts";
import { SAVED_ID } from "./protocol/limits.ts";
import type { ScopeTraits } from "./protocol/traits.ts";

/**
 * The widget: a factory that a host calls once for each model. A host hands `initialize` and each
 * `render` a proxy of its own, so what the views of one model share lives in this closure: neither
 * the proxy nor the module, which some hosts cache, could hold it. They share the model that
 * `initialize` was given too.
 */
const scope = () => {
  let session: Session | undefined;

  const initialize = ({
    model,
    signal,
  }: Pick<InitializeProps<ScopeTraits>, "model" | "signal">): void => {
    const kernel = new KernelConnection(model, signal);
    const kernelModel = kernel.model;
    const { offline, damage } = offlineKernelOf(kernel, signal);
    // Where nothing is held the requests go past what the page counts by itself, to the kernel.
    const askedModel = offline?.model ?? kernelModel;
    const optimistic = offline ? undefined : new OptimisticAnswers(kernelModel, signal);
    const answersLocally = () => optimistic?.answersLocally ?? false;
    const status = kernelStatusOf(kernel, offline);
    const requests = new RequestQueue(askedModel, signal, wallClock, answersLocally, status);
    const planePlayback = new Playback(askedModel, requests, signal, playbackInterval);
    const stepPlayback = new Playback(askedModel, requests, signal, playbackInterval, "step");
    const tiles = new TileRequests(askedModel, requests, signal);
    kernel.subscribe(() => kernel.isGone && offline?.resume(), signal);
    const source = () => offline?.source;
    const hints = optimistic ?? NO_HINTS;
    const shownModel = (offline ?? optimistic)?.model ?? kernelModel;
    session = {
      kernel,
      model: shownModel,
      source,
      damage,
      hints,
      requests,
      planePlayback,
      stepPlayback,
      tiles,
    };
  };
  const render = ({ el, signal }: Pick<RenderProps<ScopeTraits>, "el" | "signal">): void => {
    if (!session) throw new Error("expected initialize before render");
    mountView(session.model, el, session, signal);
  };
  return { initialize, render };
};

export default scope;

// A saved page holds this module inline, where nothing could import it: there it starts itself.
const saved = document.getElementById(SAVED_ID);

if (saved) openSavedPage(scope(), saved);
