/** The page in Node's document, driven as its readers do: by roles and names, keys and values. */

import assert from "node:assert/strict";
import { time } from "./dom.ts";
import type { FakeKernel, FakeLayer } from "./kernel/fake-kernel.ts";
import { ScopeHost, type Widget } from "./scope-host.ts";

const { default: widget } = (await import("../../src/index.ts")) as unknown as { default: Widget };

/** Elements that have a role without saying so. */
const IMPLICIT: Record<string, string> = {
  button: "button",
  combobox: "select",
  region: "section[aria-label]",
  table: "table",
  slider: "input[type=range]",
  searchbox: "input[type=search]",
  spinbutton: "input[type=number]",
  columnheader: "th[scope=col]",
  rowheader: "th[scope=row]",
};

function withRole(root: ParentNode, role: string): HTMLElement[] {
  const implicit = IMPLICIT[role];
  const found = [...root.querySelectorAll<HTMLElement>(`[role="${role}"]`)];
  if (implicit) found.push(...root.querySelectorAll<HTMLElement>(`${implicit}:not([role])`));
  return found.sort((one, other) => (one.compareDocumentPosition(other) & 4 ? -1 : 1));
}

/** A text without non-breaking spaces. */
export const plain = (text: string | null | undefined): string =>
  (text ?? "").replaceAll("\u00a0", " ").replaceAll("\u202f", " ").trim();

function nameOf(node: Element): string {
  const byIds = (node.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean);
  const texts = byIds.map((id) => plain(document.getElementById(id)?.textContent));
  if (texts.length > 0) return texts.join(" ");
  const label = node.getAttribute("aria-label");
  if (label !== null) return plain(label);
  if (node.id) {
    const caption = document.querySelector(`label[for="${node.id}"]`);
    if (caption) return plain(caption.textContent);
  }
  return plain(node.textContent);
}

/** Whether nothing hides it; but for one class, what a stylesheet hides is not known here. */
export const isShown = (node: Element): boolean => node.closest("[hidden], .srm-away") === null;

const isTold = (node: Element): boolean =>
  isShown(node) && node.closest("[aria-hidden=true]") === null;

/** All of a role that are shown, and have this name where one is given. */
export function allByRole(root: ParentNode, role: string, name?: string): HTMLElement[] {
  const named = withRole(root, role).filter((node) => name === undefined || nameOf(node) === name);
  return named.filter(isTold);
}

export function byRole<Kind extends HTMLElement = HTMLElement>(
  root: ParentNode,
  role: string,
  name?: string,
): Kind {
  const [found, ...more] = allByRole(root, role, name);
  if (found && more.length === 0) return found as Kind;
  const names = allByRole(root, role).map(nameOf);
  throw new Error(`expected one ${role} named ${name}, got ${1 + more.length} of ${names}`);
}

