import { element } from "../../ui/elements.ts";
import { debounce } from "../../ui/frame-scheduler.ts";

/** Whom the fields above the table tell. */
export interface TableFilterOptions {
  id: string;
  search(text: string): void;
  fewest(count: number): void;
}

// Not at every letter: each search sends the rows anew.
const TYPING_MS = 150;

/** Creates the fields that choose rows: a text they hold, and the fewest samples they have. */
export function createTableFilter({ id, search, fewest }: TableFilterOptions, signal: AbortSignal) {
  const text = element("input", {
    id: `${id}-table-search`,
    type: "search",
    placeholder: "Name, number or label",
    autocomplete: "off",
    spellcheck: "false",
  });
  const count = element("input", { id: `${id}-table-least`, type: "number", min: "0", step: "1" });
  const field = (label: string, input: HTMLInputElement) =>
    element("div", { class: "srm-field" }, [element("label", { for: input.id }, [label]), input]);
  const node = element("div", { class: "srm-table-filter" }, [
    field("Search directions", text),
    field("Fewest samples", count),
  ]);

  let shown = { search: "", least: 0 };
  const tell = () => {
    if (text.value !== shown.search) search(text.value);
    const least = count.valueAsNumber;
    if (Number.isInteger(least) && least >= 0 && least !== shown.least) fewest(least);
  };
  const soon = debounce(tell, TYPING_MS, signal);
  for (const input of [text, count]) {
    input.addEventListener("input", soon, { signal });
    input.addEventListener("change", tell, { signal });
  }
  const leave = () => {
    if (!(count.valueAsNumber >= 0)) count.value = String(shown.least);
  };
  count.addEventListener("blur", leave, { signal });
  const update = (search: string, least: number) => {
    shown = { search, least };
    // What is being typed is left alone.
    if (!text.matches(":focus")) text.value = search;
    if (!count.matches(":focus")) count.value = String(least);
  };
  return { node, update };
}
