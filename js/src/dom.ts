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

/** Writes only what changed, so that selections and live regions are left in peace. */
export function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node: Element, name: string, value: string): void {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/** At most one run of `task` per animation frame; none once the signal is aborted. */
export function perFrame(task: () => void, signal: AbortSignal): () => void {
  let due: number | undefined;
  signal.addEventListener(
    "abort",
    () => {
      if (due !== undefined) cancelAnimationFrame(due);
    },
    { once: true },
  );
  return () => {
    if (due !== undefined || signal.aborted) return;
    due = requestAnimationFrame(() => {
      due = undefined;
      task();
    });
  };
}

/** Runs `task` once nothing has called for `milliseconds`. */
export function afterQuiet(
  task: () => void,
  milliseconds: number,
  signal: AbortSignal,
): () => void {
  let timer: number | undefined;
  signal.addEventListener("abort", () => window.clearTimeout(timer), { once: true });
  return () => {
    window.clearTimeout(timer);
    if (!signal.aborted) timer = window.setTimeout(task, milliseconds);
  };
}

/** Calls `changed` when the node gets another size or comes into sight. */
export function watchLayout(node: Element, changed: () => void, signal: AbortSignal): void {
  const size = new ResizeObserver(changed);
  const sight = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) changed();
  });
  size.observe(node);
  sight.observe(node);
  signal.addEventListener(
    "abort",
    () => {
      size.disconnect();
      sight.disconnect();
    },
    { once: true },
  );
}
