/** Draws the legends of the page anew, for a saved picture. */

import { shortened } from "../base/format.ts";
import type { ScopeState } from "../state/shown.ts";
import { element } from "../ui/elements.ts";
import { createStylesheetPalette } from "../ui/stylesheet-palette.ts";
import { svgElement } from "../ui/svg.ts";
import type { PolarPicture } from "../views/polar/polar-plot.ts";
import {
  type CurveEntryName,
  classEntries,
  curveEntries,
} from "../views/readout/legend-entries.ts";
import { createCloudRamp, drawCloudRamp, endTexts } from "../views/sample-cloud/cloud-legend.ts";
import type { DensityCells } from "../views/sample-cloud/density-cells.ts";
import { xmlSafeText } from "./file-names.ts";
import type { HiddenPlot } from "./hidden-plot.ts";
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
  half: { ...RECT, y: -3, height: 6, rx: 0 },
  circle: { cx: WIDTH / 2, cy: 0, r: 5 },
};

type Sample = readonly [shape: keyof typeof SWATCH_SHAPES, like: string];

/** The shapes of each entry's swatch, and the node of the scope whose looks they have. */
const SAMPLES: Record<CurveEntryName, readonly Sample[]> = {
  curve: [["line", ".srm-curve"]],
  positive: [["line", ".srm-curve"]],
  negative: [["line", ".srm-curve-negative"]],
  band: [["rect", ".srm-band"]],
  ensemble: [
    ["rect", ".srm-ensemble-band"],
    ["half", ".srm-ensemble-half"],
    ["line", ".srm-ensemble-median"],
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
    svgElement(shape === "half" ? "rect" : shape, {
      ...SWATCH_SHAPES[shape],
      fill: shape === "line" ? "none" : fill,
      ...line,
    }),
  ];
}

/** The entries for curves and shapes that are drawn. */
function ofCurves(
  { node }: HiddenPlot,
  shown: ScopeState,
  { arrays, planes }: PolarPicture,
  paint: ResolveColour,
): LegendEntry[] {
  return [...curveEntries(shown, arrays, planes)].flatMap(([name, text]) => {
    const swatch = SAMPLES[name].flatMap((sample) => drawn(sample, node, paint));
    return swatch.length > 0 ? [{ text: xmlSafeText(text), width: WIDTH, swatch }] : [];
  });
}

const SIDE = 11;
const CLASS_NAME_LETTERS = 40;

function ofClasses({ room }: HiddenPlot, shown: ScopeState, paint: ResolveColour): LegendEntry[] {
  if (!shown.by_class) return [];
  const visible = classEntries(shown).filter((entry) => entry.visible);
  return visible.map(({ name, colour }) => {
    const swatch = room.appendChild(element("span", { class: `srm-class-swatch ${colour}` }));
    const fill = paint(getComputedStyle(swatch).borderTopColor).colour;
    const square = svgElement("rect", { ...RECT, width: SIDE, fill });
    return {
      text: shortened(xmlSafeText(name), CLASS_NAME_LETTERS),
      width: SIDE,
      swatch: [square],
    };
  });
}

const RAMP = { x: 0, y: -4, width: 70, height: 8 };

/** The entry for the colours of the density. */
function ofCells({ room }: HiddenPlot, cells: DensityCells | undefined): LegendEntry[] {
  if (!cells) return [];
  const ramp = room.appendChild(createCloudRamp());
  drawCloudRamp(ramp, cells, createStylesheetPalette(room).of("alignment").ramp);
  const image = imageOf(ramp, { ...RAMP, preserveAspectRatio: "none" });
  const { low, high } = endTexts(cells);
  const what = cells.kind === "ratio" ? "samples ÷ isotropic" : "samples";
  const ends = low ? `${low} to ${high}` : `up to ${high}`;
  return [{ text: `${what}: ${ends}`, width: RAMP.width, swatch: [image] }];
}

/** All legend entries of a scope, with the looks of its drawing. */
export function drawnLegend(
  plot: HiddenPlot,
  shown: ScopeState,
  picture: PolarPicture,
  paint: ResolveColour,
): LegendEntry[] {
  return [
    ...ofCurves(plot, shown, picture, paint),
    ...ofClasses(plot, shown, paint),
    ...ofCells(plot, picture.cloud.cells),
  ];
}
