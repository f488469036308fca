import { element } from "../../ui/elements.ts";
import { CURVE_ENTRY_NAMES } from "./legend-entries.ts";

/** What the legend of curves and marks says. */
export interface CurveLegendProps {
  /** whether the curve is drawn as stacked classes */
  isStacked: boolean;
  /** text of each of `CURVE_ENTRY_NAMES`, "" where it is not drawn */
  texts: readonly string[];
}

/** Creates the legend of the curves and marks in the polar plot. */
export function createCurveLegend() {
  const node = element("ul", { class: "srm-legend", "aria-label": "Legend" });
  const items = CURVE_ENTRY_NAMES.map((name) => {
    const swatch = element("span", { class: `srm-swatch srm-swatch-${name}` });
    const text = document.createTextNode("");
    return { text, item: element("li", {}, [swatch, text]) };
  });
  node.append(...items.map(({ item }) => item));
  const draw = ({ isStacked, texts }: CurveLegendProps) => {
    node.classList.toggle("srm-stacked", isStacked);
    items.forEach(({ text, item }, k) => {
      const entry = texts[k];
      item.hidden = !entry;
      if (entry && text.data !== entry) text.data = entry;
    });
  };
  return { node, draw };
}
