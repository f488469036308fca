/** DOM made node by node: text goes in as text, never as markup. */

export type Attributes = Record<string, string>;

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

/** A button that says its name; `kind` is a class of its own. */
export function createButton(name: string, pressed: () => void, signal: AbortSignal, kind = "") {
  const node = element("button", { type: "button", class: `srm-button ${kind}` }, [name]);
  node.addEventListener("click", pressed, { signal });
  return node;
}

/** Writes only what changed, so that selections and live regions are left in peace. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node: Element, name: string, value: string): void {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** Whether what a part shows is yet to be brought up to date. */
export function setBusy(node: Element, busy: boolean): void {
  node.classList.toggle("srm-pending", busy);
  setAttribute(node, "aria-busy", String(busy));
}
