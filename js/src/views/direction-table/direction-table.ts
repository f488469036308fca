import { changeDetector } from "../../base/memoize.ts";
import type { RequestQueue } from "../../kernel/request-queue.ts";
import type { Legend, TableColumn, TableFrame } from "../../protocol/frames.ts";
import { tableFrameOf, tableProgressOf } from "../../protocol/readers.ts";
import type { ScopeModel } from "../../protocol/traits.ts";
import type { ScopeState } from "../../state/shown.ts";
import { element, setAttribute, setBusy, setText } from "../../ui/elements.ts";
import { reorderChildren } from "../../ui/keyed-children.ts";
import { nextIndex } from "../../ui/roving-focus.ts";
import { createDirectionRow, type DirectionRow } from "./direction-row.ts";
import {
  COLUMN_HEADS,
  columnsOf,
  directionKey,
  directionsInBeam,
  explanation,
  sortedBy,
  tableCaption,
} from "./table-data.ts";

/** What the table uses, and whom it tells. */
export interface DirectionTableOptions {
  model: ScopeModel;
  requests: RequestQueue;
  /** the user chose a direction, and with it a plane */
  chosen(): void;
}

/** The table of directions as other parts see it. */
export interface DirectionTableView {
  node: HTMLElement;
  update(shown: ScopeState): void;
}

function createHeads(sort: (column: TableColumn) => void, signal: AbortSignal) {
  const columns = columnsOf(true).map((column) => {
    const { text, title } = COLUMN_HEADS[column];
    const keys = { type: "button", "data-lm-suppress-shortcuts": "true" };
    const button = element("button", { class: "srm-table-sort", title, ...keys }, [text]);
    button.addEventListener("click", () => sort(column), { signal });
    const kind = column === "direction" || column === "label" ? "name" : "number";
    const node = element("th", { scope: "col", class: `srm-table-head-${kind}` }, [button]);
    return { column, node };
  });
  const update = ({ by, descending, has_labels }: TableFrame) => {
    const shown = columnsOf(has_labels);
    for (const { column, node } of columns) {
      node.hidden = !shown.includes(column);
      const order = descending ? "descending" : "ascending";
      setAttribute(node, "aria-sort", column === by ? order : "none");
    }
  };
  return { nodes: columns.map(({ node }) => node), update };
}

function createTableElements(sort: (column: TableColumn) => void, signal: AbortSignal) {
  const title = element("h3", { class: "srm-part-title" }, ["Directions"]);
  const line = element("p", { class: "srm-part-count" });
  const head = element("div", { class: "srm-strip-head" }, [title, line]);
  const caption = element("caption", { class: "srm-table-caption" });
  const heads = createHeads(sort, signal);
  const body = element("tbody");
  const top = element("thead", {}, [element("tr", {}, heads.nodes)]);
  const table = element("table", { class: "srm-table" }, [caption, top, body]);
  const pane = element("div", { class: "srm-table-pane" }, [table]);
  const hint = element("p", { class: "srm-table-hint", role: "status" });
  const label = { class: "srm-directions", role: "group", "aria-label": "Directions" };
  const node = element("section", label, [head, pane, hint]);
  return { node, line, caption, heads, body, pane, hint };
}

/**
 * The table of all directions ±b_i and the samples around them; choosing a row turns the spotlight
 * there.
 */
class DirectionTable implements DirectionTableView {
  readonly #parts: ReturnType<typeof createTableElements>;
  readonly #options: DirectionTableOptions;
  readonly #rows = new Map<string, DirectionRow>();
  readonly #changed = changeDetector();
  readonly #sized = changeDetector();
  readonly #turned = changeDetector();
  /** keys of the rows, in order */
  #keys: string[] = [];
  #current: string | undefined;

