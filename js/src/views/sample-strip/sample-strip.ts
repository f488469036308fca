import type { Legend, StripFrame } from "../../protocol/frames.ts";
import { classColour } from "../../state/classes.ts";
import { element, setAttribute, setBusy, setText } from "../../ui/elements.ts";
import { reorderChildren } from "../../ui/keyed-children.ts";
import { nextIndex } from "../../ui/roving-focus.ts";
import { createMarkedText } from "./marked-text.ts";
import { createSampleTile, type SampleTile } from "./sample-tile.ts";
import type { StripData } from "./strip-data.ts";
import { COSINE_TITLE, emptyText, shownCountText } from "./strip-data.ts";

/** Whom the strip tells. */
export interface SampleStripOptions {
  /** the user marks this sample, or takes its mark away */
  toggleMark(row: number): void;
  /** the user points at another sample, or at none any more */
  pointed(): void;
}

/** What is said of the strip as a whole. */
export interface StripStatusProps {
  frame: StripFrame | undefined;
  /** whether the strip belongs to the plane that is drawn */
  isOfPlane: boolean;
  isLate: boolean;
  /**
   * samples inside the spotlight, with those of classes that are switched off; undefined while
   * curve and strip are of different beams
   */
  inside: number | undefined;
}

/** What the tiles show. */
export interface StripTilesProps {
  strip: StripData;
  /** rows of the samples that are marked */
  marked: readonly number[];
  /** of the classes, where they are shown */
  legend: Legend | undefined;
}

/** The strip of samples as other parts see it. */
export interface SampleStripView {
  node: HTMLElement;
  drawStatus(props: StripStatusProps): void;
  drawTiles(props: StripTilesProps): void;
  /** coordinates in the plane of the sample that is pointed at */
  pointed(): readonly [number, number] | undefined;
}

function createStripElements() {
  const title = element("h3", { class: "srm-part-title" }, ["Inside the spotlight"]);
  const count = element("p", { class: "srm-part-count", title: COSINE_TITLE });
  const head = element("div", { class: "srm-strip-head" }, [title, count]);
  const tiles = element("div", {
    class: "srm-tiles",
    role: "toolbar",
    "aria-label": "Samples inside the spotlight",
    "aria-orientation": "horizontal",
    tabindex: "-1", // Firefox would stop at whatever scrolls
  });
  const silent = { tabindex: "-1", "data-lm-suppress-shortcuts": "true" };
  const empty = element("p", { class: "srm-strip-empty", ...silent });
  const peek = element("p", { class: "srm-peek", "aria-hidden": "true", hidden: "" });
  const peeked = createMarkedText(peek);
  const label = { class: "srm-strip", role: "group", "aria-label": "Inside the spotlight" };
  const node = element("section", label, [head, peek, tiles, empty]);
  return { node, count, tiles, empty, peek, peeked };
}

const NO_FILE = new Uint8Array();

// What lies over the page has an end.
const PEEK_LETTERS = 1500;

/**
 * The strip of samples inside the spotlight: one tile each, kept as long as its sample stays
 * inside.
 */
class SampleStrip implements SampleStripView {
  readonly #parts = createStripElements();
  readonly #options: SampleStripOptions;
  readonly #tiles = new Map<number, SampleTile>();
  #frame: StripFrame | undefined;
  /** index of the sample that Tab moves to */
  #current: number | undefined;
  #hovered: number | undefined;
  #focused: number | undefined;
  #isOfPlane = false;

