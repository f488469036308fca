/** Says what each panel needs: it is drawn anew when that has changed. */

import { sameValue } from "../base/equality.ts";
import {
  ensembleCloudProgressOf,
  pairsFrameOf,
  pairsProgressOf,
  pick,
  tableFrameOf,
  tableProgressOf,
} from "../protocol/readers.ts";
import type { Binder } from "../ui/bind.ts";
import { setText } from "../ui/elements.ts";
import { HEADER_TRAITS } from "../views/controls/header.ts";
import { directionsInBeam } from "../views/direction-table/table-data.ts";
import { directionName } from "../views/plane-map/map-text.ts";
import { lineProps } from "../views/plane-map/plane-map.ts";
import { CURVE_ENTRY_NAMES, curveEntries } from "../views/readout/legend-entries.ts";
import type { Panels } from "./panels.ts";
import { polarPicture, type RenderState } from "./render-state.ts";
import type { Session } from "./session.ts";
import type { ViewSignals } from "./view-signals.ts";

/** Whether a kernel answers that holds samples: counts keep none. */
const hasKernelWithSamples = ({ store }: Session, { shown }: RenderState): boolean =>
  !shown.isOffline && !store.source.value && shown.layer.levels.length === 0;

/** Whether the layer can be tested against turned bases. */
const canTest = (session: Session, drawn: RenderState): boolean =>
  hasKernelWithSamples(session, drawn) && drawn.map.frame?.testable !== false;

/** Whether there is a list of pairs, or may be one. */
const hasPairs = (session: Session, drawn: RenderState): boolean =>
  hasKernelWithSamples(session, drawn) ||
  isPairsShown(drawn) ||
  pairsFrameOf(session.store) !== undefined;

const isPairsShown = ({ shown }: RenderState): boolean =>
  shown.navigator && shown.navigatorKind === "pairs";

function bindMap({ bind }: Binder, panels: Panels, session: Session, drawn: RenderState): void {
  const { store } = session;
  const { shown } = drawn;
  bind(
    () => ({
      isShown: shown.navigator && shown.navigatorKind === "map",
      isOffline: shown.isOffline,
      data: drawn.map,
      pair: shown.pair,
      nDirections: shown.layer.n_directions,
      nPlanes: shown.layer.n_planes,
      isClustered: shown.layer.n_clusters !== null,
      names: store.get("_names") ?? [],
      ...lineProps(shown, drawn.map),
    }),
    panels.planeMap.draw,
  );
  bind(() => {
    const { layer, isOffline, test } = shown;
    return {
      survey: drawn.map.frame,
      test,
      epsilon: shown.frame?.epsilon,
      step: shown.frame?.step ?? shown.step,
      layer,
      isOffline,
      canTest: canTest(session, drawn),
    };
  }, panels.planeMap.drawLayer);
}

function bindPairs(
  { bind }: Binder,
  { navigator, pairList }: Panels,
  session: Session,
  drawn: RenderState,
): void {
  const { store } = session;
  const { shown } = drawn;
  bind(
    () => ({
      isShown: shown.navigator,
      kind: shown.navigatorKind,
      hasPairs: hasPairs(session, drawn),
    }),
    navigator.draw,
  );
  bind(
    () => {
      const known = store.get("_names") ?? [];
      const directionOf = (index: number) => directionName(known, index);
      const [i, j] = shown.pair;
      return {
        isShown: isPairsShown(drawn),
        progress: pairsProgressOf(store),
        frame: pairsFrameOf(store),
        late: shown.late.pairs,
        canFind: hasKernelWithSamples(session, drawn),
        of: store.get("pairs_of"),
        names: [directionOf(i), directionOf(j)] as const,
        directionOf,
      };
    },
    (props) => pairList.drawStatus(props),
  );
  bind(
    () => ({
      frame: isPairsShown(drawn) ? pairsFrameOf(store) : undefined,
      pair: shown.pair,
      canShow: !shown.isOffline,
    }),
    (props) => pairList.drawRows(props),
  );
}

