/**
 * Makes an SVG of the polar scope that stands alone: no stylesheet, no script, nothing from
 * elsewhere.
 */

import type { ScopeState } from "../state/shown.ts";
import type { ViewState } from "../state/view-state.ts";
import { colourResolver, type Paint } from "../ui/css-colours.ts";
import { element } from "../ui/elements.ts";
import { type SvgAttributes, svgElement } from "../ui/svg.ts";
import type { PolarPicture } from "../views/polar/polar-plot.ts";
import { type MeasureText, pictureCaption, wrapIntoRows, wrapped } from "./caption.ts";
import { xmlSafeText } from "./file-names.ts";
import { type HiddenPlot, withHiddenPlot } from "./hidden-plot.ts";
import { cloneDensity, cloneStyled, type ResolveColour } from "./svg-clone.ts";
import { drawnLegend, type LegendEntry } from "./svg-legend.ts";

/** The state to save, and how its polar plot is drawn. */
export interface ExportSource {
  /** the element that has the scope's colours */
  root: HTMLElement;
  shown: ScopeState;
  state: ViewState;
  picture: PolarPicture;
}

/** An SVG file and its size. */
export interface SvgDocument {
  svg: string;
  /** px */
  width: number;
  height: number;
}

const PAD = 16;
const ENTRY_GAP = 7;

/** Size, weight and colour of a text. */
interface TextStyle {
  size: number;
  weight: number;
  ink: Paint;
}

function measurer(family: string): (face: TextStyle) => MeasureText {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) throw new Error("expected a canvas to measure texts with, got none");
  return ({ size, weight }) =>
    (text) => {
      context.font = `${weight} ${size}px ${family}`;
      return context.measureText(text).width;
    };
}

/** Writes centred lines of a caption one below the other, from `top` on. */
function createCaptionWriter(width: number, family: string, top: number) {
  const measure = measurer(family);
  const nodes: SVGElement[] = [];
  let y = top;
  const text = ({ size, weight, ink }: TextStyle, line: string, more: SvgAttributes) => {
    const looks: SvgAttributes = { "font-size": size, fill: ink.colour };
    if (weight !== 400) looks["font-weight"] = weight;
    if (ink.opacity < 1) looks["fill-opacity"] = ink.opacity;
    return svgElement("text", { ...looks, ...more }, [line]);
  };
  const write = (face: TextStyle, words: string, lines: number) => {
    for (const line of wrapped(words, width, lines, measure(face))) {
      y += Math.round(1.45 * face.size);
      nodes.push(text(face, line, { x: width / 2, y, "text-anchor": "middle" }));
    }
  };
  const list = (face: TextStyle, entries: readonly LegendEntry[]) => {
    const widths = entries.map((entry) => entry.width + ENTRY_GAP + measure(face)(entry.text));
    for (const row of wrapIntoRows(widths, 2 * ENTRY_GAP, width)) {
      const taken = row.reduce(
        (sum, k) => sum + (widths[k] ?? 0),
        2 * ENTRY_GAP * (row.length - 1),
      );
      y += Math.round(1.7 * face.size);
      let x = (width - taken) / 2;
      for (const k of row) {
        const { width: before = 0, swatch = [], text: words = "" } = entries[k] ?? {};
        const name = text(face, words, { x: before + ENTRY_GAP, y: 0, dy: "0.35em" });
        const place = `translate(${x.toFixed(1)} ${y})`;
        nodes.push(svgElement("g", { transform: place }, [...swatch, name]));
        x += (widths[k] ?? 0) + 2 * ENTRY_GAP;
      }
    }
  };
  const skip = (more: number) => {
    y += more;
  };
  return { nodes, write, list, skip, end: () => y };
}

function captioned(
  { root, shown, state, picture }: ExportSource,
  plot: HiddenPlot,
  paint: ResolveColour,
  family: string,
) {
  const ink = paint(getComputedStyle(root).color);
  const legend = plot.room.appendChild(element("ul", { class: "srm-legend" }));
  const quiet = paint(getComputedStyle(legend).color);
  const { width, height } = plot.node.viewBox.baseVal;
  const sheet = createCaptionWriter(width, family, height);
  const { title, plane, facts } = pictureCaption(shown, state);
  sheet.write({ size: 16, weight: 700, ink }, title, 2);
  sheet.write({ size: 15, weight: 700, ink }, plane, 3);
  for (const fact of facts) sheet.write({ size: 13, weight: 400, ink }, fact, 3);
  sheet.skip(2);
  const entries = drawnLegend(plot, shown, picture, paint);
  sheet.list({ size: 13, weight: 400, ink: quiet }, entries);
  return sheet;
}

function familyOf(polar: Element): string {
  const family = getComputedStyle(polar).fontFamily;
  return /\b(sans-serif|serif|monospace)\b/.test(family) ? family : `${family}, sans-serif`;
}

function documentOf(source: ExportSource, plot: HiddenPlot): SvgDocument {
  const { root, shown, state } = source;
  const paint = colourResolver();
  const box = plot.node.viewBox.baseVal;
  const family = familyOf(plot.node);
  const caption = captioned(source, plot, paint, family);
  const [width, height] = [box.width + 2 * PAD, caption.end() + 2 * PAD];
  const rim = Number(plot.node.querySelector(".srm-disc")?.getAttribute("r"));
  const drawing = [
    ...cloneDensity(plot.room, rim),
    ...[...plot.node.children].flatMap((child) => cloneStyled(child, paint) ?? []),
  ];
  const ground = paint(getComputedStyle(root).backgroundColor).colour;
  const middle = `translate(${-box.x} ${-box.y})`;
  const size = { width, height, viewBox: `${-PAD} ${-PAD} ${width} ${height}` };
  const title = [shown.title, ...(shown.frame?.names ?? [])].map(xmlSafeText).filter(Boolean);
  const svg = svgElement("svg", { ...size, "font-family": family }, [
    svgElement("title", {}, [title.join(" · ")]),
    svgElement("desc", {}, [xmlSafeText(state.summary)]),
    svgElement("rect", { x: -PAD, y: -PAD, width, height, fill: ground }),
    svgElement("g", { transform: middle }, drawing),
    svgElement("g", {}, caption.nodes),
  ]);
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  return { svg: `${declaration}${new XMLSerializer().serializeToString(svg)}\n`, width, height };
}

/** The scope as an SVG: drawn unseen, with the looks that it has on the page. */
export function svgDocumentOf(source: ExportSource): SvgDocument {
  return withHiddenPlot(source.root, source.picture, (plot) => documentOf(source, plot));
}
