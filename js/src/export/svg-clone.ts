/** Clones a drawing of the page into one that needs no stylesheet. */

import type { Paint } from "../ui/css-colours.ts";
import { type SvgAttributes, svgElement } from "../ui/svg.ts";

/** Turns a computed colour into one that every program reads. */
export type ResolveColour = (colour: string) => Paint;

const XLINK = "http://www.w3.org/1999/xlink";

const GEOMETRY = "d r cx cy x y x1 y1 x2 y2 width height fill-rule".split(" ");

/** Initial values of SVG, which are not written. */
const INITIAL: Record<string, string> = {
  "stroke-dasharray": "none",
  "stroke-linecap": "butt",
  "stroke-linejoin": "miter",
};

/** The computed style of a shape as attributes. */
export function styleAttributes(style: CSSStyleDeclaration, paint: ResolveColour): SvgAttributes {
  const looks: SvgAttributes = {};
  for (const side of ["fill", "stroke"] as const) {
    const { colour, opacity } = paint(style.getPropertyValue(side));
    const all = opacity * Number(style.getPropertyValue(`${side}-opacity`));
    if (colour !== "none" || side === "fill") looks[side] = colour;
    if (colour !== "none" && all < 1) looks[`${side}-opacity`] = Number(all.toFixed(4));
  }
  if (!("stroke" in looks)) return looks;
  looks["stroke-width"] = Number.parseFloat(style.strokeWidth);
  for (const [name, initial] of Object.entries(INITIAL)) {
    const value = style.getPropertyValue(name);
    if (value !== initial) looks[name] = value.replaceAll("px", "");
  }
  return looks;
}

/** A canvas as an image element. */
export function imageOf(canvas: HTMLCanvasElement, place: SvgAttributes): SVGElement {
  const image = svgElement("image", place);
  // The older name is the one that every program follows.
  image.setAttributeNS(XLINK, "xlink:href", canvas.toDataURL());
  return image;
}

/** The canvases of the density as images, each as large as the disc. */
export function cloneDensity(figure: Element, rim: number): SVGElement[] {
  const canvases = figure.querySelectorAll<HTMLCanvasElement>(".srm-density:not(.srm-pending)");
  const place = { x: -rim, y: -rim, width: 2 * rim, height: 2 * rim };
  return [...canvases].flatMap((canvas) => (canvas.hidden ? [] : imageOf(canvas, place)));
}

/** Clones a text and, under it, its halo: few programs know of `paint-order`. */
function cloneText(node: SVGElement, style: CSSStyleDeclaration, paint: ResolveColour): SVGElement {
  const { fill = "none", "fill-opacity": strength = 1, ...line } = styleAttributes(style, paint);
  const halo = { fill: line.stroke ?? "none", ...line };
  const ink = strength === 1 ? { fill } : { fill, "fill-opacity": strength };
  const shared: SvgAttributes = { "font-size": Number.parseFloat(style.fontSize) };
  if (style.fontWeight !== "400") shared["font-weight"] = style.fontWeight;
  if (style.textAnchor !== "start") shared["text-anchor"] = style.textAnchor;
  if (style.dominantBaseline === "central") shared.dy = "0.35em";
  const text = node.querySelector("tspan")?.textContent ?? node.textContent ?? "";
  const place = { ...geometryAttributes(node), ...shared };
  return svgElement("g", {}, [
    svgElement("text", { ...halo, ...place, "aria-hidden": "true" }, [text]),
    svgElement("text", { ...ink, ...place }, [text]),
  ]);
}

function geometryAttributes(node: Element): SvgAttributes {
  const place: SvgAttributes = {};
  for (const name of GEOMETRY) {
    const value = node.getAttribute(name);
    if (value !== null) place[name] = value;
  }
  return place;
}

function cloneGroup(node: SVGElement, paint: ResolveColour): SVGElement | undefined {
  // What belongs to other values than the rest.
  if (node.classList.contains("srm-pending")) return undefined;
  const children = [...node.children].flatMap((child) => cloneStyled(child, paint) ?? []);
  return children.length > 0 ? svgElement("g", {}, children) : undefined;
}

const CLONED_SHAPES = ["path", "circle", "line"];

/** Clones a node and all in it with its looks; undefined where nothing of it is visible. */
export function cloneStyled(node: Element, paint: ResolveColour): SVGElement | undefined {
  if (!(node instanceof SVGElement)) return undefined;
  const style = getComputedStyle(node);
  if (style.display === "none") return undefined;
  if (node.localName === "g") return cloneGroup(node, paint);
  if (node.localName === "text") return cloneText(node, style, paint);
  if (!CLONED_SHAPES.includes(node.localName) || node.getAttribute("d") === "") return undefined;
  const { fill = "none", ...line } = styleAttributes(style, paint);
  const looks = node.localName === "line" ? line : { fill, ...line };
  if (fill === "none" && !("stroke" in line)) return undefined;
  return svgElement(node.localName, { ...geometryAttributes(node), ...looks });
}
