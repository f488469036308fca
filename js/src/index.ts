import type { InitializeProps, RenderProps } from "@anywidget/types";
import { type DocumentProps, openSavedPage, renderInDocument } from "./app/saved-page.ts";
import { createSession, type Session } from "./app/session.ts";
import { mountView } from "./app/view.ts";
import { emptyWhenClosed } from "./kernel/closed-model.ts";
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
    session = createSession(model, signal);
    emptyWhenClosed(model, signal);
  };
  const render = ({ el, signal }: Pick<RenderProps<ScopeTraits>, "el" | "signal">): void => {
    if (!session) throw new Error("expected initialize before render");
    mountView(el, session, signal);
  };
  return { initialize, render };
};

// A document has no kernel and takes no factory: it calls the `render` of what is exported, once.
const render = (given: DocumentProps) => renderInDocument(scope(), given);

export default Object.assign(scope, { render });

// A saved page holds this module inline, where nothing could import it: there it starts itself.
const saved = document.getElementById(SAVED_ID);

if (saved) openSavedPage(scope(), saved);
