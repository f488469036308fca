/** Creates and updates DOM nodes: text goes in as text, never as markup. */

export type Attributes = Record<string, string>;

/** Creates an HTML element. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  children: (Node | string)[] = [],
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Creates a button with a text; `kind` is a CSS class of its own. */
export function createButton(name: string, pressed: () => void, signal: AbortSignal, kind = "") {
  const node = element("button", { type: "button", class: `srm-button ${kind}` }, [name]);
  node.addEventListener("click", pressed, { signal });
  return node;
}

/** Sets a text only if it changes, so that selections and live regions are left in peace. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets an attribute only if it changes. */
export function setAttribute(node: Element, name: string, value: string): void {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** Marks a part whose content is not up to date yet. */
export function setBusy(node: Element, busy: boolean): void {
  node.classList.toggle("srm-pending", busy);
  setAttribute(node, "aria-busy", String(busy));
}
