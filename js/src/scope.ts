import { createClassKey } from "./class-key.ts";
import { legendOf } from "./classes.ts";
import { type Cloud, cloudOf } from "./cloud.ts";
import { cloudFrameOf } from "./cloud-data.ts";
import { createCloudKey } from "./cloud-key.ts";
import { type Compared, comparedOf } from "./compared.ts";
import { createControls } from "./controls.ts";
import { element, repainting, setText, watchLayout } from "./dom.ts";
import { nearest } from "./geometry.ts";
import { clickDisc, dragGrip, type Gestures } from "./gestures.ts";
import { createHeader } from "./header.ts";
import { createLegend } from "./legend.ts";
import { type MapData, mapReader } from "./map-data.ts";
import { createNavigator } from "./navigator.ts";
import type { Player } from "./player.ts";
import { createPolar } from "./polar.ts";
import { createReadout } from "./readout.ts";
import { askedOf, type Requests } from "./requests.ts";
import { createSteps } from "./steps.ts";
import { createStrip } from "./strip.ts";
import { createTable } from "./table.ts";
import { followTheme } from "./theme.ts";
import type { Tiles } from "./tiles.ts";
import {
  type Arrays,
  arrayReader,
  frameOf,
  layerOf,
  listen,
  type Pair,
  pick,
  type ScopeModel,
  SHOWN,
} from "./traits.ts";
import { type Shown, type ViewState, viewState } from "./view-state.ts";

export interface Session {
  requests: Requests;
  player: Player;
  steps: Player;
  tiles: Tiles;
}

