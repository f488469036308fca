import { createButton, element, setAttribute } from "../../ui/elements.ts";

/** A kind of file that can be saved. */
export type FileKind = "svg" | "png" | "csv";

const FILE_KINDS: readonly (readonly [FileKind, string])[] = [
  ["svg", "Picture (SVG)"],
  ["png", "Picture (PNG)"],
  ["csv", "Curve (CSV)"],
];

/** A button with a menu of files. */
export interface SaveMenu {
  node: HTMLElement;
  button: HTMLButtonElement;
}

/** The index of the entry that a key moves to from `at`, or undefined if it does not. */
export function entryAfter(key: string, at: number, size: number): number | undefined {
  if (key === "ArrowDown") return (at + 1) % size;
  if (key === "ArrowUp") return (at - 1 + size) % size;
  if (key === "Home") return 0;
  return key === "End" ? size - 1 : undefined;
}

/** Opens and closes the list; the focus goes in with it and comes back to the button. */
function folding(button: HTMLElement, list: HTMLElement, entries: HTMLElement[]) {
  const isOpen = () => !list.hidden;
  const open = (at: number) => {
    list.hidden = false;
    setAttribute(button, "aria-expanded", "true");
    entries[at]?.focus();
  };
  const close = (back: boolean) => {
    if (!isOpen()) return;
    if (back) button.focus();
    list.hidden = true;
    setAttribute(button, "aria-expanded", "false");
  };
  return { isOpen, open, close };
}

/** Creates a button that opens a menu of the files that can be saved. */
export function createSaveMenu(
  id: string,
  chosen: (kind: FileKind) => void,
  signal: AbortSignal,
): SaveMenu {
  const button = createButton("Save", () => (isOpen() ? close(true) : open(0)), signal);
  const attributes = { type: "button", role: "menuitem", tabindex: "-1" };
  const entries = FILE_KINDS.map(([, name]) => element("button", attributes, [name]));
  const list = element("div", { class: "srm-menu", role: "menu", "aria-label": "Save" }, entries);
  list.id = `${id}-save`;
  list.hidden = true;
  const says = { "aria-haspopup": "menu", "aria-expanded": "false", "aria-controls": list.id };
  for (const [name, value] of Object.entries(says)) button.setAttribute(name, value);
  const node = element("div", { class: "srm-save" }, [button, list]);
  const { isOpen, open, close } = folding(button, list, entries);

  FILE_KINDS.forEach(([kind], k) => {
    const pressed = () => {
      close(true);
      chosen(kind);
    };
    entries[k]?.addEventListener("click", pressed, { signal });
  });
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Tab") close(true); // and on from the button
    const at = entries.findIndex((entry) => entry.matches(":focus"));
    const opens = isOpen() || event.key.startsWith("Arrow");
    const next = opens ? entryAfter(event.key, at, entries.length) : undefined;
    const closes = event.key === "Escape" && isOpen();
    if (next === undefined && !closes) return;
    event.preventDefault();
    event.stopPropagation();
    if (closes) close(true);
    else if (next !== undefined)
      open(at < 0 && event.key === "ArrowUp" ? entries.length - 1 : next);
  };
  node.addEventListener("keydown", pressed, { signal });
  const elsewhere = (event: Event) => {
    if (!event.composedPath().includes(node)) close(false);
  };
  document.addEventListener("pointerdown", elsewhere, { capture: true, signal });
  return { node, button };
}
