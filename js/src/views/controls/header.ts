import type { ScopeTraits } from "../../protocol/traits.ts";
import { createButton, element, setAttribute, setText } from "../../ui/elements.ts";
import type { OrderByWidth } from "../../ui/responsive-order.ts";
import { createHelp, type HelpProps } from "./help.ts";
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

/** The traits that title and buttons show as they are. */
export const HEADER_TRAITS = [
  "title",
  "signed",
  "scale",
  "by_class",
  "navigator",
  "table",
] as const satisfies readonly (keyof ScopeTraits)[];

/** What title and buttons show. */
export interface HeaderProps extends Pick<ScopeTraits, (typeof HEADER_TRAITS)[number]> {
  subtitle: string;
  /** why there is no scale of gain, "" if there is */
  gainProblem: string;
  hasClasses: boolean;
  hasTable: boolean;
  isPlaying: boolean;
  /** whether there are planes to play through */
  canPlay: boolean;
  /** whether there is a whole curve to save */
  canSave: boolean;
}

/** The title and the buttons of a view. */
export interface Header {
  node: HTMLElement;
  draw(props: HeaderProps): void;
  drawHelp(props: HelpProps): void;
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

  const draw: Header["draw"] = (props) => {
    setText(title, props.title);
    title.title = props.title;
    title.hidden = props.title === "";
    kind.hidden = !title.hidden;
    setText(subtitle, props.subtitle);
    setAttribute(signed, "aria-pressed", String(props.signed));
    setAttribute(gain, "aria-pressed", String(props.scale === "gain"));
    gain.disabled = props.gainProblem !== "";
    gain.title = props.gainProblem || "Rings in multiples of what isotropic data would light";
    setAttribute(classes, "aria-pressed", String(Boolean(props.by_class)));
    classes.hidden = !props.hasClasses;
    setAttribute(map, "aria-pressed", String(Boolean(props.navigator)));
    setAttribute(table, "aria-pressed", String(Boolean(props.table)));
    table.hidden = !props.hasTable;
    setText(play, props.isPlaying ? "Pause" : "Play");
    play.classList.toggle("srm-playing", props.isPlaying);
    play.disabled = !props.canPlay;
    save.button.disabled = !props.canSave;
  };
  const narrow = [heading, aids, tools, help.panel];
  const layout = { parent: node, from: 880, narrow, wide: [...node.children] };
  return { node, layout, draw, drawHelp: help.draw, closeHelp: help.close };
}
