/** Follows the theme of the host, light or dark, which need not be that of the operating system. */

import { createColourReader, type Rgba } from "./css-colours.ts";

/** The theme of the page. */
export type Theme = "light" | "dark";

const TRANSPARENT: Rgba = [0, 0, 0, 0];

const luminance = ([red, green, blue]: Rgba): number =>
  (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;

/** The first opaque background, from the host's own variable outwards through the ancestors. */
function ground(probe: HTMLElement, root: HTMLElement, read: (colour: string) => Rgba) {
  const behind = (node: Element) => read(getComputedStyle(node).backgroundColor);
  const own = behind(probe);
  if (own[3] > 127) return own;
  let node: Node | null = root.parentNode;
  while (node) {
    if (node instanceof Element) {
      const colour = behind(node);
      if (colour[3] > 127) return colour;
    }
    node = node instanceof ShadowRoot ? node.host : node.parentNode;
  }
  return undefined;
}

/**
 * Whether the browser's own ground is dark, which shows where nobody paints one: light in a page that
 * names no colour scheme, whatever is preferred. In a frame that of the page around it may show.
 */
function canvasIsDark(prefersDark: boolean): boolean {
  if (window.parent !== window) return prefersDark;
  const own = getComputedStyle(document.documentElement).colorScheme;
  const named = document.querySelector<HTMLMetaElement>('meta[name="color-scheme"]')?.content;
  const schemes = (own && own !== "normal" ? own : (named ?? "")).split(/\s+/);
  return schemes.includes("dark") && (prefersDark || !schemes.includes("light"));
}

/**
 * Keeps `data-srm-theme` on the root current; the stylesheet gives `probe` the host's background.
 */
export function followTheme(
  root: HTMLElement,
  probe: HTMLElement,
  changed: () => void,
  signal: AbortSignal,
) {
  const read = createColourReader() ?? (() => TRANSPARENT);
  const preference = window.matchMedia("(prefers-color-scheme: dark)");
  const update = () => {
    if (!root.isConnected) return;
    const colour = ground(probe, root, read);
    const dark = colour ? luminance(colour) < 0.45 : canvasIsDark(preference.matches);
    const theme: Theme = dark ? "dark" : "light";
    if (root.dataset.srmTheme !== theme) root.dataset.srmTheme = theme;
    changed();
  };
  const hosts = new MutationObserver(update);
  const options = { attributes: true, attributeFilter: ["class", "style", "data-theme"] };
  const jupyter = ["data-jp-theme-light", "data-jp-theme-name", "data-vscode-theme-kind"];
  options.attributeFilter.push(...jupyter);
  for (const node of [document.documentElement, document.body]) hosts.observe(node, options);
  signal.addEventListener("abort", () => hosts.disconnect(), { once: true });
  for (const query of [
    preference,
    matchMedia("(forced-colors: active), (prefers-contrast: more)"),
  ]) {
    query.addEventListener("change", update, { signal });
  }
  update();
  return update;
}
