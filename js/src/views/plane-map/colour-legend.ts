import { element, setAttribute, setText } from "../../ui/elements.ts";
import type { Palette } from "../../ui/stylesheet-palette.ts";
import type { MapData } from "./map-grid.ts";
import { colourLegendTexts, FAINT_TEXT } from "./map-text.ts";
import { domainOf, hasFaintCells } from "./score-colours.ts";

/** Creates the legend of the map's colours. */
export function createColourLegend() {
  const canvas = element("canvas", { class: "srm-key-ramp", height: "1", "aria-hidden": "true" });
  const texts = [element("span"), element("span"), element("span")];
  const labels = element("div", { class: "srm-key-texts" }, texts);
  const note = element("p", { class: "srm-key-note" });
  const node = element("div", { class: "srm-key", role: "img" }, [canvas, labels, note]);
  let last: Palette | undefined;
  let seen: MapData | undefined;
  let faint = "";

  const update = (data: MapData, palette: Palette) => {
    const { overview, tile } = data;
    node.hidden = !overview || overview.low === null;
    if (!overview || node.hidden) return;
    if (seen !== data) {
      seen = data;
      faint = hasFaintCells(overview) || (tile && hasFaintCells(tile)) ? FAINT_TEXT : "";
    }
    const said = colourLegendTexts(overview, domainOf(overview));
    said.forEach((text, k) => {
      const label = texts[k];
      if (label) setText(label, text);
    });
    note.hidden = overview.by !== "alignment";
    setText(note, faint);
    const colours = `Colours of the map: ${said.filter(Boolean).join(" to ")}`;
    setAttribute(node, "aria-label", [colours, faint].filter(Boolean).join(". "));
    if (last === palette) return;
    last = palette;
    canvas.width = palette.ramp.length >> 2;
    canvas.getContext("2d")?.putImageData(new ImageData(palette.ramp, canvas.width, 1), 0, 0);
  };
  return { node, update };
}
