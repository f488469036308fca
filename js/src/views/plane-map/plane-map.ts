import type { Point } from "../../base/angles.ts";
import { shortened } from "../../base/format.ts";
import type { TileRequests } from "../../kernel/tile-requests.ts";
import type { Pair, Score } from "../../protocol/frames.ts";
import type { ScopeState } from "../../state/shown.ts";
import { createAnnouncer } from "../../ui/announcer.ts";
import { element, setAttribute, setText } from "../../ui/elements.ts";
import { type FrameScheduler, frameScheduler } from "../../ui/frame-scheduler.ts";
import { watchLayout, watchPixelRatio } from "../../ui/layout-observers.ts";
import { createStylesheetPalette } from "../../ui/stylesheet-palette.ts";
import { createColourLegend } from "./colour-legend.ts";
import { createDiagonalNames } from "./diagonal-names.ts";
import { createHatching } from "./hatching.ts";
import { createLayerLine } from "./layer-line.ts";
import type { LayerLineProps } from "./layer-text.ts";
import { createMapCanvas } from "./map-canvas.ts";
import { followMap, type MapGestures } from "./map-gestures.ts";
import { cellOf, isSurveyed, type MapCell, type MapData } from "./map-grid.ts";
import {
  directionName,
  hubsText,
  lineOfCell,
  lineOfFrame,
  litPlanesText,
  type MapLine,
  mappedScore,
  viewportText,
} from "./map-text.ts";
import { createSurveyStatus } from "./survey-status.ts";
import {
  centreOf,
  isInView,
  isWholeMap,
  missingWindow,
  neighbour,
  panned,
  planeAt,
  scrolledTo,
  type Viewport,
  wholeMap,
  zoomed,
} from "./viewport.ts";
import { createZoomButtons } from "./zoom-buttons.ts";

/** What the map uses, and whom it tells. */
export interface PlaneMapOptions {
  tiles: TileRequests;
  /** the plane that is asked for, which may not be drawn yet */
  pair(): Pair;
  choose(pair: Pair): void;
  /** the user wants all planes surveyed, however long it takes */
  survey(): void;
  /** the user wants layer and planes tested against turned bases, or that ended */
  test(type: "test" | "stop"): void;
}

/** What the map shows. */
export interface PlaneMapProps {
  isShown: boolean;
  isOffline: boolean;
  data: MapData;
  /** the plane that is asked for */
  pair: Pair;
  nDirections: number;
  nPlanes: number;
  /** whether samples hang together in clusters */
  isClustered: boolean;
  /** of the directions, where they have names of their own */
  names: readonly string[];
  /** the score that the map shows, or will show */
  score: Score;
  /** what is said of the plane on show, if it is known */
  linePair: Pair | undefined;
  lineText: string | undefined;
}

/** What the map says of its score, and of the plane on show. */
export function lineProps(
  { frame, order, layer }: Pick<ScopeState, "frame" | "order" | "layer">,
  data: MapData,
): Pick<PlaneMapProps, "score" | "linePair" | "lineText"> {
  const { frame: survey } = data;
  const score = mappedScore(survey, order);
  const { n_planes } = isSurveyed(survey) ? survey : layer;
  const line = frame && lineOfFrame(frame, { by: score, n_planes }, data);
  return { score, linePair: line?.pair, lineText: line?.text };
}

/** The map of planes as other parts see it. */
export interface PlaneMapView {
  node: HTMLElement;
  draw(props: PlaneMapProps): void;
  drawLayer(props: LayerLineProps): void;
  /** says that colours may have changed */
  restyle(): void;
}

const LINE_NAME_LETTERS = 24;

const KEYS = "Arrow keys choose a plane, plus and minus zoom, zero shows the whole map.";

/** Creates a line of text in which names of directions are set apart, whatever they hold. */
function createLine() {
  const names = [element("bdi"), element("bdi")] as const;
  const wedge = element("span", {}, [" ∧\u00a0"]);
  const rest = element("span");
  const node = element("p", { class: "srm-map-line" }, [names[0], wedge, names[1], rest]);
  const update = ({ pair, text: said }: MapLine, known: readonly string[]) => {
    wedge.hidden = !pair;
    names.forEach((name, k) => {
      const index = pair?.[k];
      setText(
        name,
        index === undefined ? "" : shortened(directionName(known, index), LINE_NAME_LETTERS),
      );
    });
    setText(rest, said);
  };
  return { node, update };
}