/** The corners of a path of straight lines, with y upwards. */
export function corners(path: string | null): [x: number, y: number][] {
  const values = (path?.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
  return Array.from({ length: values.length / 2 }, (_, k) => [
    values[2 * k] ?? Number.NaN,
    -(values[2 * k + 1] ?? Number.NaN),
  ]);
}

/** How far each corner is from the centre. */
export const radii = (path: string | null): number[] =>
  corners(path).map(([x, y]) => Math.hypot(x, y));

/** Numbers of a trait that travels as bytes. */
export const int32 = (value: unknown): number[] => [
  ...new Int32Array((value as DataView<ArrayBuffer>).buffer),
];
export const float32 = (value: unknown): number[] => [
  ...new Float32Array((value as DataView<ArrayBuffer>).buffer),
];

/** A scope with its kernel, shown in `views` views. */
export class OpenedPage {
  static #last: OpenedPage | undefined;
  readonly host: ScopeHost;

  private constructor(host: ScopeHost) {
    this.host = host;
  }

  /** Opens a scope in place of the one before. */
  static async open(layer: FakeLayer, views = 1): Promise<OpenedPage> {
    OpenedPage.#last?.close();
    const page = new OpenedPage(new ScopeHost(widget, layer));
    OpenedPage.#last = page;
    for (let k = 0; k < views; k += 1) page.host.addView();
    await time.paint();
    return page;
  }

  close(): void {
    for (const { removal } of this.host.views) removal.abort();
    this.host.closing.abort();
    document.body.replaceChildren();
  }

  get kernel(): FakeKernel {
    return this.host.kernel;
  }

  trait(name: string): unknown {
    return this.host.model.get(name);
  }

  view(number = 0): HTMLElement {
    const found = document.querySelectorAll<HTMLElement>(".srm-scope")[number];
    if (!found) throw new Error(`expected view ${number}, got none`);
    return found;
  }

  one<Kind extends Element = HTMLElement>(selector: string, view = 0): Kind {
    const found = this.view(view).querySelector<Kind>(selector);
    if (!found) throw new Error(`expected ${selector}, got none`);
    return found;
  }

  all(selector: string, view = 0): HTMLElement[] {
    return [...this.view(view).querySelectorAll<HTMLElement>(selector)];
  }

  text(selector: string, view = 0): string {
    return plain(this.one(selector, view).textContent);
  }

  get(role: string, name?: string): HTMLElement {
    return byRole(this.view(), role, name);
  }

  has(role: string, name?: string): boolean {
    return allByRole(this.view(), role, name).length > 0;
  }

  slider(name: string): HTMLInputElement {
    return byRole<HTMLInputElement>(this.view(), "slider", name);
  }

  button(name: string): HTMLElement {
    return this.get("button", name);
  }

  async click(node: HTMLElement, more: MouseEventInit = {}): Promise<void> {
    node.focus();
    node.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...more }));
    await time.paint();
  }

  /** Writes a value into a slider, a field or a choice, as the browser does when its user does. */
  async fill(node: HTMLElement, value: string | number): Promise<void> {
    node.focus();
    (node as HTMLInputElement).value = String(value);
    node.dispatchEvent(new Event("input", { bubbles: true }));
    if (node.matches("select")) node.dispatchEvent(new Event("change", { bubbles: true }));
    await time.paint();
  }

  /**
   * Presses a key, on the node or where the focus is. What the page does not take, buttons and
   * sliders do by themselves.
   */
  async press(key: string, node?: HTMLElement, more: KeyboardEventInit = {}): Promise<void> {
    node?.focus();
    const target = (node ?? document.activeElement) as HTMLElement;
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
    target.dispatchEvent(event);
    if (!event.defaultPrevented) await this.#byItself(target, key);
    await time.paint();
  }

  async #byItself(target: HTMLElement, key: string): Promise<void> {
    const isPressed = key === "Enter" || key === " ";
    if (target.matches("button") && isPressed) await this.click(target);
    if (!target.matches("input[type=range]")) return;
    const { min, max, step, valueAsNumber } = target as HTMLInputElement;
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };
    const ends = { Home: Number(min), End: Number(max) };
    const by = steps[key as keyof typeof steps] ?? 0;
    const end = ends[key as keyof typeof ends];
    if (end === undefined && by === 0) return;
    const moved = end ?? Math.min(Number(max), valueAsNumber + by * Number(step));
    const value = Math.max(Number(min), moved);
    // As browsers: at its end a slider does not say that it has moved.
    if (value !== valueAsNumber) await this.fill(target, value);
  }

  /** A change on the kernel's side. */
  async push(changes: Parameters<FakeKernel["push"]>[0]): Promise<void> {
    this.kernel.push(changes);
    await time.paint();
  }

  /** A message of the kernel, as it comes. */
  async receive(message: Record<string, unknown>): Promise<void> {
    this.host.model.receive(message);
    await time.paint();
  }

  async answer(): Promise<void> {
    this.kernel.answer();
    await time.paint();
  }
}

/** Fails unless `node` has the focus; a comparison of nodes would print all that hangs on them. */
export function assertFocused(node: Element | undefined): void {
  const said = (each: Element | null | undefined) => `${each?.localName}.${each?.className}`;
  const focused = document.activeElement;
  assert.ok(focused === node, `expected the focus on ${said(node)}, found it on ${said(focused)}`);
}

/** Fails unless numbers are as expected, each to `within`. */
export function assertNear(
  actual: readonly number[],
  expected: readonly number[],
  within: number,
): void {
  assert.equal(actual.length, expected.length);
  const off = actual.map((value, k) => Math.abs(value - (expected[k] ?? Number.NaN)));
  const worst = off.findIndex((each) => !(each <= within));
  const [got, wanted] = [actual[worst], expected[worst]];
  assert.equal(worst, -1, `expected ${wanted} ± ${within} at ${worst}, got ${got}`);
}
