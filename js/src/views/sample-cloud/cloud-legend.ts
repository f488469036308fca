import { integer, powerOfTen } from "../../base/format.ts";
import { changeDetector } from "../../base/memoize.ts";
import type { CloudKind, CloudOf } from "../../protocol/frames.ts";
import { DENSITY_CODES, MOST_POWERS } from "../../protocol/limits.ts";
import { ensembleKindOf } from "../../protocol/readers.ts";
import { createAnnouncer } from "../../ui/announcer.ts";
import { createChoices } from "../../ui/choices.ts";
import { element, setAttribute, setText } from "../../ui/elements.ts";
import { createSelect } from "../../ui/select.ts";
import { createStylesheetPalette } from "../../ui/stylesheet-palette.ts";
import { tint } from "./density-canvas.ts";
import { coloursOf, type DensityCells, type Pixels } from "./density-cells.ts";
import { type EnsembleStatus, ensembleStatusText } from "./ensemble-text.ts";

const KINDS: Record<CloudKind, string> = {
  off: "Off",
  points: "Points",
  density: "Density",
  ratio: "Density ÷ isotropic",
};

/** Creates the select for how the samples are drawn. */
export function createCloudSelect(chosen: (kind: CloudKind) => void, signal: AbortSignal) {
  const choice = createSelect("Samples as", KINDS, (kind) => chosen(kind as CloudKind), signal);
  const node = element("label", { class: "srm-samples" }, ["Samples as", choice.node]);
  return { node, update: choice.update };
}

/** An image of all colours from code 1 to 255, side by side. */
function rampOf(cells: DensityCells, ramp: Pixels): ImageData {
  const colours = coloursOf(cells, ramp, "unlit").slice(1);
  return new ImageData(new Uint8ClampedArray(colours.buffer), DENSITY_CODES, 1);
}

/** Creates a canvas for the colours of the density. */
export function createCloudRamp(): HTMLCanvasElement {
  const size = { width: String(DENSITY_CODES), height: "1" };
  return element("canvas", { class: "srm-cloud-ramp", ...size, "aria-hidden": "true" });
}

/** Draws all colours of a density side by side, from a ramp of the stylesheet. */
export function drawCloudRamp(canvas: HTMLCanvasElement, cells: DensityCells, ramp: Pixels): void {
  canvas.getContext("2d")?.putImageData(rampOf(cells, ramp), 0, 0);
  if (cells.kind === "density") tint(canvas, getComputedStyle(canvas).color);
}

/** The position of isotropy between the ends, in [0, 1]; undefined where it is outside. */
function middleOf({ kind, low, high }: DensityCells): number | undefined {
  return kind === "ratio" && low < 0 && high > 0 ? -low / (high - low) : undefined;
}

// Share of the scale that a character takes: an end gives way to the 1 beside it, and the 1 to an end.
const CHARACTER = 0.045;
const roomOf = (text: string) => CHARACTER * (text.length + 1);

/** The labels of the density's colours: low end, 1 ×, high end. */
export function endTexts(cells: DensityCells): { low: string; one: string; high: string } {
  const { kind, low, high } = cells;
  if (kind === "density") {
    const most = Math.round(10 ** high);
    return { low: most > 1 ? "1" : "", one: "", high: `${integer(most)} a cell` };
  }
  const middle = middleOf(cells) ?? 0;
  const one = middleOf(cells) === undefined ? "" : "1";
  const most = `${high >= MOST_POWERS ? "≥ " : ""}${powerOfTen(Math.min(high, MOST_POWERS))} ×`;
  const least = powerOfTen(low);
  return {
    low: (one && middle < roomOf(least)) || low >= MOST_POWERS ? "" : least,
    one: one && middle > 1 - roomOf(most) ? "" : one,
    high: most,
  };
}

const ENDS = ["low", "one", "high"] as const;

/** Whom select and switch tell. */
export interface CloudLegendOptions {
  chosen(kind: CloudKind): void;
  /** the user wants all planes laid over one another, or the plane on show alone */
  laidOver(of: CloudOf): void;
}

/** What select and legend show. */
export interface CloudLegendProps {
  kind: CloudKind;
  of: CloudOf;
  /** undefined where the plane on show is drawn */
  ensemble: EnsembleStatus | undefined;
  cells: DensityCells | undefined;
  /** whether there are samples to draw */
  isOffered: boolean;
  /** grows when colours may have changed */
  styles: number;
}

const PLACES: Record<CloudOf, string> = { plane: "This plane", all: "All planes" };

/**
 * Creates the select for how the samples are drawn, the switch between this plane and all planes,
 * and the legend of the density's colours.
 */
export function createCloudLegend({ chosen, laidOver }: CloudLegendOptions, signal: AbortSignal) {
  const choice = createCloudSelect(chosen, signal);
  const places = createChoices("Samples of", PLACES, laidOver, signal);
  const canvas = createCloudRamp();
  const texts = { low: element("span"), one: element("span"), high: element("span") };
  const ends = element("div", { class: "srm-cloud-ends" }, Object.values(texts));
  const scale = element("div", { class: "srm-cloud-scale", role: "img" }, [canvas, ends]);
  const line = element("p", { class: "srm-cloud-line" });
  const status = element("p", { class: "srm-unseen", "aria-live": "polite" });
  const announce = createAnnouncer(status, signal);
  const parts = [choice.node, places.node, scale, line, status];
  const node = element("div", { class: "srm-cloud-key" }, parts);
  const palettes = createStylesheetPalette(node);
  const coloured = changeDetector();
  let styles = 0;

  const draw = ({ kind, of, ensemble, cells, isOffered }: CloudLegendProps) => {
    node.hidden = !isOffered;
    choice.update(of === "all" && kind === "points" ? ensembleKindOf(kind) : kind);
    places.update(of);
    places.node.hidden = kind === "off";
    const said = ensemble ? ensembleStatusText(ensemble) : "";
    setText(line, said);
    line.hidden = said === "";
    announce(said);
    scale.hidden = !cells;
    if (!cells) return;
    const ended = endTexts(cells);
    for (const name of ENDS) setText(texts[name], ended[name]);
    const named = ENDS.map((name) => ended[name]).filter(Boolean);
    setAttribute(scale, "aria-label", `Colours of the density: ${named.join(" to ")}`);
    texts.one.style.insetInlineStart = `${100 * (middleOf(cells) ?? 0)}%`;
    // Of a density the ends of the scale have the same opacities, whatever they stand for.
    const ends = cells.kind === "density" ? [] : [cells.low, cells.high];
    if (!coloured(cells.kind, styles, ...ends)) return;
    drawCloudRamp(canvas, cells, palettes.of("alignment").ramp);
  };
  const restyle = () => {
    styles += 1;
    palettes.restyle();
  };
  return { node, draw, restyle };
}
