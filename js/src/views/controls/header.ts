import type { ScopeState } from "../../state/shown.ts";
import type { ViewState } from "../../state/view-state.ts";
import { createButton, element, setAttribute, setText } from "../../ui/elements.ts";
import type { OrderByWidth } from "../../ui/responsive-order.ts";
import { createHelp } from "./help.ts";
import { createSaveMenu, type FileKind } from "./save-menu.ts";

/** What the buttons of the header do. */
export interface HeaderOptions {
  id: string;
  toggleSigned(): void;
  toggleGain(): void;
  toggleMap(): void;
  toggleTable(): void;
  toggleClasses(): void;
  togglePlay(): void;
  save(kind: FileKind): void;
}

/** The title and the buttons of a view. */
export interface Header {
  node: HTMLElement;
  update(shown: ScopeState, state: ViewState, local: { playing: boolean; still: boolean }): void;
  layout: OrderByWidth;
  /** closes the help, if it is open */
  closeHelp(): void;
}

/** Creates the title and the buttons of a view. */
export function createHeader(options: HeaderOptions, signal: AbortSignal): Header {
  const level = { role: "heading", "aria-level": "2" };
  const title = element("bdi", { class: "srm-title", ...level, id: `${options.id}-title` });
  // Of a scope without a title, for those who find their way by headings.
  const kind = element("span", { class: "srm-unseen", ...level, id: `${options.id}-kind` });
  kind.textContent = "Spotlight resonance";
  const subtitle = element("bdi", { class: "srm-subtitle" });
  const button = (name: string, pressed: () => void, style?: string) =>
    createButton(name, pressed, signal, style);
  const signed = button("Signed", options.toggleSigned);
  signed.setAttribute("role", "switch");
  const gain = button("Gain", options.toggleGain);
  const classes = button("Classes", options.toggleClasses);
  const map = button("Map", options.toggleMap);
  const table = button("Directions", options.toggleTable);
  const play = button("Play", options.togglePlay, "srm-play");
  const heading = element("div", { class: "srm-heading" }, [kind, title, subtitle]);
  const tools = element("div", { class: "srm-tools" }, [signed, gain, classes, map, table, play]);
  const save = createSaveMenu(options.id, options.save, signal);
  const help = createHelp(options.id, signal);
  const aids = element("div", { class: "srm-aids" }, [save.node, help.button]);
  // Not a header, which would be the banner of the whole page around it.
  const node = element("div", { class: "srm-header" }, [heading, tools, aids, help.panel]);

  const update: Header["update"] = (shown, state, local) => {
    setText(title, shown.title);
    title.title = shown.title;
    title.hidden = shown.title === "";
    kind.hidden = !title.hidden;
    setText(subtitle, state.subtitle);
    setAttribute(signed, "aria-checked", String(shown.signed));
    setAttribute(gain, "aria-pressed", String(shown.scale === "gain"));
    gain.disabled = state.gain.problem !== "";
    gain.title = state.gain.problem || "Rings in multiples of what isotropic data would light";
    setAttribute(classes, "aria-pressed", String(Boolean(shown.by_class)));
    classes.hidden = !shown.legend;
    setAttribute(map, "aria-pressed", String(Boolean(shown.navigator)));
    setAttribute(table, "aria-pressed", String(Boolean(shown.table)));
    table.hidden = shown.layer.levels.length > 0; // what samples would say
    setText(play, local.playing ? "Pause" : "Play");
    play.classList.toggle("srm-playing", local.playing);
    play.disabled = shown.layer.n_planes < 2 || local.still;
    save.button.disabled = !shown.frame || shown.frame.is_partial === true;
  };
  const narrow = [heading, aids, tools, help.panel];
  const layout = { parent: node, from: 880, narrow, wide: [...node.children] };
  return { node, layout, update, closeHelp: help.close };
}
