/** Creates the panels of one view and connects them to the session. */

import { toggled } from "../base/lists.ts";
import type { Pair } from "../protocol/frames.ts";
import { curveFrameOf, legendOf } from "../protocol/readers.ts";
import { sortingOf } from "../protocol/table-sorting.ts";
import { soloed, toggledHidden } from "../state/classes.ts";
import { element } from "../ui/elements.ts";
import { createControlPanel } from "../views/controls/control-panel.ts";
import { createHeader, type HeaderOptions } from "../views/controls/header.ts";
import type { FileKind } from "../views/controls/save-menu.ts";
import { createDirectionTable } from "../views/direction-table/direction-table.ts";
import { sortedBy } from "../views/direction-table/table-data.ts";
import { createNavigator } from "../views/navigator/navigator.ts";
import { createPairList } from "../views/pair-list/pair-list.ts";
import { directionName } from "../views/plane-map/map-text.ts";
import { createPlaneMap } from "../views/plane-map/plane-map.ts";
import { createPolarPlot } from "../views/polar/polar-plot.ts";
import { createClassLegend } from "../views/readout/class-legend.ts";
import { createCurveLegend } from "../views/readout/curve-legend.ts";
import { createKernelNotice } from "../views/readout/kernel-notice.ts";
import { createLitLine } from "../views/readout/lit-line.ts";
import { createProvenance } from "../views/readout/provenance.ts";
import { createReadout } from "../views/readout/readout.ts";
import { createCloudLegend } from "../views/sample-cloud/cloud-legend.ts";
import { createSampleStrip } from "../views/sample-strip/sample-strip.ts";
import { createTimelinePanel } from "../views/timeline/timeline-panel.ts";
import type { Session } from "./session.ts";
import type { ViewSignals } from "./view-signals.ts";

function createScopeHeader(
  { store, requests, planePlayback }: Session,
  more: Pick<HeaderOptions, "id" | "save">,
  signal: AbortSignal,
) {
  type Switch = "signed" | "navigator" | "table" | "by_class";
  const toggle = (name: Switch) => () => requests.tell(name, !store.get(name));
  const scale = () => (store.get("scale") === "gain" ? "fraction" : "gain");
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

/** Creates all panels of a view; `save` saves a file of it. */
export function createPanels(
  session: Session,
  local: ViewSignals,
  save: (kind: FileKind) => void,
  signal: AbortSignal,
) {
  const { store, requests, planePlayback, tiles } = session;
  const id = `srm-${Math.random().toString(36).slice(2, 10)}`;
  // What a user does goes on from what is asked for: of two keys in one frame the second too.
  const pair = () => store.get("pair");
  const turnTo = (direction: number, sign: 1 | -1) => {
    planePlayback.stop();
    requests.send({ type: "direction", direction, sign });
  };
  const header = createScopeHeader(session, { id, save }, signal);
  const controls = createControlPanel(
    {
      id,
      requests,
      hints: session.hints,
      pair,
      planeTouched: () => planePlayback.stop(),
      refused: (refusal) => {
        local.refusal.value = refusal;
      },
      withdrawn: () => requests.refresh(),
      nameOf: directionName,
      directionChosen: turnTo,
      peakWanted: () => {
        const angle = curveFrameOf(store)?.peak_angle;
        if (angle !== undefined) requests.ask("theta", angle);
      },
    },
    signal,
  );
  const plotArea = element("div", { class: "srm-dial" });
  const polarPlot = createPolarPlot(plotArea);
  const note = element("p", { class: "srm-note" });
  plotArea.append(note);
  const error = element("p", { class: "srm-error", role: "alert" });
  const curveLegend = createCurveLegend();
  const hide = (groups: number[]) => requests.tell("hidden_classes", groups);
  const classLegend = createClassLegend(
    {
      toggle: (group) => hide(toggledHidden(store.get("hidden_classes"), group)),
      solo: (group) => {
        const legend = legendOf(store);
        if (legend) hide(soloed(legend, store.get("hidden_classes"), group));
      },
      showAll: () => hide([]),
    },
    signal,
  );
  const cloudLegend = createCloudLegend(
    {
      // Points are of one plane: whoever chooses them wants that.
      chosen: (kind) =>
        requests.tellAll(kind === "points" ? { cloud: kind, cloud_of: "plane" } : { cloud: kind }),
      laidOver: (of) => requests.tell("cloud_of", of),
    },
    signal,
  );
  const readout = createReadout(signal);
  const litLine = createLitLine();
  const choose = (pair: Pair) => {
    planePlayback.stop();
    requests.ask("pair", pair);
  };
  const survey = () => requests.send({ type: "survey" });
  const test = (type: "test" | "stop") => requests.send({ type });
  const planeMap = createPlaneMap({ tiles, pair, choose, survey, test }, signal);
  const pairList = createPairList(
    {
      id,
      chosen: (pair) => {
        planePlayback.stop();
        requests.send({ type: "pair", pair });
      },
      listed: (of) => requests.tell("pairs_of", of),
      find: () => requests.send({ type: "pairs" }),
      stop: () => requests.send({ type: "stop_pairs" }),
    },
    signal,
  );
  const navigator = createNavigator(
    { map: planeMap.node, pairs: pairList.node },
    (kind) => requests.tell("navigator_as", kind),
    signal,
  );
  const strip = createSampleStrip(
    {
      toggleMark: (row) => requests.tell("highlight", toggled(store.get("highlight"), row)),
      pointed: () => {
        local.pointed.value = strip.pointed();
      },
    },
    signal,
  );
  const table = createDirectionTable(
    {
      id,
      chosen: turnTo,
      sort: (column) => {
        const asked = { by: store.get("table_by"), descending: store.get("table_descending") };
        const { by, descending } = sortingOf(asked, legendOf(store) !== undefined);
        requests.tellAll(sortedBy(column, { table_by: by, table_descending: descending }));
      },
      search: (text) => requests.tell("table_search", text),
      fewest: (count) => requests.tell("table_least", count),
      count: () => requests.send({ type: "table" }),
    },
    signal,
  );
  const resized = (width: number) => {
    local.chartWidth.value = width;
  };
  const compareWithTurned = () => requests.send({ type: "null_band" });
  const timeline = createTimelinePanel(
    { id, requests, playback: session.stepPlayback, resized, compareWithTurned },
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
    litLine,
    navigator,
    planeMap,
    pairList,
    strip,
    table,
    provenance,
  };
  return {
    id,
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
