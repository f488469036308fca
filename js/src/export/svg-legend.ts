/** Draws the legends of the page into a saved picture. */

import { shortened } from "../base/format.ts";
import type { DecodedArrays } from "../state/decoded-arrays.ts";
import type { ScopeState } from "../state/shown.ts";
import { svgElement } from "../ui/svg.ts";
import { endTexts } from "../views/sample-cloud/cloud-legend.ts";
import { type DensityCells, densityCellsOf } from "../views/sample-cloud/density-cells.ts";
import { xmlSafeText } from "./file-names.ts";
import { imageOf, type ResolveColour, styleAttributes } from "./svg-clone.ts";

/** A legend entry: a text, and before it a swatch from 0 to `width` px, about 0 in height. */
export interface LegendEntry {
  text: string;
  width: number;
  swatch: SVGElement[];
}

const WIDTH = 20;

const RECT = { x: 0, y: -5.5, width: WIDTH, height: 11, rx: 2 };

const SWATCH_SHAPES = {
  line: { x1: 0, y1: 0, x2: WIDTH, y2: 0 },
  rect: RECT,
  circle: { cx: WIDTH / 2, cy: 0, r: 5 },
};

type Sample = readonly [shape: keyof typeof SWATCH_SHAPES, like: string];

/** The shapes of each entry's swatch, and the node of the scope whose looks they have. */
const SAMPLES: Record<string, readonly Sample[]> = {
  curve: [["line", ".srm-curve"]],
  positive: [["line", ".srm-curve"]],
  negative: [["line", ".srm-curve-negative"]],
  band: [["rect", ".srm-band"]],
  ensemble: [
    ["rect", ".srm-ensemble-band"],
    ["line", ".srm-ensemble-mean"],
  ],
  isotropic: [["line", ".srm-isotropic"]],
  beam: [
    ["rect", ".srm-cap"],
    ["line", ".srm-chord"],
  ],
  mark: [["circle", ".srm-mark"]],
  compared: [["line", ".srm-compared"]],
};

function drawn([shape, like]: Sample, polar: Element, paint: ResolveColour): SVGElement[] {
  const node = polar.querySelector(like);
  const style = node && getComputedStyle(node);
  if (!style || style.display === "none" || node.closest(".srm-pending")) return [];
  const { fill = "none", ...line } = styleAttributes(style, paint);
  return [
    svgElement(shape, { ...SWATCH_SHAPES[shape], fill: shape === "line" ? "none" : fill, ...line }),
  ];
}

/** The entries for curves and shapes that are drawn. */
function ofCurves(figure: Element, polar: Element, paint: ResolveColour): LegendEntry[] {
  return [...figure.querySelectorAll(".srm-legend li:not([hidden])")].flatMap((item) => {
    const name = item.querySelector(".srm-swatch")?.className.match(/srm-swatch-(\w+)/)?.[1] ?? "";
    const swatch = (SAMPLES[name] ?? []).flatMap((sample) => drawn(sample, polar, paint));
    const text = xmlSafeText(item.textContent ?? "");
    return swatch.length > 0 ? [{ text, width: WIDTH, swatch }] : [];
  });
}

const SIDE = 11;
const CLASS_NAME_LETTERS = 40;

function ofClasses(
  figure: Element,
  { legend, by_class }: ScopeState,
  paint: ResolveColour,
): LegendEntry[] {
  if (!legend || !by_class) return [];
  return [...figure.querySelectorAll(".srm-class[aria-pressed='true']")].flatMap((item) => {
    const swatch = item.querySelector(".srm-class-swatch");
    if (!swatch) return [];
    const fill = paint(getComputedStyle(swatch).borderTopColor).colour;
    const square = svgElement("rect", { ...RECT, width: SIDE, fill });
    const name = xmlSafeText(item.querySelector(".srm-class-name")?.textContent ?? "");
    return [{ text: shortened(name, CLASS_NAME_LETTERS), width: SIDE, swatch: [square] }];
  });
}

const RAMP = { x: 0, y: -4, width: 70, height: 8 };

/** The entry for the colours of the density. */
function ofCells(figure: Element, cells: DensityCells | undefined): LegendEntry[] {
  const ramp = figure.querySelector<HTMLCanvasElement>(".srm-cloud-ramp");
  if (!cells || !ramp) return [];
  const image = imageOf(ramp, { ...RAMP, preserveAspectRatio: "none" });
  const { low, high } = endTexts(cells);
  const what = cells.kind === "ratio" ? "samples ÷ isotropic" : "samples";
  const ends = low ? `${low} to ${high}` : `up to ${high}`;
  return [{ text: `${what}: ${ends}`, width: RAMP.width, swatch: [image] }];
}

/** All legend entries of the scope on show. */
export function legendEntries(
  figure: Element,
  polar: Element,
  shown: ScopeState,
  { density }: DecodedArrays,
  paint: ResolveColour,
): LegendEntry[] {
  const cells = shown.cloud === "off" ? undefined : densityCellsOf(shown.cloudFrame, density);
  return [
    ...ofCurves(figure, polar, paint),
    ...ofClasses(figure, shown, paint),
    ...ofCells(figure, cells),
  ];
}
