import { createControls } from "./controls.ts";
import { element, repainting, setText, watchLayout } from "./dom.ts";
import { clickDisc, dragGrip, type Gestures } from "./gestures.ts";
import { createHeader } from "./header.ts";
import { createLegend } from "./legend.ts";
import type { Player } from "./player.ts";
import { createPolar } from "./polar.ts";
import { createReadout } from "./readout.ts";
import { askedOf, type Requests } from "./requests.ts";
import { followTheme } from "./theme.ts";
import {
  type Arrays,
  arrayReader,
  frameOf,
  layerOf,
  listen,
  type ScopeModel,
  SHOWN,
} from "./traits.ts";
import { type Shown, viewState } from "./view-state.ts";

export interface Session {
  requests: Requests;
  player: Player;
}

function readShown(model: ScopeModel): Shown {
  return {
    ...askedOf(model),
    title: model.get("title"),
    signed: model.get("signed"),
    error: model.get("error"),
    layer: layerOf(model),
    frame: frameOf(model),
  };
}

function assemble(model: ScopeModel, { requests, player }: Session, signal: AbortSignal) {
  const local = { points: true, refusal: "" };
  const repaint = { soon: () => {} };
  const header = createHeader(
    {
      toggleSigned: () => requests.tell("signed", !model.get("signed")),
      togglePoints: () => {
        local.points = !local.points;
        repaint.soon();
      },
      togglePlay: () => (player.playing ? player.stop() : player.start()),
    },
    signal,
  );
  const controls = createControls(
    {
      id: `srm-${Math.random().toString(36).slice(2, 10)}`,
      requests,
      pair: () => model.get("pair"),
      planeTouched: () => player.stop(),
      refused: (refusal) => {
        if (local.refusal === refusal) return;
        local.refusal = refusal;
        repaint.soon();
      },
      withdrawn: () => requests.renew(),
    },
    signal,
  );
  const dial = element("div", { class: "srm-dial" });
  const polar = createPolar(dial);
  const note = element("p", { class: "srm-note" });
  dial.append(note);
  const error = element("p", { class: "srm-error", role: "alert" });
  const legend = createLegend();
  const readout = createReadout(signal);
  return { local, repaint, header, controls, dial, polar, note, error, legend, readout };
}

type Parts = ReturnType<typeof assemble>;

function paint(model: ScopeModel, parts: Parts, playing: boolean, read: () => Arrays): void {
  const { local, polar, dial, legend } = parts;
  // Read before anything is written, or the browser would have to lay out twice.
  const width = Math.round(dial.clientWidth);
  const shown = readShown(model);
  const state = viewState(shown);
  const arrays = read();
  parts.header.update(shown, state, { points: local.points, playing });
  parts.controls.update(shown, state);
  parts.readout.update(state, shown.frame);
  legend.update(shown, arrays.marks.length);
  setText(parts.note, state.note);
  parts.note.hidden = state.note === "";
  // Never over the handle.
  parts.note.classList.toggle("srm-note-above", Math.sin(shown.theta) < 0);
  const problem = local.refusal || shown.error;
  setText(parts.error, problem);
  parts.error.hidden = problem === "";
  if (width === 0) return;
  const { frame, theta, epsilon, signed } = shown;
  const { curvePending, summary } = state;
  const withPoints = local.points;
  const nDirections = shown.layer.n_directions;
  polar.draw({
    width,
    nDirections,
    frame,
    arrays,
    theta,
    epsilon,
    signed,
    withPoints,
    curvePending,
    summary,
  });
}

function attachGestures(model: ScopeModel, parts: Parts, requests: Requests, signal: AbortSignal) {
  const { polar } = parts;
  const gestures: Gestures = {
    theta: () => model.get("theta"),
    turn: (theta) => requests.ask("theta", theta),
    widen: (epsilon) => requests.ask("epsilon", epsilon),
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
  const { header, dial, legend, error, readout, controls } = parts;
  const figure = element("figure", { class: "srm-figure" }, [dial, legend.node, error]);
  const panel = element("div", { class: "srm-panel" }, [readout.node, controls.node]);
  const probe = element("span", { class: "srm-probe", "aria-hidden": "true" });
  const body = element("div", { class: "srm-body" }, [header.node, figure, panel]);
  // JupyterLab looks for this on the focused element itself before its own keys, arrows among them.
  for (const control of body.querySelectorAll("input, button")) {
    control.setAttribute("data-lm-suppress-shortcuts", "true");
  }
  const attributes = { class: "srm-scope" };
  const root = element("div", attributes, [probe, body]);
  el.append(root);

  const read = arrayReader(model);
  const repaint = repainting(() => paint(model, parts, session.player.playing, read), signal);
  parts.repaint.soon = repaint.soon;
  listen(model, SHOWN, repaint.soon, signal);
  // At once: with one request under way at a time, answers can not outrun the drawing.
  session.requests.onAnswer(repaint.now, signal);
  session.player.watch(repaint.soon, signal);
  attachGestures(model, parts, session.requests, signal);
  const updateTheme = followTheme(root, probe, signal);
  watchLayout(
    dial,
    () => {
      updateTheme();
      repaint.soon();
    },
    signal,
  );
  signal.addEventListener("abort", () => root.remove(), { once: true });
  repaint.now();
}
