import type { Selection } from "d3-selection";

const SVG = "http://www.w3.org/2000/svg";

/** Attributes of an SVG element. */
export type SvgAttributes = Record<string, string | number>;

/** Creates an SVG element. */
export function svgElement(
  tag: string,
  attributes: SvgAttributes = {},
  children: (Node | string)[] = [],
): SVGElement {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** A group of the drawing as D3 selects it. */
export type SvgGroup = Selection<SVGGElement, unknown, null, undefined>;