function createMapElements(
  gestures: MapGestures,
  { survey, test }: PlaneMapOptions,
  signal: AbortSignal,
) {
  const canvas = element("canvas", {
    class: "srm-map-canvas",
    tabindex: "0",
    role: "application",
    "aria-label": "Map of planes",
    "aria-roledescription": "map",
  });
  const title = element("h3", { class: "srm-map-title" });
  const zoom = createZoomButtons(gestures, signal);
  const count = element("p", { class: "srm-map-count" });
  const hubs = element("p", { class: "srm-map-hubs" });
  const heading = element("div", {}, [title, count, hubs]);
  const head = element("div", { class: "srm-map-head" }, [heading, zoom.node]);
  const line = createLine();
  const states = createSurveyStatus(survey, signal);
  const [under, over] = ["srm-map-hatching", "srm-map-names"].map((name) =>
    element("canvas", { class: name, "aria-hidden": "true" }),
  ) as [HTMLCanvasElement, HTMLCanvasElement];
  const square = element("div", { class: "srm-map" }, [under, over, canvas, ...states.nodes]);
  const key = createColourLegend();
  const status = element("p", { class: "srm-unseen", "aria-live": "polite" });
  const layer = createLayerLine(test, signal);
  const children = [head, square, key.node, line.node, status, layer.node];
  const node = element("div", { class: "srm-planes" }, children);
  const [draw, palettes] = [createMapCanvas(canvas), createStylesheetPalette(node)];
  const [hatch, write] = [createHatching(under), createDiagonalNames(over)];
  const texts = { title, line, count, hubs, status, layer };
  return { node, canvas, square, ...texts, zoom, states, key, draw, hatch, write, palettes };
}

/** The map of all planes. What it shows is the kernel's; where it is zoomed is each view's own. */
class PlaneMap implements MapGestures {
  readonly parts: ReturnType<typeof createMapElements>;
  readonly repaint: FrameScheduler;
  readonly #options: PlaneMapOptions;
  #view = wholeMap(0);
  #shown: PlaneMapProps | undefined;
  #pointer: Point | undefined;
  // Both are read only where they may be others: to ask makes the browser lay out once more.
  #side = 0;
  #requested = "";
  #notice = "";
  readonly #announce: (text: string) => void;

