import { reasonOf } from "../base/format.ts";
import { nearest } from "../base/numbers.ts";
import { save } from "../export/save-file.ts";
import type { Requests } from "../kernel/request-queue.ts";
import { askedOf } from "../protocol/asked.ts";
import { cloudFrameOf, frameOf, layerOf, legendOf } from "../protocol/readers.ts";
import { listen, pick, type ScopeModel, SHOWN } from "../protocol/traits.ts";
import { answered, type Shown } from "../state/shown.ts";
import { element, setText } from "../ui/elements.ts";
import { type Repaint, repainting } from "../ui/frame-scheduler.ts";
import { watchLayout } from "../ui/layout-observers.ts";
import { createReadingOrder } from "../ui/responsive-order.ts";
import { followTheme } from "../ui/theme.ts";
import type { FileKind } from "../views/controls/save-menu.ts";
import { clickDisc, dragGrip, type Gestures } from "../views/polar/spotlight-gestures.ts";
import { assemble, type Parts } from "./panels.ts";
import { pictured, type Readers, readDrawn, readersOf } from "./render-state.ts";
import type { Session } from "./session.ts";

function readShown(model: ScopeModel, { requests }: Session): Shown {
  return {
    alone: requests.forsaken,
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
    layer: layerOf(model),
    frame: frameOf(model),
  };
}

function paint(model: ScopeModel, parts: Parts, session: Session, read: Readers): void {
  const { local, dial, legend, navigator } = parts;
  // Read before anything is written, and only where it may be another, or the browser would have to
  // lay out twice.
  local.width ??= Math.round(dial.clientWidth);
  const { width } = local;
  const drawn = readDrawn(model, read, readShown(model, session));
  const { shown, state, arrays, map, cloud } = drawn;
  navigator.update(shown, map, model.get("_names") ?? []);
  parts.strip.update(shown);
  parts.steps.update(shown, state);
  parts.table.update(shown);
  const source = session.source();
  parts.provenance.update(source, shown.step);
  parts.notice.update(source ? undefined : session.kernel.notice);
  parts.header.update(shown, state, {
    playing: session.player.playing,
    still: session.requests.forsaken,
  });
  parts.controls.update(shown, state);
  parts.readout.update(state, shown.frame, shown.legend);
  legend.update(shown, arrays);
  parts.classKey.update(shown);
  parts.cloudKey.update(shown.cloud, cloud.cells);
  parts.cloudKey.node.hidden = shown.layer.levels.length > 0; // counts keep no samples
  // Nobody waits for a kernel that is gone.
  const note = shown.frame || !session.requests.forsaken ? state.note : "";
  setText(parts.note, note);
  parts.note.hidden = note === "";
  // Never over the handle.
  parts.note.classList.toggle("srm-note-above", Math.sin(shown.theta) < 0);
  const problems = [local.refusal || shown.error, local.unsaved, session.damage];
  const problem = problems.filter(Boolean).join(" · ");
  setText(parts.error, problem);
  parts.error.hidden = problem === "";
  const pointed = parts.strip.pointed();
  if (width > 0) parts.polar.draw({ ...pictured(drawn, width), pointed });
}

/** Saves the scope as the kernel has answered it: drawn so for a moment, copied, and drawn back. */
function saveScope(kind: FileKind, model: ScopeModel, view: Viewed, signal: AbortSignal): void {
  const { parts, session, read, root, figure, repaint } = view;
  const drawn = readDrawn(model, read, answered(readShown(model, session)));
  const told = (unsaved: string) => {
    parts.local.unsaved = unsaved;
    repaint.soon();
  };
  const width = Math.round(parts.dial.clientWidth);
  parts.polar.draw({ ...pictured(drawn, width), pointed: undefined });
  const saved = save(kind, { root, figure, polar: parts.polar.node, ...drawn }, signal);
  repaint.now();
  saved.then(
    () => told(""),
    (error) => told(`Not saved: ${reasonOf(error)}`),
  );
}