  constructor(options: SampleStripOptions, signal: AbortSignal) {
    this.#options = options;
    const { tiles } = this.#parts;
    const listen = <K extends keyof HTMLElementEventMap>(
      name: K,
      heard: (event: HTMLElementEventMap[K], index: number | undefined) => void,
    ) => tiles.addEventListener(name, (event) => heard(event, this.#indexUnder(event)), { signal });
    listen("pointerover", (_, index) => this.#point({ hovered: index }));
    listen("pointerleave", () => this.#point({ hovered: undefined }));
    listen("focusin", (_, index) => this.#point({ focused: index }));
    listen("focusout", () => this.#point({ focused: undefined }));
    listen("click", (_, index) => index !== undefined && options.toggleMark(index));
    listen("keydown", (event) => this.#pressed(event));
  }

  get node(): HTMLElement {
    return this.#parts.node;
  }

  pointed(): readonly [number, number] | undefined {
    const index = this.#hovered ?? this.#focused;
    return this.#isOfPlane
      ? this.#frame?.items.find((item) => item.index === index)?.at
      : undefined;
  }

  drawStatus({ frame, isOfPlane, isLate, inside }: StripStatusProps): void {
    const { node, tiles, empty } = this.#parts;
    node.hidden = !frame;
    this.#isOfPlane = isOfPlane;
    setBusy(tiles, isLate);
    // The two frames may come one after the other: of different beams they say nothing together.
    if (inside !== undefined) setText(empty, emptyText(inside));
  }

  drawTiles({ strip, marked, legend }: StripTilesProps): void {
    const { frame } = strip;
    this.#frame = frame;
    if (!frame) return;
    setText(this.#parts.count, frame.n_lit > 0 ? shownCountText(frame) : "");
    this.#show(strip, frame, new Set(marked), legend);
  }

  #show(
    { pictures }: StripData,
    { items, epsilon }: StripFrame,
    marked: ReadonlySet<number>,
    legend: Legend | undefined,
  ): void {
    const { tiles, empty } = this.#parts;
    const left = new Set(this.#tiles.keys());
    // Asked before anything is hidden, and with it loses the focus.
    const focused = this.node.querySelector(":scope :focus");
    const before = focused === empty ? 0 : [...tiles.children].indexOf(focused ?? empty);
    tiles.hidden = items.length === 0;
    empty.hidden = !tiles.hidden;
    const nodes = items.map((item, k) => {
      const tile = this.#tiles.get(item.index) ?? createSampleTile(item);
      this.#tiles.set(item.index, tile);
      left.delete(item.index);
      const colour = legend && item.group !== null ? classColour(legend, item.group) : "";
      const file = pictures[k] ?? NO_FILE;
      tile.show(item, { file, isMarked: marked.has(item.index), colour, epsilon });
      return tile.node;
    });
    for (const index of left) this.#tiles.delete(index);
    reorderChildren(tiles, nodes);
    this.#updateTabStop();
    // The tile that had the focus has left the beam: one in its place takes over.
    const lost = before >= 0 && !tiles.querySelector(":focus");
    if (lost) (nodes[Math.min(before, nodes.length - 1)] ?? empty).focus();
    this.#peek();
  }

  /** Makes one tile reachable by Tab; arrow keys reach the others. */
  #updateTabStop(): void {
    const items = this.#frame?.items ?? [];
    const known = items.some(({ index }) => index === this.#current);
    const current = known ? this.#current : items[0]?.index;
    for (const [index, { node }] of this.#tiles) {
      setAttribute(node, "tabindex", index === current ? "0" : "-1");
    }
  }

  #indexUnder(event: Event): number | undefined {
    const node = event.target instanceof Element && event.target.closest("button");
    return [...this.#tiles.values()].find((tile) => tile.node === node)?.item.index;
  }

  #point(to: { hovered?: number | undefined; focused?: number | undefined }): void {
    if ("hovered" in to) this.#hovered = to.hovered;
    if ("focused" in to) this.#focused = to.focused;
    if (to.focused !== undefined) this.#current = to.focused;
    this.#updateTabStop();
    this.#peek();
    this.#options.pointed();
  }

  /** Shows a text that has no room on its tile over the page while it is pointed at. */
  #peek(): void {
    const { peek, peeked } = this.#parts;
    const index = this.#hovered ?? this.#focused;
    const tile = index === undefined ? undefined : this.#tiles.get(index);
    peek.hidden = !tile || tile.item.kind === "image" || !tile.overflows();
    if (tile && !peek.hidden) peeked.show(tile.item, this.#frame?.epsilon ?? 0, PEEK_LETTERS);
  }

  #pressed(event: KeyboardEvent): void {
    const items = this.#frame?.items ?? [];
    const { tiles, peek } = this.#parts;
    if (event.key === "Escape") peek.hidden = true;
    const from = items.findIndex(({ index }) => index === this.#focused);
    if (from < 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const width = tiles.scrollWidth / Math.max(1, items.length);
    const page = Math.max(1, Math.floor(tiles.clientWidth / Math.max(1, width)));
    const steps = { back: "ArrowLeft", forth: "ArrowRight", page };
    const to = nextIndex(event.key, from, items.length, steps);
    if (to === undefined) return;
    event.preventDefault();
    this.#tiles.get(items[to]?.index ?? -1)?.node.focus();
  }
}

/** Creates the strip of samples inside the spotlight. */
export function createSampleStrip(
  options: SampleStripOptions,
  signal: AbortSignal,
): SampleStripView {
  return new SampleStrip(options, signal);
}
