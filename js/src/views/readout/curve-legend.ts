import type { DecodedArrays } from "../../state/decoded-arrays.ts";
import type { ScopeState } from "../../state/shown.ts";
import { element } from "../../ui/elements.ts";

const CURVE_ENTRIES = {
  curve: "resonance f(θ)",
  positive: "signed s(θ) > 0",
  negative: "s(θ) < 0",
  band: "95 % interval",
  ensemble: "mean ± sd of all planes",
  isotropic: "isotropic",
  beam: "spotlight",
  mark: "highlighted",
  compared: "",
} as const;

type EntryName = keyof typeof CURVE_ENTRIES;

/** Creates the legend of the curves and marks in the polar plot. */
export function createCurveLegend() {
  const node = element("ul", { class: "srm-legend", "aria-label": "Legend" });
  const items = new Map<EntryName, HTMLElement>();
  for (const [name, text] of Object.entries(CURVE_ENTRIES)) {
    const swatch = element("span", { class: `srm-swatch srm-swatch-${name}` });
    const item = element("li", {}, [swatch, text]);
    items.set(name as EntryName, item);
    node.append(item);
  }
  const other = items.get("compared")?.lastChild;
  const update = (shownNow: ScopeState, { marks, ensemble, compared }: DecodedArrays) => {
    const { signed, frame, legend, by_class, steps, compare, step } = shownNow;
    const common: EntryName[] = marks.length > 0 ? ["beam", "mark"] : ["beam"];
    if (compared.length > 0) common.push("compared");
    const when = compare < step ? "before" : "after";
    if (other) other.textContent = `${when}: ${steps[compare] ?? ""}`;
    const planes: EntryName[] = ensemble.some((value) => value > 0)
      ? ["ensemble", "isotropic"]
      : ["isotropic"];
    const banded = frame && frame.peak > 0 && !(legend && by_class);
    const curve: EntryName[] = banded ? ["curve", "band"] : ["curve"];
    const shown: EntryName[] = signed ? ["positive", "negative"] : [...curve, ...planes];
    node.classList.toggle("srm-stacked", !signed && Boolean(legend && by_class));
    for (const [name, item] of items) item.hidden = ![...shown, ...common].includes(name);
  };
  return { node, update };
}
