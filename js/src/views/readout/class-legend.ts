import { integer } from "../../base/format.ts";
import type { Legend } from "../../protocol/frames.ts";
import { groupName } from "../../state/classes.ts";
import type { ScopeState } from "../../state/shown.ts";
import { element, setAttribute } from "../../ui/elements.ts";
import { type ClassEntry, classEntries } from "./legend-entries.ts";

const SAID = 200;

const sizeText = (size: number): string => `${integer(size)} ${size === 1 ? "sample" : "samples"}`;

function entryOf(legend: Legend, group: number, { name, colour }: ClassEntry): HTMLButtonElement {
  const swatch = element("span", { class: "srm-class-swatch" });
  const written = element("bdi", { class: "srm-class-name" }, [name]);
  const entry = element("button", { type: "button" }, [swatch, written]);
  entry.className = `srm-class ${colour}`;
  entry.dataset.lmSuppressShortcuts = "true";
  const hint = "Shift-click or double-click: this one alone";
  const size = sizeText(legend.sizes[group] ?? 0);
  entry.title = `${groupName(legend, group, SAID)} · ${size}\n${hint}`;
  entry.setAttribute("aria-description", `${size}; with Shift this class alone`);
  return entry;
}

/** Whom the legend tells. */
export interface ClassLegendOptions {
  /** the user switches a class on or off */
  toggle(group: number): void;
  /** the user wants this class alone, or all again if it is alone */
  solo(group: number): void;
  showAll(): void;
}

/** Creates the legend of the classes, whose entries switch them on and off. */
export function createClassLegend(options: ClassLegendOptions, signal: AbortSignal) {
  const entries = element("div", { class: "srm-class-entries" });
  const all = element("button", { type: "button", class: "srm-class srm-class-all" }, ["All"]);
  all.title = "Switch all classes on";
  const label = { class: "srm-classes", role: "group", "aria-label": "Classes" };
  const node = element("div", label, [entries, all]);
  let legend: Legend | undefined;

  const groupOf = (event: Event): number => {
    const entry = event.target instanceof Element && event.target.closest("button");
    return entry ? [...entries.children].indexOf(entry) : -1;
  };
  const pressed = (event: Event, single: boolean) => {
    const group = groupOf(event);
    if (group >= 0) options[single ? "solo" : "toggle"](group);
  };
  const clicked = (event: MouseEvent) => pressed(event, event.shiftKey || event.altKey);
  entries.addEventListener("click", clicked, { signal });
  // The click that a key stands for knows of Shift in some browsers only: Firefox does not tell.
  const pressedKey = (event: KeyboardEvent) => {
    if (!(event.shiftKey || event.altKey) || !(event.key === "Enter" || event.key === " ")) return;
    event.preventDefault();
    if (!event.repeat) pressed(event, true);
  };
  entries.addEventListener("keydown", pressedKey, { signal });
  entries.addEventListener("dblclick", (event) => pressed(event, true), { signal });
  const showAll = () => {
    // The button goes; the focus must not go with it.
    entries.querySelector("button")?.focus();
    options.showAll();
  };
  all.addEventListener("click", showAll, { signal });

  const draw = (props: Pick<ScopeState, "legend" | "by_class" | "hidden_classes">) => {
    const known = props.legend;
    const classes = classEntries(props);
    const complete = classes.every(({ visible }) => visible);
    // What is hidden must be seen to be, or nobody finds it again.
    node.hidden = !known || !(props.by_class || !complete);
    const isNew = known !== legend;
    legend = known;
    if (!known) return;
    if (isNew) entries.replaceChildren(...classes.map((each, k) => entryOf(known, k, each)));
    [...entries.children].forEach((entry, group) => {
      setAttribute(entry, "aria-pressed", String(classes[group]?.visible));
    });
    all.classList.toggle("srm-away", complete);
  };
  return { node, draw };
}
