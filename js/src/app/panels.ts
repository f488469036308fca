/** Creates the panels of one view and connects them to the session. */

import type { Pair } from "../protocol/frames.ts";
import type { PageMessage } from "../protocol/messages.ts";
import type { ScopeModel } from "../protocol/traits.ts";
import { element } from "../ui/elements.ts";
import { createControlPanel } from "../views/controls/control-panel.ts";
import { createHeader, type HeaderOptions } from "../views/controls/header.ts";
import type { FileKind } from "../views/controls/save-menu.ts";
import { createDirectionTable } from "../views/direction-table/direction-table.ts";
import { createPlaneMap } from "../views/plane-map/plane-map.ts";
import { createPolarPlot } from "../views/polar/polar-plot.ts";
import { createClassLegend } from "../views/readout/class-legend.ts";
import { createCurveLegend } from "../views/readout/curve-legend.ts";
import { createKernelNotice } from "../views/readout/kernel-notice.ts";
import { createProvenance } from "../views/readout/provenance.ts";
import { createReadout } from "../views/readout/readout.ts";
import { createCloudLegend } from "../views/sample-cloud/cloud-legend.ts";
import { createSampleStrip } from "../views/sample-strip/sample-strip.ts";
import { createTimelinePanel } from "../views/timeline/timeline-panel.ts";
import type { Session } from "./session.ts";

function createScopeHeader(
  model: ScopeModel,
  { requests, planePlayback }: Session,
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
      togglePlay: () => (planePlayback.isPlaying ? planePlayback.stop() : planePlayback.start()),
      ...more,
    },
    signal,
  );
}

interface LocalState {
  /** why the controls refused an entry, "" if they did not */
  refusal: string;
  /** why a file could not be saved, "" if it could */
  unsaved: string;
  width: number | undefined;
}

/** Creates all panels of a view. */
export function createPanels(model: ScopeModel, session: Session, signal: AbortSignal) {
  const { requests, planePlayback, tiles } = session;
  const local: LocalState = { refusal: "", unsaved: "", width: undefined };
  const repaint = { soon: () => {} };
  const saving = { save: (_kind: FileKind) => {} };
  const id = `srm-${Math.random().toString(36).slice(2, 10)}`;
  const header = createScopeHeader(
    model,
    session,
    { id, save: (kind) => saving.save(kind) },
    signal,
  );
  const controls = createControlPanel(
    {
      id,
      requests,
      hints: session.hints,
      pair: () => model.get("pair"),
      planeTouched: () => planePlayback.stop(),
      refused: (refusal) => {
        if (local.refusal === refusal) return;
        local.refusal = refusal;
        repaint.soon();
      },
      withdrawn: () => requests.refresh(),
    },
    signal,
  );
  const plotArea = element("div", { class: "srm-dial" });
  const polarPlot = createPolarPlot(plotArea);
  const note = element("p", { class: "srm-note" });
  plotArea.append(note);
  const error = element("p", { class: "srm-error", role: "alert" });
  const curveLegend = createCurveLegend();
  const classLegend = createClassLegend(
    (groups) => requests.tell("hidden_classes", groups),
    signal,
  );
  const cloudLegend = createCloudLegend((kind) => requests.tell("cloud", kind), signal);
  const readout = createReadout(signal);
  const choose = (pair: Pair) => {
    planePlayback.stop();
    requests.ask("pair", pair);
  };
  const survey = () => model.send({ type: "survey" } satisfies PageMessage);
  const planeMap = createPlaneMap({ tiles, choose, survey }, signal);
  const strip = createSampleStrip({ model, requests, pointed: () => repaint.soon() }, signal);
  const table = createDirectionTable(
    { model, requests, chosen: () => planePlayback.stop() },
    signal,
  );
  const resized = () => repaint.soon();
  const timeline = createTimelinePanel(
    { id, model, requests, playback: session.stepPlayback, resized },
    signal,
  );
  const provenance = createProvenance();
  const notice = createKernelNotice();
  const panels = {
    notice,
    timeline,
    curveLegend,
    classLegend,
    cloudLegend,
    readout,
    planeMap,
    strip,
    table,
    provenance,
  };
  return {
    id,
    local,
    repaint,
    saving,
    header,
    controls,
    plotArea,
    polarPlot,
    note,
    error,
    ...panels,
  };
}

/** The panels of one view, with the state that they share. */
export type Panels = ReturnType<typeof createPanels>;
