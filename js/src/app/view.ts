import { errorText } from "../base/format.ts";
import { nearest } from "../base/numbers.ts";
import { saveFile } from "../export/save-file.ts";
import type { RequestQueue } from "../kernel/request-queue.ts";
import { askedOf } from "../protocol/asked.ts";
import { cloudFrameOf, curveFrameOf, layerFrameOf, legendOf } from "../protocol/readers.ts";
import { listen, pick, type ScopeModel, SHOWN } from "../protocol/traits.ts";
import { asAnswered, type ScopeState } from "../state/shown.ts";
import { element, setText } from "../ui/elements.ts";
import { type FrameScheduler, frameScheduler } from "../ui/frame-scheduler.ts";
import { watchLayout } from "../ui/layout-observers.ts";
import { createReadingOrder } from "../ui/responsive-order.ts";
import { followTheme } from "../ui/theme.ts";
import type { FileKind } from "../views/controls/save-menu.ts";
import {
  clickDisc,
  dragHandle,
  type SpotlightGestures,
} from "../views/polar/spotlight-gestures.ts";
import { createPanels, type Panels } from "./panels.ts";
import { createReaders, polarPicture, type Readers, readRenderState } from "./render-state.ts";
import type { Session } from "./session.ts";

function readScopeState(model: ScopeModel, { requests }: Session): ScopeState {
  return {
    isOffline: requests.isOffline,
    ...askedOf(model),
    steps: model.get("_steps") ?? [],
    ...pick(model, [
      "compare",
      "title",
      "signed",
      "scale",
      "navigator",
      "cloud",
      "by_class",
      "table",
      "error",
    ]),
    cloudFrame: cloudFrameOf(model),
    legend: legendOf(model),
    hidden_classes: model.get("hidden_classes") ?? [],
    layer: layerFrameOf(model),
    frame: curveFrameOf(model),
  };
}

function paint(model: ScopeModel, panels: Panels, session: Session, read: Readers): void {
  const { local, plotArea, curveLegend, planeMap } = panels;
  // Read before anything is written, and only where it may be another, or the browser would have to
  // lay out twice.
  local.width ??= Math.round(plotArea.clientWidth);
  const { width } = local;
  const rendered = readRenderState(model, read, readScopeState(model, session));
  const { shown, state, arrays, map, cloud } = rendered;
  planeMap.update(shown, map, model.get("_names") ?? []);
  panels.strip.update(shown);
  panels.timeline.update(shown, state);
  panels.table.update(shown);
  const source = session.source();
  panels.provenance.update(source, shown.step);
  panels.notice.update(source ? undefined : session.kernel.notice);
  panels.header.update(shown, state, {
    playing: session.planePlayback.isPlaying,
    still: session.requests.isOffline,
  });
  panels.controls.update(shown, state);
  panels.readout.update(state, shown.frame, shown.legend);
  curveLegend.update(shown, arrays);
  panels.classLegend.update(shown);
  panels.cloudLegend.update(shown.cloud, cloud.cells);
  panels.cloudLegend.node.hidden = shown.layer.levels.length > 0; // counts keep no samples
  // Nobody waits for a kernel that is gone.
  const note = shown.frame || !session.requests.isOffline ? state.note : "";
  setText(panels.note, note);
  panels.note.hidden = note === "";
  // Never over the handle.
  panels.note.classList.toggle("srm-note-above", Math.sin(shown.theta) < 0);
  const problems = [local.refusal || shown.error, local.unsaved, session.damage];
  const problem = problems.filter(Boolean).join(" · ");
  setText(panels.error, problem);
  panels.error.hidden = problem === "";
  const pointed = panels.strip.pointed();
  if (width > 0) panels.polarPlot.draw({ ...polarPicture(rendered, width), pointed });
}

/** Saves a file of the scope as the kernel has answered it. */
function saveScope(
  kind: FileKind,
  model: ScopeModel,
  view: MountedView,
  signal: AbortSignal,
): void {
  const { panels, session, read, root, repaint } = view;
  const rendered = readRenderState(model, read, asAnswered(readScopeState(model, session)));
  const told = (unsaved: string) => {
    if (panels.local.unsaved === unsaved) return;
    panels.local.unsaved = unsaved;
    repaint.soon();
  };
  const width = Math.round(panels.plotArea.clientWidth);
  const picture = { ...polarPicture(rendered, width), pointed: undefined };
  const { shown, state } = rendered;
  saveFile(kind, { root, shown, state, picture }, signal).then(
    () => told(""),
    (error) => told(`Not saved: ${errorText(error)}`),
  );
}