interface Viewed {
  parts: Parts;
  session: Session;
  read: Readers;
  root: HTMLElement;
  figure: HTMLElement;
  repaint: Repaint;
}

function attachGestures(model: ScopeModel, parts: Parts, requests: Requests, signal: AbortSignal) {
  const { polar } = parts;
  const gestures: Gestures = {
    theta: () => model.get("theta"),
    turn: (theta) => requests.ask("theta", theta),
    widen: (epsilon) => requests.ask("epsilon", nearest(layerOf(model).levels, epsilon)),
  };
  for (const grip of polar.beam.grips) dragGrip(polar.node, grip, gestures, signal);
  clickDisc(polar.node, polar.disc, gestures, signal);
}

/** One view: DOM under `el` that follows the model until `signal` is aborted. */
export function mount(
  model: ScopeModel,
  el: HTMLElement,
  session: Session,
  signal: AbortSignal,
): void {
  const parts = assemble(model, session, signal);
  const { header, dial, legend, error, readout, controls, navigator, strip, table } = parts;
  const keys = [legend.node, parts.cloudKey.node, parts.classKey.node];
  const figure = element("figure", { class: "srm-figure" }, [
    dial,
    parts.notice.node,
    ...keys,
    error,
  ]);
  const probe = element("span", { class: "srm-probe", "aria-hidden": "true" });
  const body = element("div", { class: "srm-body" });
  const [top, end] = [
    [header.node, figure],
    [table.node, parts.provenance.node],
  ];
  const samples = [parts.steps.node, strip.node];
  const narrow = [...top, ...samples, navigator.node, readout.node, controls.node, ...end];
  const wide = [...top, readout.node, navigator.node, controls.node, ...samples, ...end];
  const panels = { parent: body, from: 640, narrow, wide };
  const follow = createReadingOrder([panels, header.layout]);
  body.append(...narrow);
  // JupyterLab looks for this on the focused element itself before its own keys, arrows among them.
  for (const control of body.querySelectorAll("input, button, select, canvas")) {
    control.setAttribute("data-lm-suppress-shortcuts", "true");
  }
  const named = `${parts.id}-kind ${parts.id}-title`;
  const attributes = { class: "srm-scope", role: "group", "aria-labelledby": named };
  const root = element("div", attributes, [probe, body]);
  el.append(root);

  const read = readersOf(model);
  // A host may make a view before it has a place in the page, or take it out for a while: nothing is
  // seen then, and no style is to be read. Its size says when it is back.
  const seen = () => root.isConnected && paint(model, parts, session, read);
  const repaint = repainting(seen, signal);
  parts.repaint.soon = repaint.soon;
  const view = { parts, session, read, root, figure, repaint };
  parts.saving.save = (kind) => saveScope(kind, model, view, signal);
  const escaped = (event: KeyboardEvent) => event.key === "Escape" && header.closeHelp();
  body.addEventListener("keydown", escaped, { signal });
  listen(model, SHOWN, repaint.soon, signal);
  // At once: with one request under way at a time, answers can not outrun the drawing. What the page
  // has drawn already can wait for the next frame.
  const answered = () => (session.hand.leads ? repaint.soon() : repaint.now());
  session.requests.onAnswer(answered, signal);
  session.kernel.watch(repaint.soon, signal);
  session.player.watch(repaint.soon, signal);
  session.steps.watch(repaint.soon, signal);
  attachGestures(model, parts, session.requests, signal);
  parts.polar.node.addEventListener("pointerenter", () => session.hand.nearBeam(), { signal });
  const restyle = () => {
    for (const { restyle } of [navigator, parts.polar, parts.cloudKey]) restyle();
    repaint.soon();
  };
  const updateTheme = followTheme(root, probe, restyle, signal);
  watchLayout(
    dial,
    () => {
      updateTheme();
      follow(root.clientWidth);
      parts.local.width = undefined;
      repaint.soon();
    },
    signal,
  );
  signal.addEventListener("abort", () => root.remove(), { once: true });
  repaint.now();
}
