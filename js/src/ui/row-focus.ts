import { setAttribute } from "./elements.ts";
import { reorderChildren } from "./keyed-children.ts";
import { nextIndex } from "./roving-focus.ts";

/** A row of a table, with the button that chooses it. */
export interface ButtonRow {
  node: HTMLTableRowElement;
  button: HTMLButtonElement;
}

/** The rows of a table of which one is reached by Tab; arrow keys reach the others. */
export class RowFocus<Row extends ButtonRow> {
  readonly #pane: HTMLElement;
  readonly #body: HTMLElement;
  #rows: readonly Row[] = [];
  #current: Row | undefined;

  /** `pane` scrolls the rows in `body`; `chosen` hears of a press on one of them. */
  constructor(
    pane: HTMLElement,
    body: HTMLElement,
    chosen: (row: Row) => void,
    signal: AbortSignal,
  ) {
    this.#pane = pane;
    this.#body = body;
    const pressed = (event: Event) => {
      const row = this.#rows[this.#under(event)];
      row?.button.focus({ preventScroll: true });
      if (row) chosen(row);
    };
    const focused = (event: Event) => this.#makeTabStop(this.#rows[this.#under(event)]);
    body.addEventListener("click", pressed, { signal });
    body.addEventListener("focusin", focused, { signal });
    body.addEventListener("keydown", (event) => this.#pressed(event), { signal });
  }

  /** Shows rows in the place of others. Where the one with the focus goes, one in its place has it. */
  show(rows: readonly Row[]): void {
    const before = this.#rows.findIndex(({ button }) => button.matches(":focus"));
    this.#rows = rows;
    reorderChildren(
      this.#body,
      rows.map(({ node }) => node),
    );
    this.#makeTabStop(this.#current);
    if (before >= 0 && !this.#body.querySelector(":focus")) {
      rows[Math.min(before, rows.length - 1)]?.button.focus();
    }
  }

  #makeTabStop(wanted: Row | undefined): void {
    this.#current = wanted && this.#rows.includes(wanted) ? wanted : this.#rows[0];
    for (const row of this.#rows) {
      setAttribute(row.button, "tabindex", row === this.#current ? "0" : "-1");
    }
  }

  #under(event: Event): number {
    const node = event.target instanceof Element && event.target.closest("tr");
    return this.#rows.findIndex((row) => row.node === node);
  }

  #pressed(event: KeyboardEvent): void {
    const from = this.#under(event);
    if (from < 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const count = this.#rows.length;
    const height = this.#body.clientHeight / count;
    const page = Math.max(1, Math.floor(this.#pane.clientHeight / Math.max(1, height)) - 2);
    const to = nextIndex(event.key, from, count, { back: "ArrowUp", forth: "ArrowDown", page });
    if (to === undefined) return;
    event.preventDefault();
    this.#rows[to]?.button.focus();
  }
}
