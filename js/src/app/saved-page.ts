import { errorText } from "../base/format.ts";
import { createMemoryModel } from "../kernel/memory-model.ts";
import { SCOPE_ID } from "../protocol/limits.ts";
import type { ScopeModel, ScopeTraits } from "../protocol/traits.ts";
import { element, setAttribute } from "../ui/elements.ts";

/** A saved scope as JSON: the traits to begin with, and the samples, as base64. */
interface SavedScope {
  traits: Partial<ScopeTraits>;
  held: string;
}

interface Definition {
  initialize(given: { model: ScopeModel; signal: AbortSignal }): void;
  render(given: { model: ScopeModel; el: HTMLElement; signal: AbortSignal }): void;
}

function decoded(text: string): Uint8Array {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let k = 0; k < bytes.length; k += 1) bytes[k] = letters.charCodeAt(k);
  return bytes;
}

/** Tells the page around this frame how high it is, in pixels, whenever that changes. */
function tellHeight(): void {
  if (window.parent === window) return;
  const root = document.documentElement;
  // Of a frame apart from all others nothing can be read; what it says is no secret.
  new ResizeObserver(() => {
    window.parent.postMessage({ srmHeight: Math.ceil(root.getBoundingClientRect().height) }, "*");
  }).observe(root);
}

/** The traits that a saved scope begins with, or why they cannot be read. */
function readSavedTraits(read: () => SavedScope): Partial<ScopeTraits> | string {
  try {
    const { traits, held } = read();
    const { steps } = traits._held_frame ?? {};
    if (!Array.isArray(steps) || steps.length === 0) {
      throw new Error(`expected activations of one step or more, got ${JSON.stringify(steps)}`);
    }
    return { ...traits, _held: decoded(held) };
  } catch (error) {
    return `The data of this page cannot be read: ${errorText(error)}`;
  }
}

/** Moves the headings of a scope, so that the first of them has this level. */
export function beginHeadingsAt(el: HTMLElement, level: number): void {
  ["[aria-level]", "h3", "h4"].forEach((headings, k) => {
    const value = `${level + k}`;
    for (const node of el.querySelectorAll(headings)) setAttribute(node, "aria-level", value);
  });
}

/** Shows a saved scope until `signal` is aborted; says so and returns false if it cannot be read. */
function mountSaved(
  definition: Definition,
  el: HTMLElement,
  read: () => SavedScope,
  signal: AbortSignal,
): boolean {
  const traits = readSavedTraits(read);
  if (typeof traits === "string") {
    const alert = element("p", { role: "alert" }, [traits]);
    el.append(alert);
    signal.addEventListener("abort", () => alert.remove(), { once: true });
    return false;
  }
  // There has never been a kernel: nobody is to wait for it.
  const model = createMemoryModel({ ...traits, layout: { comm_live: false } } as typeof traits);
  definition.initialize({ model, signal });
  definition.render({ model, el, signal });
  return true;
}

/** Shows the scope of a saved page. */
export function openSavedPage(definition: Definition, saved: HTMLElement): void {
  const el = document.getElementById(SCOPE_ID) ?? document.body;
  const { signal } = new AbortController();
  const read = () => JSON.parse(saved.textContent ?? "") as SavedScope;
  if (!mountSaved(definition, el, read, signal)) return;
  // The page is the scope's alone: its headings begin at the first level.
  beginHeadingsAt(el, 1);
  tellHeight();
}

/** What a document gives a widget: a model of JSON that nobody else reads, and a place. */
export interface DocumentProps {
  model: { get(name: keyof SavedScope): unknown };
  el: HTMLElement;
}

/**
 * Shows a saved scope in a document, as the host's one call; returns how to take it away. Of the
 * host's model it only reads: those of documents refuse to save, to send and to let handlers go.
 */
export function renderInDocument(definition: Definition, { model, el }: DocumentProps): () => void {
  const removal = new AbortController();
  const read = () => {
    const [traits, held] = [model.get("traits"), model.get("held")];
    if (typeof traits !== "object" || traits === null || typeof held !== "string") {
      const got = `${traits === null ? "null" : typeof traits} and ${typeof held}`;
      throw new Error(`expected "traits" and "held", as save_myst writes them, got ${got}`);
    }
    return { traits, held };
  };
  mountSaved(definition, el, read, removal.signal);
  return () => removal.abort();
}
