import { shortened } from "../../base/format.ts";
import { watchChanges } from "../../base/memoize.ts";
import type { Tiles } from "../../kernel/tile-requests.ts";
import type { Pair } from "../../protocol/frames.ts";
import type { Shown } from "../../state/shown.ts";
import { element, setAttribute, setText } from "../../ui/elements.ts";
import { afterQuiet, type Repaint, repainting } from "../../ui/frame-scheduler.ts";
import { watchLayout, watchPixelRatio } from "../../ui/layout-observers.ts";
import { createInks } from "../../ui/stylesheet-palette.ts";
import { createKey } from "./colour-legend.ts";
import { createMapPicture } from "./map-canvas.ts";
import { followMap, type MapGestures } from "./map-gestures.ts";
import { type Cell, cellOf, type MapData } from "./map-grid.ts";
import * as text from "./map-text.ts";
import { createMapStates } from "./survey-status.ts";
import * as geometry from "./viewport.ts";
import { createZoom } from "./zoom-buttons.ts";

export interface NavigatorOptions {
  tiles: Tiles;
  choose(pair: Pair): void;
  /** all planes are to be surveyed after all */
  survey(): void;
}

export interface Navigator {
  node: HTMLElement;
  update(shown: Shown, data: MapData, names: readonly string[]): void;
  /** colours may have changed */
  restyle(): void;
}

const LETTERS = 24;

// A zoom of many steps is said once, where it ends.
const QUIET = 700;

const KEYS = "Arrow keys choose a plane, plus and minus zoom, zero shows the whole map.";

/** A line of text in which names are set apart, whatever they hold. */
function createLine() {
  const names = [element("bdi"), element("bdi")] as const;
  const wedge = element("span", {}, [" ∧\u00a0"]);
  const rest = element("span");
  const node = element("p", { class: "srm-map-line" }, [names[0], wedge, names[1], rest]);
  const update = ({ pair, text: said }: text.Line, known: readonly string[]) => {
    wedge.hidden = !pair;
    names.forEach((name, k) => {
      const index = pair?.[k];
      setText(name, index === undefined ? "" : shortened(text.nameOf(known, index), LETTERS));
    });
    setText(rest, said);
  };
  return { node, update };
}

function createParts(gestures: MapGestures, { survey }: NavigatorOptions, signal: AbortSignal) {
  const canvas = element("canvas", {
    class: "srm-map-canvas",
    tabindex: "0",
    role: "application",
    "aria-label": "Map of planes",
    "aria-roledescription": "map",
  });
  const title = element("h3", { class: "srm-map-title" });
  const zoom = createZoom(gestures, signal);
  const count = element("p", { class: "srm-map-count" });
  const heading = element("div", {}, [title, count]);
  const head = element("div", { class: "srm-map-head" }, [heading, zoom.node]);
  const line = createLine();
  const states = createMapStates(survey, signal);
  const square = element("div", { class: "srm-map" }, [canvas, ...states.nodes]);
  const key = createKey();
  const status = element("p", { class: "srm-unseen", "aria-live": "polite" });
  const label = { class: "srm-navigator", role: "group", "aria-label": "Navigator" };
  const node = element("section", label, [head, square, key.node, line.node, status]);
  const [draw, inks] = [createMapPicture(canvas), createInks(node)];
  return { node, canvas, square, title, zoom, line, count, status, states, key, draw, inks };
}

interface Seen {
  shown: Shown;
  data: MapData;
  names: readonly string[];
  nDirections: number;
}

/** The map of all planes: what it shows is the kernel's, where one looks is each view's own. */
class MapOfPlanes implements MapGestures {
  readonly parts: ReturnType<typeof createParts>;
  readonly repaint: Repaint;
  readonly #options: NavigatorOptions;
  readonly #changed = watchChanges();
  #view = geometry.whole(0);
  #seen: Seen | undefined;
  #pointer: geometry.Place | undefined;
  // Both are read only where they may be others: to ask makes the browser lay out once more.
  #side = 0;
  #asked = "";
  #notice = "";
  #status = "";
  readonly #announce: () => void;

