import { integer } from "../../base/format.ts";
import { changeDetector } from "../../base/memoize.ts";
import type { Legend } from "../../protocol/frames.ts";
import {
  classColour,
  groupName,
  soloed,
  toggledHidden,
  visibleGroups,
} from "../../state/classes.ts";
import type { ScopeState } from "../../state/shown.ts";
import { element, setAttribute } from "../../ui/elements.ts";

const SEEN = 60;
const SAID = 200;

const sizeText = (size: number): string => `${integer(size)} ${size === 1 ? "sample" : "samples"}`;

function entryOf(legend: Legend, group: number): HTMLButtonElement {
  const swatch = element("span", { class: "srm-class-swatch" });
  const name = element("bdi", { class: "srm-class-name" }, [groupName(legend, group, SEEN)]);
  const entry = element("button", { type: "button" }, [swatch, name]);
  entry.className = `srm-class ${classColour(legend, group)}`;
  entry.dataset.lmSuppressShortcuts = "true";
  const hint = "Shift-click or double-click: this one alone";
  const size = sizeText(legend.sizes[group] ?? 0);
  entry.title = `${groupName(legend, group, SAID)} · ${size}\n${hint}`;
  entry.setAttribute("aria-description", `${size}; with Shift this class alone`);
  return entry;
}

/** Creates the legend of the classes, whose entries switch them on and off. */
export function createClassLegend(hide: (groups: number[]) => void, signal: AbortSignal) {
  const entries = element("div", { class: "srm-class-entries" });
  const all = element("button", { type: "button", class: "srm-class srm-class-all" }, ["All"]);
  all.title = "Switch all classes on";
  const label = { class: "srm-classes", role: "group", "aria-label": "Classes" };
  const node = element("div", label, [entries, all]);
  const seen: { legend: Legend | undefined; hidden: readonly number[] } = {
    legend: undefined,
    hidden: [],
  };
  const changed = changeDetector();

  const groupOf = (event: Event): number => {
    const entry = event.target instanceof Element && event.target.closest("button");
    return entry ? [...entries.children].indexOf(entry) : -1;
  };
  const single = (group: number) => {
    if (seen.legend && group >= 0) hide(soloed(seen.legend, seen.hidden, group));
  };
  const clicked = (event: MouseEvent) => {
    const group = groupOf(event);
    if (event.shiftKey || event.altKey) single(group);
    else if (group >= 0) hide(toggledHidden(seen.hidden, group));
  };
  entries.addEventListener("click", clicked, { signal });
  entries.addEventListener("dblclick", (event) => single(groupOf(event)), { signal });
  const showAll = () => {
    // The button goes; the focus must not go with it.
    entries.querySelector("button")?.focus();
    hide([]);
  };
  all.addEventListener("click", showAll, { signal });

  const update = ({ legend, by_class, hidden_classes }: ScopeState) => {
    const on = legend ? visibleGroups(legend, hidden_classes) : [];
    // What is hidden must be seen to be, or nobody finds it again.
    node.hidden = !legend || !(by_class || on.length < legend.names.length);
    Object.assign(seen, { legend, hidden: hidden_classes });
    if (!legend) return;
    if (changed(legend)) entries.replaceChildren(...legend.names.map((_, k) => entryOf(legend, k)));
    [...entries.children].forEach((entry, group) => {
      setAttribute(entry, "aria-pressed", String(on.includes(group)));
    });
    all.classList.toggle("srm-away", on.length === legend.names.length);
  };
  return { node, update };
}
