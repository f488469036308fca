import type { Legend, TableColumn, TableFrame } from "../../protocol/frames.ts";
import { sortingOf } from "../../protocol/table-sorting.ts";
import { createButton, element, setAttribute, setBusy, setText } from "../../ui/elements.ts";
import { RowFocus } from "../../ui/row-focus.ts";
import { createDirectionRow, type DirectionRow } from "./direction-row.ts";
import { COLUMN_HEADS, columnsOf, directionKey, explanation, tableCaption } from "./table-data.ts";
import { createTableFilter } from "./table-filter.ts";

/** Whom the table tells. */
export interface DirectionTableOptions {
  id: string;
  /** the user chose a direction, and with it a plane */
  chosen(direction: number, sign: 1 | -1): void;
  /** the user wants the table sorted by a column, or the other way round */
  sort(column: TableColumn): void;
  /** the user wants rows that a text is found in */
  search(text: string): void;
  /** the user wants rows of at least so many samples */
  fewest(count: number): void;
  /** the user wants the directions counted, however long it takes */
  count(): void;
}

/** What is said of the table as a whole. */
export interface TableStatusProps {
  isShown: boolean;
  nDirections: number;
  frame: TableFrame | undefined;
  /** whether it is counted or sorted anew */
  isLate: boolean;
  /** whether it is counted */
  isRunning: boolean;
  /** whether they are counted only if the user says so */
  isWaiting: boolean;
  hint: string;
  search: string;
  least: number;
}

/** What the rows show. */
export interface TableRowsProps {
  /** undefined where there is no table, or nobody looks at it */
  frame: TableFrame | undefined;
  nSamples: number;
  legend: Legend | undefined;
}

/** The directions that the spotlight points at, in the rows of a frame. */
export interface AimedProps {
  frame: TableFrame | undefined;
  aimed: readonly string[];
}

/** The table of directions as other parts see it. */
export interface DirectionTableView {
  node: HTMLElement;
  drawStatus(props: TableStatusProps): void;
  drawRows(props: TableRowsProps): void;
  drawAimed(props: AimedProps): void;
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
  const update = (frame: TableFrame) => {
    const shown = columnsOf(frame.has_labels);
    const { by, descending } = sortingOf(frame, frame.has_labels);
    for (const { column, node } of columns) {
      node.hidden = !shown.includes(column);
      const order = descending ? "descending" : "ascending";
      setAttribute(node, "aria-sort", column === by ? order : "none");
    }
  };
  return { nodes: columns.map(({ node }) => node), update };
}

function createTableElements(options: DirectionTableOptions, signal: AbortSignal) {
  const title = element("h3", { class: "srm-part-title" }, ["Directions"]);
  const line = element("p", { class: "srm-part-count" });
  const head = element("div", { class: "srm-strip-head" }, [title, line]);
  const caption = element("caption", { class: "srm-table-caption" });
  const heads = createHeads((column) => options.sort(column), signal);
  const filter = createTableFilter(options, signal);
  const body = element("tbody");
  const top = element("thead", {}, [element("tr", {}, heads.nodes)]);
  const table = element("table", { class: "srm-table" }, [caption, top, body]);
  // Its buttons have the focus; Firefox would stop at whatever scrolls.
  const pane = element("div", { class: "srm-table-pane", tabindex: "-1" }, [table]);
  const hint = element("p", { class: "srm-table-hint", role: "status" });
  const count = createButton("Count", () => options.count(), signal, "srm-table-count");
  const label = { class: "srm-directions", role: "group", "aria-label": "Directions" };
  const node = element("section", label, [head, filter.node, pane, hint, count]);
  return { node, line, caption, heads, filter, body, pane, hint, count };
}

/**
 * The table of all directions ±b_i and the samples around them; choosing a row turns the spotlight
 * there.
 */
class DirectionTable implements DirectionTableView {
  readonly #parts: ReturnType<typeof createTableElements>;
  readonly #rows = new Map<string, DirectionRow>();
  readonly #focus: RowFocus<DirectionRow>;

  constructor(options: DirectionTableOptions, signal: AbortSignal) {
    this.#parts = createTableElements(options, signal);
    const { pane, body } = this.#parts;
    const chosen = ({ row: [direction, sign] }: DirectionRow) => options.chosen(direction, sign);
    this.#focus = new RowFocus(pane, body, chosen, signal);
  }

  get node(): HTMLElement {
    return this.#parts.node;
  }

  drawStatus(props: TableStatusProps): void {
    const { node, pane, hint, line, filter, count } = this.#parts;
    node.hidden = !props.isShown;
    if (node.hidden) return;
    pane.style.setProperty("--srm-rows", String(2 * props.nDirections));
    setBusy(pane, props.isLate);
    setText(hint, props.hint);
    hint.hidden = props.hint === "";
    count.hidden = !props.isWaiting;
    filter.update(props.search, props.least);
    const counting = props.isRunning ? "Counting the samples of each direction." : "";
    setText(line, props.frame ? explanation(props.frame) : counting);
  }

  drawAimed({ aimed }: AimedProps): void {
    for (const [key, row] of this.#rows) row.aim(aimed.includes(key));
  }

  drawRows({ frame, nSamples, legend }: TableRowsProps): void {
    if (!frame) return;
    const { node, caption, heads } = this.#parts;
    heads.update(frame);
    node.classList.toggle("srm-directions-plain", !frame.has_labels);
    setText(caption, tableCaption(frame));
    const left = new Set(this.#rows.keys());
    const rows = frame.rows.map((row) => {
      const [direction, sign] = row;
      const key = directionKey(direction, sign);
      const view = this.#rows.get(key) ?? createDirectionRow(row);
      this.#rows.set(key, view);
      left.delete(key);
      view.show(row, nSamples, frame.has_labels, legend);
      return view;
    });
    for (const key of left) this.#rows.delete(key);
    this.#focus.show(rows);
  }
}

/** Creates the table of directions. */
export function createDirectionTable(
  options: DirectionTableOptions,
  signal: AbortSignal,
): DirectionTableView {
  return new DirectionTable(options, signal);
}