  constructor(options: NavigatorOptions, signal: AbortSignal) {
    this.#options = options;
    this.parts = createParts(this, options, signal);
    this.repaint = repainting(() => this.#show(), signal);
    this.#announce = afterQuiet(() => setText(this.parts.status, this.#status), QUIET, signal);
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

  update(shown: Shown, data: MapData, names: readonly string[]): void {
    const nDirections = shown.layer.n_directions;
    if (this.#seen?.nDirections !== nDirections) this.#view = geometry.whole(nDirections);
    this.#seen = { shown, data, names, nDirections };
    // A turn of the beam changes nothing here.
    const { frame, overview, tile } = data;
    const grids = [overview, tile].map((grid) => (grid ? Object.values(grid) : []));
    const line = frame && shown.frame && JSON.stringify(text.lineOfFrame(shown.frame, frame));
    const { alone, navigator } = shown;
    const plane = [...shown.pair, navigator, alone, nDirections, shown.layer.n_planes, line];
    if (!this.#changed(frame, names, ...plane, ...grids.flat())) return;
    const { node, title, states, count } = this.parts;
    if (node.hidden === shown.navigator) this.#side = 0;
    node.hidden = !shown.navigator;
    setText(title, `Planes by ${data.frame?.by ?? "alignment"}`);
    setAttribute(this.parts.canvas, "aria-busy", String(data.frame?.state === "running" && !alone));
    this.#notice = states.update(data, shown.layer.n_planes, alone);
    setText(count, data.frame && data.overview ? text.countText(data.frame) : "");
    this.repaint.now();
  }

  restyle(): void {
    this.parts.inks.restyle();
    this.repaint.soon();
  }

  hover(place: geometry.Place | undefined): void {
    this.#pointer = place;
    this.repaint.soon();
  }

  pick(place: geometry.Place): void {
    const pair = this.#under(place)?.cell.pair;
    if (pair && pair[0] !== pair[1]) this.#options.choose(pair);
  }

  pan(by: geometry.Place): void {
    this.#look((view, nDirections) => geometry.panned(view, by, nDirections));
  }

  zoom(factor: number, from: geometry.Place, to: geometry.Place): void {
    this.#look((view, nDirections) => geometry.zoomed(view, factor, from, nDirections, to));
  }

  step(rows: number, columns: number): void {
    if (!this.#seen) return;
    const { shown, nDirections } = this.#seen;
    const pair = geometry.stepped(shown.pair, rows, columns, nDirections);
    this.#options.choose(pair);
    this.#look((view) => geometry.revealing(view, pair, nDirections));
  }

  zoomAboutPlane(factor: number): void {
    this.#look((view, nDirections, { pair }) => {
      const inView = geometry.isInView(view, pair);
      const place = inView ? geometry.placeOf(view, pair) : { x: 0.5, y: 0.5 };
      return geometry.zoomed(view, factor, place, nDirections);
    });
  }

  whole(): void {
    this.#look((_, nDirections) => geometry.whole(nDirections));
  }

  #look(next: (view: geometry.View, nDirections: number, shown: Shown) => geometry.View): void {
    if (!this.#seen) return;
    this.#view = next(this.#view, this.#seen.nDirections, this.#seen.shown);
    this.repaint.soon();
  }

  /** The cell at a place, of the closest look there is. */
  #under(place: geometry.Place | undefined): { cell: Cell; step: number } | undefined {
    if (!this.#seen || !place) return undefined;
    const { data, nDirections } = this.#seen;
    const plane = geometry.planeAt(this.#view, place, nDirections);
    for (const grid of data.overview ? [data.tile, data.overview] : []) {
      const cell = plane && grid && cellOf(grid, plane, nDirections);
      if (cell) return { cell, step: grid.step };
    }
    return undefined;
  }

  #show(): void {
    if (!this.#seen || this.parts.node.hidden) return;
    const { data, shown, nDirections } = this.#seen;
    const { square, canvas, draw, inks, key, zoom } = this.parts;
    const side = square.isConnected ? this.#side || square.clientWidth : 0;
    this.#side = side;
    // Out of the page there are no colours either; it is drawn when it comes back.
    if (side === 0) return;
    const by = data.frame?.by ?? "alignment";
    const palette = inks.of(by);
    const under = this.#under(this.#pointer);
    const hovered = under && { pair: under.cell.first, step: under.step };
    const view = this.#view;
    draw({ view, data, palette, pair: shown.pair, hovered }, side);
    key.update(data.overview, palette);
    zoom.update(view, data.overview ? nDirections : 0);
    canvas.classList.toggle("srm-zoomed", !geometry.isWhole(view, nDirections));
    this.#say(this.#seen, under?.cell);
    this.#tell(text.viewText(view, nDirections));
    this.#askForTile(this.#seen);
  }

  #say({ data, shown, names }: Seen, under: Cell | undefined): void {
    const { frame } = data;
    const { line } = this.parts;
    if (!frame) return;
    if (under) line.update(text.lineOfCell(under, frame), names);
    else if (shown.frame) line.update(text.lineOfFrame(shown.frame, frame), names);
  }

  /** What is seen of the map, for those who do not see it. */
  #tell(looked: string): void {
    const { canvas, line } = this.parts;
    // Of the plane on show, not of one that a pointer stands on.
    const said = [`${line.node.textContent}.`, looked, KEYS].filter(Boolean).join(" ");
    if (!this.#pointer) setAttribute(canvas, "aria-description", said);
    const status = this.#notice || looked;
    if (status === this.#status) return;
    this.#status = status;
    this.#announce();
  }

  #askForTile({ data, nDirections }: Seen): void {
    const { frame, overview, tile } = data;
    if (frame?.state !== "done") return;
    const missing = geometry.missingWindow(this.#view, overview, tile, nDirections);
    // Only once, since another view of the scope may want another window.
    const asked = missing ? JSON.stringify([missing, frame.epsilon, frame.by, frame.surveyed]) : "";
    if (missing && asked !== this.#asked) this.#options.tiles.ask(missing);
    const over = this.#asked !== "" && geometry.isWhole(this.#view, nDirections);
    if (over) this.#options.tiles.release();
    if (missing || over) this.#asked = asked;
  }
}

export function createNavigator(options: NavigatorOptions, signal: AbortSignal): Navigator {
  const map = new MapOfPlanes(options, signal);
  return {
    node: map.parts.node,
    update: (shown, data, names) => map.update(shown, data, names),
    restyle: () => map.restyle(),
  };
}
