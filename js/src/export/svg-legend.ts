/** The legends of the page, drawn into a saved picture. */

import { shortened } from "../base/format.ts";
import type { Arrays } from "../state/decoded-arrays.ts";
import type { Shown } from "../state/shown.ts";
import { svgElement } from "../ui/svg.ts";
import { endTexts } from "../views/sample-cloud/cloud-legend.ts";
import { type Cells, cellsOf } from "../views/sample-cloud/density-cells.ts";
import { plainText } from "./file-names.ts";
import { imageOf, looksOf, type Painter } from "./svg-clone.ts";

/** A text, and before it a drawing from 0 to `width` px, about 0 in height. */
export interface Entry {
  text: string;
  width: number;
  swatch: SVGElement[];
}

const WIDTH = 20;

const RECT = { x: 0, y: -5.5, width: WIDTH, height: 11, rx: 2 };

const SHAPES = {
  line: { x1: 0, y1: 0, x2: WIDTH, y2: 0 },
  rect: RECT,
  circle: { cx: WIDTH / 2, cy: 0, r: 5 },
};

type Sample = readonly [shape: keyof typeof SHAPES, like: string];

/** What an entry of the legend is drawn as, and which node of the scope it looks like. */
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

function drawn([shape, like]: Sample, polar: Element, paint: Painter): SVGElement[] {
  const node = polar.querySelector(like);
  const style = node && getComputedStyle(node);
  if (!style || style.display === "none" || node.closest(".srm-pending")) return [];
  const { fill = "none", ...line } = looksOf(style, paint);
  return [svgElement(shape, { ...SHAPES[shape], fill: shape === "line" ? "none" : fill, ...line })];
}

/** Of all that the legend of the page lists, what is drawn. */
function ofCurves(figure: Element, polar: Element, paint: Painter): Entry[] {
  return [...figure.querySelectorAll(".srm-legend li:not([hidden])")].flatMap((item) => {
    const name = item.querySelector(".srm-swatch")?.className.match(/srm-swatch-(\w+)/)?.[1] ?? "";
    const swatch = (SAMPLES[name] ?? []).flatMap((sample) => drawn(sample, polar, paint));
    const text = plainText(item.textContent ?? "");
    return swatch.length > 0 ? [{ text, width: WIDTH, swatch }] : [];
  });
}

const SIDE = 11;

const LETTERS = 40;

function ofClasses(figure: Element, { legend, by_class }: Shown, paint: Painter): Entry[] {
  if (!legend || !by_class) return [];
  return [...figure.querySelectorAll(".srm-class[aria-pressed='true']")].flatMap((item) => {
    const swatch = item.querySelector(".srm-class-swatch");
    if (!swatch) return [];
    const fill = paint(getComputedStyle(swatch).borderTopColor).colour;
    const square = svgElement("rect", { ...RECT, width: SIDE, fill });
    const name = plainText(item.querySelector(".srm-class-name")?.textContent ?? "");
    return [{ text: shortened(name, LETTERS), width: SIDE, swatch: [square] }];
  });
}

const RAMP = { x: 0, y: -4, width: 70, height: 8 };

/** The colours of a density, as the page has drawn them. */
function ofCells(figure: Element, cells: Cells | undefined): Entry[] {
  const ramp = figure.querySelector<HTMLCanvasElement>(".srm-cloud-ramp");
  if (!cells || !ramp) return [];
  const image = imageOf(ramp, { ...RAMP, preserveAspectRatio: "none" });
  const { low, high } = endTexts(cells);
  const what = cells.kind === "ratio" ? "samples ÷ isotropic" : "samples";
  const ends = low ? `${low} to ${high}` : `up to ${high}`;
  return [{ text: `${what}: ${ends}`, width: RAMP.width, swatch: [image] }];
}

export function entriesOf(
  figure: Element,
  polar: Element,
  shown: Shown,
  { density }: Arrays,
  paint: Painter,
): Entry[] {
  const cells = shown.cloud === "off" ? undefined : cellsOf(shown.cloudFrame, density);
  return [
    ...ofCurves(figure, polar, paint),
    ...ofClasses(figure, shown, paint),
    ...ofCells(figure, cells),
  ];
}