  constructor(options: DirectionTableOptions, signal: AbortSignal) {
    this.#options = options;
    this.#parts = createTableElements((column) => this.#sort(column), signal);
    const { body } = this.#parts;
    body.addEventListener("click", (event) => this.#choose(event), { signal });
    body.addEventListener("focusin", (event) => this.#updateTabStop(this.#keyUnder(event)), {
      signal,
    });
    body.addEventListener("keydown", (event) => this.#pressed(event), { signal });
  }

  get node(): HTMLElement {
    return this.#parts.node;
  }

  update(shown: ScopeState): void {
    const { node, pane, hint, line } = this.#parts;
    const { model } = this.#options;
    node.hidden = !shown.table;
    if (node.hidden) return;
    const frame = tableFrameOf(model);
    const { n_directions, n_samples } = shown.layer;
    if (this.#sized(n_directions)) {
      pane.style.setProperty("--srm-rows", String(2 * n_directions));
    }
    const { state, hint: said } = tableProgressOf(model);
    const late =
      state === "running" ||
      frame?.epsilon !== shown.epsilon ||
      frame?.by !== model.get("table_by") ||
      frame?.descending !== model.get("table_descending");
    setBusy(pane, late && state !== "failed" && !shown.isOffline);
    setText(hint, said);
    hint.hidden = said === "";
    const running = state === "running" && !shown.isOffline;
    const counting = running ? "Counting the samples of each direction." : "";
    setText(line, frame ? explanation(frame) : counting);
    const { legend } = shown;
    if (frame && this.#changed(frame, n_samples, legend)) this.#show(frame, n_samples, legend);
    this.#markAimed(directionsInBeam(shown.frame), frame);
  }

  #markAimed(aimed: ReadonlySet<string>, frame: TableFrame | undefined): void {
    if (!this.#turned(frame, [...aimed].join())) return;
    for (const [key, row] of this.#rows) row.aim(aimed.has(key));
  }

  #show(frame: TableFrame, nSamples: number, legend: Legend | undefined): void {
    const { node, body, caption, heads } = this.#parts;
    heads.update(frame);
    node.classList.toggle("srm-directions-plain", !frame.has_labels);
    setText(caption, tableCaption(frame));
    const before = this.#keys.findIndex((key) => this.#rows.get(key)?.button.matches(":focus"));
    this.#keys = frame.rows.map(([direction, sign]) => directionKey(direction, sign));
    const left = new Set(this.#rows.keys());
    const nodes = frame.rows.map((row, k) => {
      const key = this.#keys[k] ?? "";
      const view = this.#rows.get(key) ?? createDirectionRow(row);
      this.#rows.set(key, view);
      left.delete(key);
      view.show(row, nSamples, frame.has_labels, legend);
      return view.node;
    });
    for (const key of left) this.#rows.delete(key);
    reorderChildren(body, nodes);
    this.#updateTabStop(this.#current);
    if (before >= 0 && !body.querySelector(":focus")) this.#focus(before);
  }

  #focus(place: number): void {
    const key = this.#keys[Math.min(place, this.#keys.length - 1)];
    if (key !== undefined) this.#rows.get(key)?.button.focus();
  }

  /** Makes one row reachable by Tab; arrow keys reach the others. */
  #updateTabStop(wanted: string | undefined): void {
    this.#current = wanted !== undefined && this.#rows.has(wanted) ? wanted : this.#keys[0];
    for (const [key, { button }] of this.#rows) {
      setAttribute(button, "tabindex", key === this.#current ? "0" : "-1");
    }
  }

  #keyUnder(event: Event): string | undefined {
    const node = event.target instanceof Element && event.target.closest("tr");
    return this.#keys.find((key) => this.#rows.get(key)?.node === node);
  }

  #choose(event: MouseEvent): void {
    const row = this.#rows.get(this.#keyUnder(event) ?? "");
    if (!row) return;
    const [direction, sign] = row.row;
    this.#options.chosen();
    row.button.focus({ preventScroll: true });
    this.#options.requests.send({ type: "direction", direction, sign });
  }

  #sort(column: TableColumn): void {
    const { model, requests } = this.#options;
    const [table_by, table_descending] = [model.get("table_by"), model.get("table_descending")];
    requests.tellAll(sortedBy(column, { table_by, table_descending }));
  }

  #pressed(event: KeyboardEvent): void {
    const from = this.#keys.indexOf(this.#keyUnder(event) ?? "");
    if (from < 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { pane, body } = this.#parts;
    const height = body.clientHeight / Math.max(1, this.#keys.length);
    const page = Math.max(1, Math.floor(pane.clientHeight / Math.max(1, height)) - 2);
    const steps = { back: "ArrowUp", forth: "ArrowDown", page };
    const to = nextIndex(event.key, from, this.#keys.length, steps);
    if (to === undefined) return;
    event.preventDefault();
    this.#focus(to);
  }
}

/** Creates the table of directions. */
export function createDirectionTable(
  options: DirectionTableOptions,
  signal: AbortSignal,
): DirectionTableView {
  return new DirectionTable(options, signal);
}
