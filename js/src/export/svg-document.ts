/** The polar scope as a picture that stands alone: no stylesheet, no script, nothing from elsewhere. */

import type { Arrays } from "../state/decoded-arrays.ts";
import type { Shown } from "../state/shown.ts";
import type { ViewState } from "../state/view-state.ts";
import { createPainter, type Paint } from "../ui/css-colours.ts";
import { type Attributes, svgElement } from "../ui/svg.ts";
import { captionOf, type Measure, rowsOf, wrapped } from "./caption.ts";
import { plainText } from "./file-names.ts";
import { copyDensity, copyOf, type Painter } from "./svg-clone.ts";
import { type Entry, entriesOf } from "./svg-legend.ts";

/** What is drawn just now, and what it belongs to. */
export interface Exhibit {
  /** the element that has the scope's colours */
  root: HTMLElement;
  /** the polar scope and its legends */
  figure: HTMLElement;
  polar: SVGSVGElement;
  shown: Shown;
  state: ViewState;
  arrays: Arrays;
}

export interface Drawing {
  svg: string;
  /** px */
  width: number;
  height: number;
}

const PAD = 16;

const GAP = 7;

/** Text of one size and colour. */
interface Face {
  size: number;
  weight: number;
  ink: Paint;
}

function measurer(family: string): (face: Face) => Measure {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) throw new Error("expected a canvas to measure texts with, got none");
  return ({ size, weight }) =>
    (text) => {
      context.font = `${weight} ${size}px ${family}`;
      return context.measureText(text).width;
    };
}

/** Writes centred lines one below the other, from `top` on. */
function createSheet(width: number, family: string, top: number) {
  const measure = measurer(family);
  const nodes: SVGElement[] = [];
  let y = top;
  const text = ({ size, weight, ink }: Face, line: string, more: Attributes) => {
    const looks: Attributes = { "font-size": size, fill: ink.colour };
    if (weight !== 400) looks["font-weight"] = weight;
    if (ink.opacity < 1) looks["fill-opacity"] = ink.opacity;
    return svgElement("text", { ...looks, ...more }, [line]);
  };
  const write = (face: Face, words: string, lines: number) => {
    for (const line of wrapped(words, width, lines, measure(face))) {
      y += Math.round(1.45 * face.size);
      nodes.push(text(face, line, { x: width / 2, y, "text-anchor": "middle" }));
    }
  };
  const list = (face: Face, entries: readonly Entry[]) => {
    const widths = entries.map((entry) => entry.width + GAP + measure(face)(entry.text));
    for (const row of rowsOf(widths, 2 * GAP, width)) {
      const taken = row.reduce((sum, k) => sum + (widths[k] ?? 0), 2 * GAP * (row.length - 1));
      y += Math.round(1.7 * face.size);
      let x = (width - taken) / 2;
      for (const k of row) {
        const { width: before = 0, swatch = [], text: words = "" } = entries[k] ?? {};
        const name = text(face, words, { x: before + GAP, y: 0, dy: "0.35em" });
        const place = `translate(${x.toFixed(1)} ${y})`;
        nodes.push(svgElement("g", { transform: place }, [...swatch, name]));
        x += (widths[k] ?? 0) + 2 * GAP;
      }
    }
  };
  const skip = (more: number) => {
    y += more;
  };
  return { nodes, write, list, skip, end: () => y };
}

function captioned(exhibit: Exhibit, paint: Painter, family: string, top: number) {
  const { root, figure, polar, shown, state, arrays } = exhibit;
  const ink = paint(getComputedStyle(root).color);
  const legend = figure.querySelector(".srm-legend");
  const quiet = legend ? paint(getComputedStyle(legend).color) : ink;
  const sheet = createSheet(polar.viewBox.baseVal.width, family, top);
  const { title, plane, facts } = captionOf(shown, state);
  sheet.write({ size: 16, weight: 700, ink }, title, 2);
  sheet.write({ size: 15, weight: 700, ink }, plane, 3);
  for (const fact of facts) sheet.write({ size: 13, weight: 400, ink }, fact, 3);
  sheet.skip(2);
  const entries = entriesOf(figure, polar, shown, arrays, paint);
  sheet.list({ size: 13, weight: 400, ink: quiet }, entries);
  return sheet;
}

function familyOf(polar: Element): string {
  const family = getComputedStyle(polar).fontFamily;
  return /\b(sans-serif|serif|monospace)\b/.test(family) ? family : `${family}, sans-serif`;
}

/** The scope as it is drawn at this moment. */
export function pictureOf(exhibit: Exhibit): Drawing {
  const { root, figure, polar, shown, state } = exhibit;
  const { frame } = shown;
  if (!frame) throw new Error("expected a curve to save, but the kernel has sent none yet");
  const paint = createPainter();
  const box = polar.viewBox.baseVal;
  const family = familyOf(polar);
  const caption = captioned(exhibit, paint, family, box.height);
  const [width, height] = [box.width + 2 * PAD, caption.end() + 2 * PAD];
  const rim = Number(polar.querySelector(".srm-disc")?.getAttribute("r"));
  const drawing = [
    ...copyDensity(figure, rim),
    ...[...polar.children].flatMap((child) => copyOf(child, paint) ?? []),
  ];
  const ground = paint(getComputedStyle(root).backgroundColor).colour;
  const middle = `translate(${-box.x} ${-box.y})`;
  const size = { width, height, viewBox: `${-PAD} ${-PAD} ${width} ${height}` };
  const title = [shown.title, ...frame.names].map(plainText).filter(Boolean);
  const svg = svgElement("svg", { ...size, "font-family": family }, [
    svgElement("title", {}, [title.join(" · ")]),
    svgElement("desc", {}, [plainText(state.summary)]),
    svgElement("rect", { x: -PAD, y: -PAD, width, height, fill: ground }),
    svgElement("g", { transform: middle }, drawing),
    svgElement("g", {}, caption.nodes),
  ]);
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  return { svg: `${declaration}${new XMLSerializer().serializeToString(svg)}\n`, width, height };
}
