import { errorText } from "../base/format.ts";
import { nearest } from "../base/numbers.ts";
import { saveFile } from "../export/save-file.ts";
import { layerFrameOf } from "../protocol/readers.ts";
import { asAnswered, scopeStateOf } from "../state/shown.ts";
import { createBinder } from "../ui/bind.ts";
import { element } from "../ui/elements.ts";
import { watchLayout } from "../ui/layout-observers.ts";
import { createReadingOrder } from "../ui/responsive-order.ts";
import { scrollWithin } from "../ui/scroll-within.ts";
import { followTheme } from "../ui/theme.ts";
import type { FileKind } from "../views/controls/save-menu.ts";
import {
  clickDisc,
  dragHandle,
  type SpotlightGestures,
} from "../views/polar/spotlight-gestures.ts";
import { bindPanels } from "./bindings.ts";
import { createPanels, type Panels } from "./panels.ts";
import { polarPicture, type RenderState, renderStateOf } from "./render-state.ts";
import type { Session } from "./session.ts";
import { createViewSignals, type ViewSignals } from "./view-signals.ts";

/** Saves a file of the scope as the kernel has answered it. */
function saveScope(kind: FileKind, view: MountedView, signal: AbortSignal): void {
  const { panels, session, local, drawn, root } = view;
  const answered = renderStateOf(session.store, asAnswered(drawn.shown));
  const told = (unsaved: string) => {
    local.unsaved.value = unsaved;
  };
  const width = Math.round(panels.plotArea.clientWidth);
  const picture = { ...polarPicture(answered, width), pointed: undefined };
  const { shown, state } = answered;
  saveFile(kind, { root, shown, state, picture }, signal).then(
    () => told(""),
    (error) => told(`Not saved: ${errorText(error)}`),
  );
}

interface MountedView {
  panels: Panels;
  session: Session;
  local: ViewSignals;
  drawn: RenderState;
  root: HTMLElement;
}

function attachGestures(
  { polarPlot }: Panels,
  { store, requests, hints }: Session,
  signal: AbortSignal,
) {
  const gestures: SpotlightGestures = {
    theta: () => store.get("theta"),
    turn: (theta) => requests.ask("theta", theta),
    widen: (epsilon) => requests.ask("epsilon", nearest(layerFrameOf(store).levels, epsilon)),
  };
  for (const handle of polarPlot.spotlight.handles) {
    dragHandle(polarPlot.node, handle, gestures, signal);
  }
  clickDisc(polarPlot.node, polarPlot.disc, gestures, signal);
  polarPlot.node.addEventListener("pointerenter", () => hints.beamTouched(), { signal });
}

// A phone that lies on its side: wide, but so low that sliders stand beside the picture.
const LYING = "(max-height: 500px) and (pointer: coarse)";

/** Puts the panels of a view into `body`, in the order in which they are read at each width. */
function arrangePanels(panels: Panels, body: HTMLElement) {
  const { header, plotArea, notice, error, controls, navigator, readout, timeline } = panels;
  // A host may show a view long before it is drawn: what it may not have takes no room till then.
  for (const { node } of [timeline, panels.strip, panels.table, panels.pairList])
    node.hidden = true;
  error.hidden = true;
  const legends = [panels.curveLegend.node, panels.cloudLegend.node, panels.classLegend.node];
  const keys = element("div", { class: "srm-keys" }, legends);
  const picture = [plotArea, panels.litLine.node, notice.node];
  const figure = element("figure", { class: "srm-figure" }, [...picture, error]);
  const [top, samples] = [
    [header.node, figure],
    [timeline.node, panels.strip.node],
  ];
  const end = [panels.table.node, panels.provenance.node];
  // Who scrubs must see what moves: in a narrow place nothing stands between picture and sliders.
  const first = [...top, controls.node, keys];
  const narrow = [...first, ...samples, navigator.node, readout.node, ...end];
  const wide = [...top, readout.node, navigator.node, controls.node, ...samples, ...end];
  const order = { from: 640, unless: matchMedia(LYING) };
  body.append(...narrow);
  return createReadingOrder([
    { ...order, parent: figure, narrow: [...picture, error], wide: [...picture, keys, error] },
    { ...order, parent: body, narrow, wide },
    header.layout,
  ]);
}

/** Creates one view: DOM under `el` that follows the session until `signal` is aborted. */
export function mountView(el: HTMLElement, session: Session, signal: AbortSignal): void {
  const local = createViewSignals(session, signal);
  const save = (kind: FileKind) => saveScope(kind, view, signal);
  const panels = createPanels(session, local, save, signal);
  const { header, plotArea } = panels;
  const probe = element("span", { class: "srm-probe", "aria-hidden": "true" });
  const body = element("div", { class: "srm-body" });
  const follow = arrangePanels(panels, body);
  // JupyterLab looks for this on the focused element itself before its own keys, arrows among them.
  for (const control of body.querySelectorAll("input, button, select, canvas")) {
    control.setAttribute("data-lm-suppress-shortcuts", "true");
  }
  const named = `${panels.id}-kind ${panels.id}-title`;
  const attributes = { class: "srm-scope", role: "group", "aria-labelledby": named };
  const container = element("div", { class: "srm-container" }, [body]);
  const root = element("div", attributes, [probe, container]);
  el.append(root);

  session.views.add(signal);
  const { store } = session;
  const shown = scopeStateOf(
    store,
    () => store.late.value,
    () => local.isOffline.value,
  );
  const drawn = renderStateOf(store, shown);
  const view = { panels, session, local, drawn, root };
  // A host may make a view before it has a place in the page, or take it out for a while: nothing is
  // seen then, and no style is to be read. Its size says when it is back.
  const binder = createBinder(() => root.isConnected, signal);
  const escaped = (event: KeyboardEvent) => event.key === "Escape" && header.closeHelp();
  body.addEventListener("keydown", escaped, { signal });
  attachGestures(panels, session, signal);
  const restyle = () => {
    for (const { restyle } of [panels.planeMap, panels.polarPlot, panels.cloudLegend]) restyle();
    local.styles.value += 1;
  };
  const updateTheme = followTheme(root, probe, restyle, signal);
  watchLayout(
    plotArea,
    () => {
      updateTheme();
      follow(root.clientWidth);
      local.width.value = Math.round(plotArea.clientWidth);
      binder.soon();
    },
    signal,
  );
  scrollWithin(root, container, signal);
  signal.addEventListener("abort", () => root.remove(), { once: true });
  local.width.value = Math.round(plotArea.clientWidth);
  bindPanels(binder, panels, session, local, drawn);
  // At once: with one request under way at a time, answers can not outrun the drawing. What the page
  // has drawn already can wait for the next frame.
  const answered = () => {
    if (!store.answersLocally.peek()) queueMicrotask(binder.now);
  };
  session.requests.onAnswer(answered, signal);
  binder.now();
}
