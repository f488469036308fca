/** The parts of one view, and what each of them asks for. */

import { createClassKey } from "./class-key.ts";
import { createCloudKey } from "./cloud-key.ts";
import { createControls } from "./controls.ts";
import { element } from "./dom.ts";
import type { FileKind } from "./export.ts";
import { createHeader, type HeaderOptions } from "./header.ts";
import { createLegend } from "./legend.ts";
import { createNavigator } from "./navigator.ts";
import { createNotice } from "./notice.ts";
import { createPolar } from "./polar.ts";
import { createProvenance } from "./provenance.ts";
import { createReadout } from "./readout.ts";
import type { Session } from "./session.ts";
import { createSteps } from "./steps.ts";
import { createStrip } from "./strip.ts";
import { createTable } from "./table.ts";
import type { Pair, ScopeModel } from "./traits.ts";

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
