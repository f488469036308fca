import { clipped, integer } from "../../base/format.ts";
import type { TableRow } from "../../protocol/frames.ts";
import { DirectionFinder, type FoundDirection } from "../../state/direction-finder.ts";
import { createAnnouncer } from "../../ui/announcer.ts";
import { element, setAttribute, setText } from "../../ui/elements.ts";

/** What the field is, and whom it tells. */
export interface FindFieldOptions {
  id: string;
  /** the name of a direction among those that are named */
  nameOf(names: readonly string[], direction: number): string;
  /** the user chose a direction */
  chosen(direction: number, sign: 1 | -1): void;
}

/** What it finds directions among. */
export interface FindFieldProps {
  /** empty if the directions have none */
  names: readonly string[];
  nDirections: number;
  /** rows of the table of directions, as far as it is counted */
  rows: readonly TableRow[];
}

/** A field that finds directions as one types. */
export interface FindField {
  node: HTMLElement;
  update(props: FindFieldProps): void;
}

const MOST_FOUND = 8;
const NAME_LETTERS = 60;

function createOption({ direction, sign, name, label }: FoundDirection, id: string) {
  const signed = element("bdi", {}, [`${sign < 0 ? "−" : ""}${clipped(name, NAME_LETTERS)}`]);
  const more = [integer(direction), label === undefined ? "" : clipped(label, NAME_LETTERS)];
  const about = element("bdi", { class: "srm-find-about" }, [more.filter(Boolean).join(" · ")]);
  return element("li", { id, role: "option", "aria-selected": "false" }, [signed, about]);
}

/** What is said of what was found, for those who do not see the list. */
function foundText(best: number, total: number): string {
  if (total === 0) return "No direction found.";
  const of = best < total ? ` of ${integer(total)}` : "";
  return `${integer(best)}${of} found.`;
}

function createFindElements(id: string) {
  const input = element("input", {
    id: `${id}-find`,
    type: "text",
    role: "combobox",
    placeholder: "Name, number or label",
    title: "A − in front is for the negative of a direction",
    autocomplete: "off",
    spellcheck: "false",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": `${id}-found`,
  });
  const caption = element("label", { for: input.id }, ["Find direction"]);
  const list = element("ul", {
    id: `${id}-found`,
    class: "srm-find-list",
    role: "listbox",
    "aria-label": "Directions found",
  });
  const status = element("span", { class: "srm-unseen", role: "status" });
  const node = element("div", { class: "srm-field srm-find" }, [caption, input, list, status]);
  list.hidden = true;
  return { node, input, list, status };
}

/** A combobox of directions: what was typed is searched for at every key. */
class DirectionCombobox implements FindField {
  readonly #options: FindFieldOptions;
  readonly #parts: ReturnType<typeof createFindElements>;
  readonly #announce: (text: string) => void;
  #props: FindFieldProps = { names: [], nDirections: 0, rows: [] };
  #finder: DirectionFinder | undefined;
  #best: FoundDirection[] = [];
  #active = -1;

  constructor(options: FindFieldOptions, signal: AbortSignal) {
    this.#options = options;
    this.#parts = createFindElements(options.id);
    const { input, list, status } = this.#parts;
    this.#announce = createAnnouncer(status, signal);
    input.addEventListener("input", () => this.#search(), { signal });
    input.addEventListener("focus", () => this.#search(), { signal });
    input.addEventListener("blur", () => this.#close(), { signal });
    input.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    // The field keeps the focus.
    list.addEventListener("pointerdown", (event) => event.preventDefault(), { signal });
    list.addEventListener("click", (event) => this.#clicked(event), { signal });
  }

  get node(): HTMLElement {
    return this.#parts.node;
  }

  update(props: FindFieldProps): void {
    const { names, nDirections } = this.#props;
    if (names !== props.names || nDirections !== props.nDirections) this.#finder = undefined;
    this.#props = props;
  }

  /** Names are read when somebody comes to the field, so that the first key need not wait. */
  #finderNow(): DirectionFinder {
    if (this.#finder) return this.#finder;
    const { names, nDirections } = this.#props;
    const nameOf = (_: unknown, direction: number) => this.#options.nameOf(names, direction);
    const all = names.length > 0 ? names : Array.from({ length: nDirections }, nameOf);
    this.#finder = new DirectionFinder(all);
    return this.#finder;
  }

  #search(): void {
    const { input, list } = this.#parts;
    const typed = input.value.trim();
    const finder = this.#finderNow();
    if (typed === "") {
      this.#close();
      return;
    }
    const { best, total } = finder.find(typed, this.#props.rows, MOST_FOUND);
    this.#best = best;
    const nodes: HTMLElement[] = best.map((found, k) => createOption(found, `${list.id}-${k}`));
    const text = foundText(best.length, total);
    if (best.length < total || total === 0) {
      const said = { class: "srm-find-more", role: "presentation" };
      nodes.push(element("li", said, [text]));
    }
    list.replaceChildren(...nodes);
    list.hidden = false;
    setAttribute(input, "aria-expanded", "true");
    this.#activate(best.length > 0 ? 0 : -1);
    this.#announce(text);
  }

  #close(): void {
    const { input, list, status } = this.#parts;
    list.hidden = true;
    list.replaceChildren();
    this.#best = [];
    setAttribute(input, "aria-expanded", "false");
    this.#activate(-1);
    this.#announce("");
    setText(status, "");
  }

  #activate(place: number): void {
    const { input, list } = this.#parts;
    this.#active = place;
    [...list.querySelectorAll("[role=option]")].forEach((option, k) => {
      setAttribute(option, "aria-selected", String(k === place));
    });
    if (place < 0) input.removeAttribute("aria-activedescendant");
    else setAttribute(input, "aria-activedescendant", `${list.id}-${place}`);
  }

  #choose(place: number): void {
    const found = this.#best[place];
    if (!found) return;
    this.#parts.input.value = "";
    this.#close();
    this.#options.chosen(found.direction, found.sign);
  }

  #clicked(event: MouseEvent): void {
    const option = event.target instanceof Element && event.target.closest("[role=option]");
    if (option) this.#choose([...this.#parts.list.children].indexOf(option));
  }

  #pressed(event: KeyboardEvent): void {
    const { input, list } = this.#parts;
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const count = this.#best.length;
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      input.value = "";
      this.#close();
    } else if (event.key === "Enter" && count > 0) this.#choose(this.#active);
    else if (step !== undefined && count > 0) this.#activate((this.#active + step + count) % count);
    else return;
    event.preventDefault();
  }
}

/** Creates a field that finds directions as one types, with a list of the best. */
export function createFindField(options: FindFieldOptions, signal: AbortSignal): FindField {
  return new DirectionCombobox(options, signal);
}
