/** Light or dark, as the host shows itself, which need not be what the operating system prefers. */

export type Theme = "light" | "dark";

type Colour = [red: number, green: number, blue: number, alpha: number];

function painter(): (colour: string) => Colour {
  const canvas = document.createElement("canvas");
  canvas.width = 1;
  canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return (colour) => {
    if (!context) return [0, 0, 0, 0];
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha];
  };
}

const luminance = ([red, green, blue]: Colour): number =>
  (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;

/** The first opaque ground, from the host's own variable outwards through the ancestors. */
function ground(probe: HTMLElement, root: HTMLElement, paint: (colour: string) => Colour) {
  const behind = (node: Element) => paint(getComputedStyle(node).backgroundColor);
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

/** Keeps `data-srm-theme` on the root current; `probe` is painted with the host's ground by the stylesheet. */
export function followTheme(
  root: HTMLElement,
  probe: HTMLElement,
  changed: () => void,
  signal: AbortSignal,
) {
  const paint = painter();
  const preference = window.matchMedia("(prefers-color-scheme: dark)");
  const update = () => {
    if (!root.isConnected) return;
    const colour = ground(probe, root, paint);
    const dark = colour ? luminance(colour) < 0.45 : preference.matches;
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
