import type { DecodedArrays } from "../../state/decoded-arrays.ts";
import type { ScopeState } from "../../state/shown.ts";
import { element } from "../../ui/elements.ts";
import { CURVE_ENTRY_NAMES, curveEntries } from "./legend-entries.ts";

/** Creates the legend of the curves and marks in the polar plot. */
export function createCurveLegend() {
  const node = element("ul", { class: "srm-legend", "aria-label": "Legend" });
  const items = CURVE_ENTRY_NAMES.map((name) => {
    const swatch = element("span", { class: `srm-swatch srm-swatch-${name}` });
    const text = document.createTextNode("");
    return { name, text, item: element("li", {}, [swatch, text]) };
  });
  node.append(...items.map(({ item }) => item));
  const update = (shown: ScopeState, arrays: DecodedArrays) => {
    const { signed, legend, by_class } = shown;
    node.classList.toggle("srm-stacked", !signed && Boolean(legend && by_class));
    const entries = curveEntries(shown, arrays);
    for (const { name, text, item } of items) {
      const entry = entries.get(name);
      item.hidden = entry === undefined;
      if (entry !== undefined && text.data !== entry) text.data = entry;
    }
  };
  return { node, update };
}