  constructor(options: PlaneMapOptions, signal: AbortSignal) {
    this.#options = options;
    this.parts = createMapElements(this, options, signal);
    this.repaint = frameScheduler(() => this.#draw(), signal);
    this.#announce = createAnnouncer(this.parts.status, signal);
    followMap(this.parts.canvas, this, signal);
    watchLayout(
      this.parts.square,
      () => {
        this.#side = 0;
        this.repaint.soon();
      },
      signal,
    );
    watchPixelRatio(this.repaint.soon, signal);
  }

  update(props: PlaneMapProps): void {
    const { data, nDirections, isShown, isOffline } = props;
    if (this.#shown?.nDirections !== nDirections) this.#view = wholeMap(nDirections);
    this.#shown = props;
    const { node, title, states, count, hubs, canvas } = this.parts;
    if (node.hidden === isShown) this.#side = 0;
    node.hidden = !isShown;
    setText(title, `Planes by ${props.score}`);
    setAttribute(canvas, "aria-busy", String(data.frame?.state === "running" && !isOffline));
    this.#notice = states.update(data, props.nPlanes, isOffline);
    const { frame, overview } = data;
    const survey = isSurveyed(frame) && overview ? frame : undefined;
    setText(count, survey ? litPlanesText(survey) : "");
    setText(hubs, survey ? hubsText(survey, props.names) : "");
    this.repaint.now();
  }

  restyle(): void {
    this.parts.palettes.restyle();
    this.repaint.soon();
  }

  hover(place: Point | undefined): void {
    this.#pointer = place;
    this.repaint.soon();
  }

  pick(place: Point): void {
    const pair = this.#cellAt(place)?.cell.pair;
    if (pair && pair[0] !== pair[1]) this.#options.choose(pair);
  }

  pan(by: Point): void {
    this.#changeViewport((viewport, nDirections) => panned(viewport, by, nDirections));
  }

  zoom(factor: number, from: Point, to: Point): void {
    this.#changeViewport((viewport, nDirections) =>
      zoomed(viewport, factor, from, nDirections, to),
    );
  }

  step(rows: number, columns: number): void {
    if (!this.#shown) return;
    const { nDirections } = this.#shown;
    const pair = neighbour(this.#options.pair(), rows, columns, nDirections);
    this.#options.choose(pair);
    this.#changeViewport((viewport) => scrolledTo(viewport, pair, nDirections));
  }

  zoomAboutPlane(factor: number): void {
    this.#changeViewport((viewport, nDirections, { pair }) => {
      const inView = isInView(viewport, pair);
      const place = inView ? centreOf(viewport, pair) : { x: 0.5, y: 0.5 };
      return zoomed(viewport, factor, place, nDirections);
    });
  }

  showWhole(): void {
    this.#changeViewport((_, nDirections) => wholeMap(nDirections));
  }

  #changeViewport(
    next: (viewport: Viewport, nDirections: number, shown: PlaneMapProps) => Viewport,
  ): void {
    if (!this.#shown) return;
    this.#view = next(this.#view, this.#shown.nDirections, this.#shown);
    this.repaint.soon();
  }

  /** The cell at a point, of the grid with most detail. */
  #cellAt(place: Point | undefined): { cell: MapCell; step: number } | undefined {
    if (!this.#shown || !place) return undefined;
    const { data, nDirections } = this.#shown;
    const plane = planeAt(this.#view, place, nDirections);
    for (const grid of data.overview ? [data.tile, data.overview] : []) {
      const cell = plane && grid && cellOf(grid, plane, nDirections);
      if (cell) return { cell, step: grid.step };
    }
    return undefined;
  }

  #draw(): void {
    if (!this.#shown || this.parts.node.hidden) return;
    const { data, pair, nDirections, score, names } = this.#shown;
    const { square, canvas, draw, hatch, write, palettes, key, zoom } = this.parts;
    const side = square.isConnected ? this.#side || square.clientWidth : 0;
    this.#side = side;
    // Out of the page there are no colours either; it is drawn when it comes back.
    if (side === 0) return;
    const palette = palettes.of(score);
    const under = this.#cellAt(this.#pointer);
    const hovered = under && { pair: under.cell.first, step: under.step };
    const viewport = this.#view;
    hatch(side, palette);
    write(side, { viewport: data.overview && viewport, names, nDirections, palette });
    draw({ viewport, data, palette, pair, hovered }, side);
    key.update(data, palette);
    zoom.update(viewport, data.overview ? nDirections : 0);
    canvas.classList.toggle("srm-zoomed", !isWholeMap(viewport, nDirections));
    this.#updateLine(this.#shown, under?.cell);
    this.#describe(viewportText(viewport, nDirections));
    this.#askForTile(this.#shown);
  }

  #updateLine(
    { data, names, linePair, lineText, isClustered }: PlaneMapProps,
    under: MapCell | undefined,
  ): void {
    const { frame } = data;
    const { line } = this.parts;
    if (!frame) return;
    if (under && isSurveyed(frame)) line.update(lineOfCell(under, frame, isClustered), names);
    else if (lineText !== undefined) line.update({ pair: linePair, text: lineText }, names);
  }

  /** Describes the map for screen readers. */
  #describe(looked: string): void {
    const { canvas, line } = this.parts;
    // Of the plane on show, not of one that a pointer stands on.
    const said = [`${line.node.textContent}.`, looked, KEYS].filter(Boolean).join(" ");
    if (!this.#pointer) setAttribute(canvas, "aria-description", said);
    this.#announce(this.#notice || looked);
  }

  #askForTile({ data, nDirections }: PlaneMapProps): void {
    const { frame, overview, tile } = data;
    if (!isSurveyed(frame) || frame.state !== "done") return;
    const missing = missingWindow(this.#view, overview, tile, nDirections);
    // Only once, since another view of the scope may want another window.
    const asked = missing ? JSON.stringify([missing, frame.epsilon, frame.by, frame.surveyed]) : "";
    if (missing && asked !== this.#requested) this.#options.tiles.ask(missing);
    const over = this.#requested !== "" && isWholeMap(this.#view, nDirections);
    if (over) this.#options.tiles.release();
    if (missing || over) this.#requested = asked;
  }
}

/** Creates the map of all planes. */
export function createPlaneMap(options: PlaneMapOptions, signal: AbortSignal): PlaneMapView {
  const map = new PlaneMap(options, signal);
  return {
    node: map.parts.node,
    draw: (props) => map.update(props),
    drawLayer: map.parts.layer.draw,
    restyle: () => map.restyle(),
  };
}
