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

export interface Repaint {
  /** once before the next frame, however often it is called */
  soon(): void;
  /** at once, instead of before the next frame */
  now(): void;
}

/** Runs `task`, but not once the signal is aborted. */
export function repainting(task: () => void, signal: AbortSignal): Repaint {
  let due: number | undefined;
  const cancel = () => {
    if (due !== undefined) cancelAnimationFrame(due);
    due = undefined;
  };
  signal.addEventListener("abort", cancel, { once: true });
  const now = () => {
    cancel();
    if (!signal.aborted) task();
  };
  const soon = () => {
    if (due === undefined && !signal.aborted) due = requestAnimationFrame(now);
  };
  return { soon, now };
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

/** Calls `changed` when a pixel of the page is so many of the screen as it was not before. */
export function watchPixelRatio(changed: () => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  const query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
  const again = () => {
    changed();
    watchPixelRatio(changed, signal);
  };
  query.addEventListener("change", again, { once: true, signal });
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
