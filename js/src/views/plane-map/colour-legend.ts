import { element, setAttribute, setText } from "../../ui/elements.ts";
import type { Palette } from "../../ui/stylesheet-palette.ts";
import type { ScoreGrid } from "./map-grid.ts";
import { colourLegendTexts } from "./map-text.ts";
import { domainOf } from "./score-colours.ts";

/** Creates the legend of the map's colours. */
export function createColourLegend() {
  const canvas = element("canvas", { class: "srm-key-ramp", height: "1", "aria-hidden": "true" });
  const texts = [element("span"), element("span"), element("span")];
  const labels = element("div", { class: "srm-key-texts" }, texts);
  const node = element("div", { class: "srm-key", role: "img" }, [canvas, labels]);
  let last: Palette | undefined;

  const update = (overview: ScoreGrid | undefined, palette: Palette) => {
    node.hidden = !overview || overview.low === null;
    if (!overview || node.hidden) return;
    const said = colourLegendTexts(overview, domainOf(overview));
    said.forEach((text, k) => {
      const label = texts[k];
      if (label) setText(label, text);
    });
    setAttribute(node, "aria-label", `Colours of the map: ${said.filter(Boolean).join(" to ")}`);
    if (last === palette) return;
    last = palette;
    canvas.width = palette.ramp.length >> 2;
    canvas.getContext("2d")?.putImageData(new ImageData(palette.ramp, canvas.width, 1), 0, 0);
  };
  return { node, update };
}
