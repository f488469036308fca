import { clipped, shortened } from "../../base/format.ts";
import type { PairRow } from "../../protocol/frames.ts";
import { element, setAttribute, setText } from "../../ui/elements.ts";
import { isAboveExpected, numbersOf, PAIR_HEADS } from "./pair-data.ts";

/** A row of the list. */
export interface PairRowView {
  node: HTMLTableRowElement;
  button: HTMLButtonElement;
  row: PairRow;
  show(row: PairRow): void;
  mark(isOnShow: boolean): void;
}

const NAME_LETTERS = 22;
const TITLE_LETTERS = 200;

/** Creates a row of the list. */
export function createPairRow(first: PairRow): PairRowView {
  const names = [element("bdi"), element("bdi")] as const;
  const wedge = element("span", { class: "srm-pair-and" }, ["∧\u00a0"]);
  const second = element("span", {}, [wedge, names[1]]);
  const keys = { tabindex: "-1", "data-lm-suppress-shortcuts": "true" };
  const button = element("button", { type: "button", class: "srm-pair-name", ...keys }, [
    element("span", {}, [names[0]]),
    " ",
    second,
  ]);
  const cells = PAIR_HEADS.map(() => element("td", { class: "srm-table-number" }));
  const head = element("th", { scope: "row" }, [button]);
  const node = element("tr", {}, [head, ...cells]);
  const view: PairRowView = {
    node,
    button,
    row: first,
    show(row) {
      view.row = row;
      node.classList.toggle("srm-pair-below", !isAboveExpected(row));
      names.forEach((name, k) => {
        const text = row[2][k] ?? "";
        setText(name, shortened(text, NAME_LETTERS));
        // Not of the button: it would be said after its name.
        name.title = clipped(text, TITLE_LETTERS);
      });
      numbersOf(row).forEach((text, k) => {
        const cell = cells[k];
        if (cell) setText(cell, text);
      });
    },
    mark(isOnShow) {
      for (const each of [node, button]) {
        if (isOnShow) setAttribute(each, "aria-current", "true");
        else each.removeAttribute("aria-current");
      }
    },
  };
  return view;
}