function bindStrip(
  { bind }: Binder,
  { strip }: Panels,
  { store }: Session,
  { pointed }: ViewSignals,
  drawn: RenderState,
): void {
  const { shown } = drawn;
  const thenPoint =
    <P>(draw: (props: P) => void) =>
    (props: P) => {
      draw(props);
      pointed.value = strip.pointed();
    };
  bind(
    () => {
      const { frame } = drawn.strip;
      const curve = shown.frame;
      const isOfPlane = sameValue(frame?.pair, curve?.pair);
      const isOfBeam = curve?.theta === frame?.theta && curve?.epsilon === frame?.epsilon;
      const inside = isOfPlane && isOfBeam ? curve?.n_lit : undefined;
      return { frame, isOfPlane, isLate: shown.late.strip, inside };
    },
    thenPoint((props) => strip.drawStatus(props)),
  );
  bind(
    () => ({
      strip: drawn.strip,
      marked: store.get("highlight") ?? [],
      legend: shown.by_class ? shown.legend : undefined,
    }),
    thenPoint((props) => strip.drawTiles(props)),
  );
}

function bindTable(
  { bind }: Binder,
  { table }: Panels,
  { store }: Session,
  { shown }: RenderState,
): void {
  bind(
    () => {
      const { state, hint } = tableProgressOf(store);
      return {
        isShown: shown.table,
        nDirections: shown.layer.n_directions,
        frame: tableFrameOf(store),
        isLate: shown.late.table && state !== "failed" && !shown.isOffline,
        isRunning: state === "running" && !shown.isOffline,
        isWaiting: state === "waiting" && !shown.isOffline,
        hint,
        search: store.get("table_search") ?? "",
        least: store.get("table_least") ?? 0,
      };
    },
    (props) => table.drawStatus(props),
  );
  const frame = () => (shown.table ? tableFrameOf(store) : undefined);
  const rows = () => ({ frame: frame(), nSamples: shown.layer.n_samples, legend: shown.legend });
  bind(rows, (props) => table.drawRows(props));
  bind(
    () => ({ frame: frame(), aimed: [...directionsInBeam(shown.frame)] }),
    (props) => table.drawAimed(props),
  );
}

function bindTimeline(
  { bind }: Binder,
  { timeline }: Panels,
  { store }: Session,
  local: ViewSignals,
  drawn: RenderState,
): void {
  const { shown } = drawn;
  const what = () => {
    const { steps, step, compare } = shown;
    return { alignment: drawn.alignment, steps, step, compare };
  };
  bind(
    () => ({
      ...what(),
      text: drawn.state.texts.step,
      problem: store.get("_course_frame")?.problem ?? "",
      isPlaying: local.playsSteps.value,
      canCompareWithTurned:
        drawn.alignment.turned?.state === "waiting" && !shown.isOffline && !store.source.value,
      isLate: shown.late.timeline,
    }),
    timeline.draw,
  );
  bind(() => ({ ...what(), width: local.chartWidth.value }), timeline.drawChart);
}

function bindControls(
  { bind }: Binder,
  { header, controls }: Panels,
  session: Session,
  local: ViewSignals,
  drawn: RenderState,
): void {
  const { store } = session;
  const { shown } = drawn;
  bind(() => {
    const { layer, frame } = shown;
    return {
      ...pick(store, HEADER_TRAITS),
      subtitle: drawn.state.subtitle,
      gainProblem: drawn.state.gain.problem,
      hasClasses: shown.legend !== undefined,
      hasTable: layer.levels.length === 0, // what samples would say
      isPlaying: local.playsPlanes.value,
      canPlay: layer.n_planes > 1 && !shown.isOffline,
      canSave: frame !== undefined && frame.is_partial !== true,
    };
  }, header.draw);
  bind(
    () => ({ canTest: canTest(session, drawn), hasPairs: hasPairs(session, drawn) }),
    header.drawHelp,
  );
  bind(() => {
    const { pair, order, position, epsilon, resolution, theta, layer } = shown;
    const { texts, spoken } = drawn.state;
    const asked = { pair, order, position, epsilon, resolution, theta };
    const wanted = store.wanted.value;
    const { frame } = shown;
    const hasPeak = frame !== undefined && !frame.is_partial && frame.peak > 0;
    return { ...asked, layer, texts, spoken, isBusy: store.isBusy.value, wanted, hasPeak };
  }, controls.draw);
  bind(
    () => ({
      names: store.get("_names") ?? [],
      nDirections: shown.layer.n_directions,
      rows: tableFrameOf(store)?.rows ?? [],
    }),
    controls.drawFinder,
  );
}