function readShown(model: ScopeModel): Shown {
  return {
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

function assembleHeader(model: ScopeModel, { requests, player }: Session, signal: AbortSignal) {
  type Switch = "signed" | "navigator" | "table" | "by_class";
  const toggle = (name: Switch) => () => requests.tell(name, !model.get(name));
  const scale = () => (model.get("scale") === "gain" ? "fraction" : "gain");
  return createHeader(
    {
      toggleSigned: toggle("signed"),
      toggleGain: () => requests.tell("scale", scale()),
      toggleMap: toggle("navigator"),
      toggleTable: toggle("table"),
      toggleClasses: toggle("by_class"),
      togglePlay: () => (player.playing ? player.stop() : player.start()),
    },
    signal,
  );
}

function assemble(model: ScopeModel, session: Session, signal: AbortSignal) {
  const { requests, player, tiles } = session;
  const local: { refusal: string; width: number | undefined } = { refusal: "", width: undefined };
  const repaint = { soon: () => {} };
  const header = assembleHeader(model, session, signal);
  const id = `srm-${Math.random().toString(36).slice(2, 10)}`;
  const controls = createControls(
    {
      id,
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
  const classKey = createClassKey((groups) => requests.tell("hidden_classes", groups), signal);
  const cloudKey = createCloudKey((kind) => requests.tell("cloud", kind), signal);
  const readout = createReadout(signal);
  const choose = (pair: Pair) => {
    player.stop();
    requests.ask("pair", pair);
  };
  const survey = () => model.send({ type: "survey" });
  const navigator = createNavigator({ tiles, choose, survey }, signal);
  const strip = createStrip({ model, requests, pointed: () => repaint.soon() }, signal);
  const table = createTable({ model, requests, chosen: () => player.stop() }, signal);
  const resized = () => repaint.soon();
  const steps = createSteps({ id, model, requests, player: session.steps, resized }, signal);
  const panels = { steps, legend, classKey, cloudKey, readout, navigator, strip, table };
  return { local, repaint, header, controls, dial, polar, note, error, ...panels };
}

type Parts = ReturnType<typeof assemble>;

function readersOf(model: ScopeModel) {
  return { arrays: arrayReader(model), map: mapReader(model) };
}

type Readers = ReturnType<typeof readersOf>;

function paint(model: ScopeModel, parts: Parts, playing: boolean, read: Readers): void {
  const { local, dial, legend, navigator } = parts;
  // Read before anything is written, and only where it may be another, or the browser would have to
  // lay out twice.
  local.width ??= Math.round(dial.clientWidth);
  const { width } = local;
  const shown = readShown(model);
  const state = viewState(shown);
  const arrays = read.arrays();
  const map = read.map();
  const cloud = cloudOf(shown, arrays);
  navigator.update(shown, map, model.get("_names") ?? []);
  parts.strip.update(shown);
  parts.steps.update(shown, state);
  parts.table.update(shown);
  parts.header.update(shown, state, { playing });
  parts.controls.update(shown, state);
  parts.readout.update(state, shown.frame, shown.legend);
  legend.update(shown, arrays);
  parts.classKey.update(shown);
  parts.cloudKey.update(shown.cloud, cloud.cells);
  parts.cloudKey.node.hidden = shown.layer.levels.length > 0; // counts keep no samples
  setText(parts.note, state.note);
  parts.note.hidden = state.note === "";
  // Never over the handle.
  parts.note.classList.toggle("srm-note-above", Math.sin(shown.theta) < 0);
  const problem = local.refusal || shown.error;
  setText(parts.error, problem);
  parts.error.hidden = problem === "";
  const compared = comparedOf(model, arrays, shown.signed, state.gain.unit);
  if (width > 0) drawPolar(parts, { shown, state, arrays, map, cloud, compared, width });
}

interface Drawn {
  shown: Shown;
  state: ViewState;
  arrays: Arrays;
  map: MapData;
  cloud: Cloud;
  compared: Compared | undefined;
  width: number;
}

function drawPolar({ polar, strip }: Parts, drawn: Drawn): void {
  const { shown, state, arrays, map, cloud, compared, width } = drawn;
  const { frame, theta, epsilon, signed, legend, by_class, hidden_classes } = shown;
  const { curvePending, summary } = state;
  const fits = map.frame?.epsilon === frame?.epsilon && map.frame?.surveyed === frame?.step;
  polar.draw({
    width,
    nDirections: shown.layer.n_directions,
    frame,
    arrays,
    theta,
    epsilon,
    signed,
    unit: state.gain.unit,
    cloud,
    stack:
      legend && by_class
        ? { legend, hidden: hidden_classes, counts: arrays.classCounts }
        : undefined,
    compared,
    curvePending,
    ensembleFits: fits,
    summary,
    pointed: strip.pointed(),
  });
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
  const figure = element("figure", { class: "srm-figure" }, [dial, ...keys, error]);
  const probe = element("span", { class: "srm-probe", "aria-hidden": "true" });
  const body = element("div", { class: "srm-body" }, [header.node, figure]);
  body.append(
    parts.steps.node,
    strip.node,
    navigator.node,
    readout.node,
    controls.node,
    table.node,
  );
  // JupyterLab looks for this on the focused element itself before its own keys, arrows among them.
  for (const control of body.querySelectorAll("input, button, select, canvas")) {
    control.setAttribute("data-lm-suppress-shortcuts", "true");
  }
  const attributes = { class: "srm-scope" };
  const root = element("div", attributes, [probe, body]);
  el.append(root);

  const read = readersOf(model);
  const repaint = repainting(() => paint(model, parts, session.player.playing, read), signal);
  parts.repaint.soon = repaint.soon;
  listen(model, SHOWN, repaint.soon, signal);
  // At once: with one request under way at a time, answers can not outrun the drawing.
  session.requests.onAnswer(repaint.now, signal);
  session.player.watch(repaint.soon, signal);
  session.steps.watch(repaint.soon, signal);
  attachGestures(model, parts, session.requests, signal);
  const restyle = () => {
    for (const { restyle } of [navigator, parts.polar, parts.cloudKey]) restyle();
    repaint.soon();
  };
  const updateTheme = followTheme(root, probe, restyle, signal);
  watchLayout(
    dial,
    () => {
      updateTheme();
      parts.local.width = undefined;
      repaint.soon();
    },
    signal,
  );
  signal.addEventListener("abort", () => root.remove(), { once: true });
  repaint.now();
}
