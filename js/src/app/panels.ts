/** The parts of one view, and what each of them asks for. */

import type { Pair } from "../protocol/frames.ts";
import type { ScopeModel } from "../protocol/traits.ts";
import { element } from "../ui/elements.ts";
import { createControls } from "../views/controls/control-panel.ts";
import { createHeader, type HeaderOptions } from "../views/controls/header.ts";
import type { FileKind } from "../views/controls/save-menu.ts";
import { createTable } from "../views/direction-table/direction-table.ts";
import { createNavigator } from "../views/plane-map/plane-map.ts";
import { createPolar } from "../views/polar/polar-plot.ts";
import { createClassKey } from "../views/readout/class-legend.ts";
import { createLegend } from "../views/readout/curve-legend.ts";
import { createNotice } from "../views/readout/kernel-notice.ts";
import { createProvenance } from "../views/readout/provenance.ts";
import { createReadout } from "../views/readout/readout.ts";
import { createCloudKey } from "../views/sample-cloud/cloud-legend.ts";
import { createStrip } from "../views/sample-strip/sample-strip.ts";
import { createSteps } from "../views/timeline/timeline-panel.ts";
import type { Session } from "./session.ts";

function assembleHeader(
  model: ScopeModel,
  { requests, player }: Session,
  more: Pick<HeaderOptions, "id" | "save">,
  signal: AbortSignal,
) {
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
      ...more,
    },
    signal,
  );
}

interface Local {
  /** what the controls do not take */
  refusal: string;
  /** why the page could not save what it was asked to */
  unsaved: string;
  width: number | undefined;
}

/** All that a view is made of. */
export function assemble(model: ScopeModel, session: Session, signal: AbortSignal) {
  const { requests, player, tiles } = session;
  const local: Local = { refusal: "", unsaved: "", width: undefined };
  const repaint = { soon: () => {} };
  const saving = { save: (_kind: FileKind) => {} };
  const id = `srm-${Math.random().toString(36).slice(2, 10)}`;
  const header = assembleHeader(model, session, { id, save: (kind) => saving.save(kind) }, signal);
  const controls = createControls(
    {
      id,
      requests,
      hand: session.hand,
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
  const provenance = createProvenance();
  const notice = createNotice();
  const panels = {
    notice,
    steps,
    legend,
    classKey,
    cloudKey,
    readout,
    navigator,
    strip,
    table,
    provenance,
  };
  return { id, local, repaint, saving, header, controls, dial, polar, note, error, ...panels };
}

export type Parts = ReturnType<typeof assemble>;