function bindReadout(
  { bind }: Binder,
  { readout, litLine, provenance, notice }: Panels,
  { store }: Session,
  local: ViewSignals,
  drawn: RenderState,
): void {
  const { shown } = drawn;
  bind(() => ({ source: store.source.value, step: shown.step }), provenance.draw);
  bind(() => ({ notice: store.source.value ? undefined : local.kernelNotice.value }), notice.draw);
  bind(() => {
    const { rows, pending, summary } = drawn.state;
    return { rows, pending, summary, names: shown.frame?.names };
  }, readout.draw);
  bind(() => {
    const { rows, pending } = drawn.state;
    return { rows, pending };
  }, litLine.draw);
  bind(() => ({ legend: shown.legend, lit: shown.frame?.class_lit ?? [] }), readout.drawShares);
}

function bindLegends(
  { bind }: Binder,
  { curveLegend, classLegend, cloudLegend }: Panels,
  { store }: Session,
  { styles }: ViewSignals,
  drawn: RenderState,
): void {
  const { shown } = drawn;
  bind(() => {
    const { signed, legend, by_class } = shown;
    const entries = curveEntries(shown, drawn.arrays, drawn.planes);
    return {
      isStacked: !signed && legend !== undefined && by_class,
      texts: CURVE_ENTRY_NAMES.map((name) => entries.get(name) ?? ""),
    };
  }, curveLegend.draw);
  bind(() => {
    const { legend, by_class, hidden_classes } = shown;
    return { legend, by_class, hidden_classes };
  }, classLegend.draw);
  bind(
    () => ({
      kind: shown.cloud,
      of: shown.cloudOf,
      ensemble:
        shown.cloudOf === "all" && shown.cloud !== "off"
          ? {
              frame: shown.ensembleCloud,
              progress: ensembleCloudProgressOf(store),
              isOffline: shown.isOffline,
            }
          : undefined,
      cells: drawn.cloud.cells,
      isOffered: shown.layer.levels.length === 0, // counts keep no samples
      styles: styles.value,
    }),
    cloudLegend.draw,
  );
}

function bindPlot(
  { bind }: Binder,
  { polarPlot, note, error }: Panels,
  { damage }: Session,
  local: ViewSignals,
  drawn: RenderState,
): void {
  const { shown } = drawn;
  bind(
    () => ({
      // Nobody waits for a kernel that is gone.
      text: shown.frame || !shown.isOffline ? drawn.state.note : "",
      // Never over the handle.
      isAbove: Math.sin(shown.theta) < 0,
    }),
    ({ text, isAbove }) => {
      setText(note, text);
      note.hidden = text === "";
      note.classList.toggle("srm-note-above", isAbove);
    },
  );
  bind(
    () => {
      const problems = [local.refusal.value || shown.error, local.unsaved.value, damage];
      return { problem: problems.filter(Boolean).join(" · ") };
    },
    ({ problem }) => {
      setText(error, problem);
      error.hidden = problem === "";
    },
  );
  bind(
    () => ({
      ...polarPicture(drawn, local.width.value),
      pointed: local.pointed.value,
      styles: local.styles.value,
    }),
    (picture) => {
      if (picture.width > 0) polarPlot.draw(picture);
    },
  );
}

/** Binds all panels of a view to the state. */
export function bindPanels(
  binder: Binder,
  panels: Panels,
  session: Session,
  local: ViewSignals,
  drawn: RenderState,
): void {
  bindMap(binder, panels, session, drawn);
  bindPairs(binder, panels, session, drawn);
  bindStrip(binder, panels, session, local, drawn);
  bindTimeline(binder, panels, session, local, drawn);
  bindTable(binder, panels, session, drawn);
  bindReadout(binder, panels, session, local, drawn);
  bindControls(binder, panels, session, local, drawn);
  bindLegends(binder, panels, session, local, drawn);
  bindPlot(binder, panels, session, local, drawn);
}