interface MountedView {
  panels: Panels;
  session: Session;
  read: Readers;
  root: HTMLElement;
  repaint: FrameScheduler;
}

function attachGestures(
  model: ScopeModel,
  panels: Panels,
  requests: RequestQueue,
  signal: AbortSignal,
) {
  const { polarPlot } = panels;
  const gestures: SpotlightGestures = {
    theta: () => model.get("theta"),
    turn: (theta) => requests.ask("theta", theta),
    widen: (epsilon) => requests.ask("epsilon", nearest(layerFrameOf(model).levels, epsilon)),
  };
  for (const handle of polarPlot.spotlight.handles) {
    dragHandle(polarPlot.node, handle, gestures, signal);
  }
  clickDisc(polarPlot.node, polarPlot.disc, gestures, signal);
}

/** Creates one view: DOM under `el` that follows the model until `signal` is aborted. */
export function mountView(
  model: ScopeModel,
  el: HTMLElement,
  session: Session,
  signal: AbortSignal,
): void {
  const panels = createPanels(model, session, signal);
  const { header, plotArea, curveLegend, error, readout, controls, planeMap, strip, table } =
    panels;
  const keys = [curveLegend.node, panels.cloudLegend.node, panels.classLegend.node];
  const figure = element("figure", { class: "srm-figure" }, [
    plotArea,
    panels.notice.node,
    ...keys,
    error,
  ]);
  const probe = element("span", { class: "srm-probe", "aria-hidden": "true" });
  const body = element("div", { class: "srm-body" });
  const [top, end] = [
    [header.node, figure],
    [table.node, panels.provenance.node],
  ];
  const samples = [panels.timeline.node, strip.node];
  const narrow = [...top, ...samples, planeMap.node, readout.node, controls.node, ...end];
  const wide = [...top, readout.node, planeMap.node, controls.node, ...samples, ...end];
  const layout = { parent: body, from: 640, narrow, wide };
  const follow = createReadingOrder([layout, header.layout]);
  body.append(...narrow);
  // JupyterLab looks for this on the focused element itself before its own keys, arrows among them.
  for (const control of body.querySelectorAll("input, button, select, canvas")) {
    control.setAttribute("data-lm-suppress-shortcuts", "true");
  }
  const named = `${panels.id}-kind ${panels.id}-title`;
  const attributes = { class: "srm-scope", role: "group", "aria-labelledby": named };
  const root = element("div", attributes, [probe, body]);
  el.append(root);

  const read = createReaders(model);
  // A host may make a view before it has a place in the page, or take it out for a while: nothing is
  // seen then, and no style is to be read. Its size says when it is back.
  const seen = () => root.isConnected && paint(model, panels, session, read);
  const repaint = frameScheduler(seen, signal);
  panels.repaint.soon = repaint.soon;
  const view = { panels, session, read, root, repaint };
  panels.saving.save = (kind) => saveScope(kind, model, view, signal);
  const escaped = (event: KeyboardEvent) => event.key === "Escape" && header.closeHelp();
  body.addEventListener("keydown", escaped, { signal });
  listen(model, SHOWN, repaint.soon, signal);
  // At once: with one request under way at a time, answers can not outrun the drawing. What the page
  // has drawn already can wait for the next frame.
  const answered = () => (session.hints.answersLocally ? repaint.soon() : repaint.now());
  session.requests.onAnswer(answered, signal);
  session.kernel.subscribe(repaint.soon, signal);
  session.planePlayback.subscribe(repaint.soon, signal);
  session.stepPlayback.subscribe(repaint.soon, signal);
  attachGestures(model, panels, session.requests, signal);
  panels.polarPlot.node.addEventListener("pointerenter", () => session.hints.beamTouched(), {
    signal,
  });
  const restyle = () => {
    for (const { restyle } of [planeMap, panels.polarPlot, panels.cloudLegend]) restyle();
    repaint.soon();
  };
  const updateTheme = followTheme(root, probe, restyle, signal);
  watchLayout(
    plotArea,
    () => {
      updateTheme();
      follow(root.clientWidth);
      panels.local.width = undefined;
      repaint.soon();
    },
    signal,
  );
  signal.addEventListener("abort", () => root.remove(), { once: true });
  repaint.now();
}
