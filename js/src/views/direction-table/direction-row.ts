import { clipped, decimal, integer, percent } from "../../base/format.ts";
import type { ClassShare, Legend, TableRow } from "../../protocol/frames.ts";
import { classColour } from "../../state/classes.ts";
import { element, setAttribute, setText } from "../../ui/elements.ts";
import { signOf } from "./table-data.ts";

/** A row of the table. */
export interface DirectionRow {
  node: HTMLTableRowElement;
  button: HTMLButtonElement;
  row: TableRow;
  show(row: TableRow, nSamples: number, hasLabels: boolean, legend: Legend | undefined): void;
  aim(aimed: boolean): void;
}

const ROW_LETTERS = 200;
const OTHER_LETTERS = 20;

/** Creates a cell with a number and a bar for its share. */
function createShareCell() {
  const text = element("span");
  const quiet = element("span", { class: "srm-table-quiet" });
  const node = element("td", { class: "srm-table-number" }, [text, quiet]);
  const show = (share: number | null, said: string, more = "") => {
    setText(text, said);
    setText(quiet, more);
    node.style.setProperty("--srm-share", String(Math.min(1, share ?? 0)));
  };
  return { node, show };
}

/** Large numbers without decimals, which would not fit. */
const kurtosisText = (value: number | null): string =>
  value === null ? "–" : decimal(value, value < 100 ? 2 : 0);

/** The next classes, as " · dog (20 %)": names may be numbers too. */
const othersText = (others: readonly ClassShare[], letters: number): string =>
  others.map(([name, , share]) => ` · ${clipped(name, letters)} (${percent(share)})`).join("");

/** Creates a row of the table. */
export function createDirectionRow(first: TableRow): DirectionRow {
  const sign = element("span");
  const name = element("bdi");
  const keys = { tabindex: "-1", "data-lm-suppress-shortcuts": "true" };
  const attributes = { type: "button", class: "srm-table-name", ...keys };
  const button = element("button", attributes, [sign, name]);
  const count = createShareCell();
  const [kurtosis, purity, coverage] = [createShareCell(), createShareCell(), createShareCell()];
  const swatch = element("span");
  const text = element("bdi");
  const others = element("bdi", { class: "srm-table-quiet" });
  const label = element("td", { class: "srm-table-label" }, [swatch, text, others]);
  const head = element("th", { scope: "row" }, [button]);
  const numbers = [count.node, kurtosis.node];
  const node = element("tr", {}, [head, ...numbers, label, purity.node, coverage.node]);

  const view: DirectionRow = {
    node,
    button,
    row: first,
    show(row, nSamples, hasLabels, legend) {
      view.row = row;
      const [, side, named, counted, fourth, labelled, group, pure, covered, next] = row;
      setText(sign, signOf(side));
      setText(name, clipped(named, ROW_LETTERS));
      // Not of the button: it would be said after its name.
      name.title = clipped(named, ROW_LETTERS);
      const ofAll = counted / Math.max(1, nSamples);
      count.show(null, integer(counted), ` · ${percent(ofAll)}`);
      kurtosis.show(null, kurtosisText(fourth));
      for (const cell of [label, purity.node, coverage.node]) cell.hidden = !hasLabels;
      if (!hasLabels) return;
      setText(text, labelled === null ? "–" : clipped(labelled, ROW_LETTERS));
      const more = othersText(next, OTHER_LETTERS);
      setText(others, more);
      const share = pure === null ? "" : ` (${percent(pure)})`;
      label.title = labelled === null ? "" : `${clipped(labelled, ROW_LETTERS)}${share}${more}`;
      swatch.hidden = !legend || group === null;
      if (legend && group !== null)
        setAttribute(swatch, "class", `srm-dot ${classColour(legend, group)}`);
      purity.show(pure, pure === null ? "–" : percent(pure));
      coverage.show(covered, covered === null ? "–" : percent(covered));
    },
    aim(aimed) {
      for (const each of [node, button]) {
        if (aimed) setAttribute(each, "aria-current", "true");
        else each.removeAttribute("aria-current");
      }
    },
  };
  return view;
}
