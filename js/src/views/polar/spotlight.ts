import { select } from "d3-selection";
import { halfAngle, type Point } from "../../base/angles.ts";
import type { SvgGroup } from "../../ui/svg.ts";
import { capPath, pointAt, wedgePath } from "./polar-geometry.ts";
import type { PolarLayout } from "./polar-layout.ts";

/** What a drag of a handle does; "aim" turns too, and points the spotlight at a click. */
export type DragAction = "turn" | "aim" | "widen";

/** A part of the spotlight that can be dragged. */
export interface DragHandle {
  node: SVGElement;
  action: DragAction;
}

/** The spotlight: its nodes stay the same, so that a captured pointer never loses its element. */
export interface Spotlight {
  draw(layout: PolarLayout, theta: number, epsilon: number): void;
  handles: DragHandle[];
}

const EDGES = [-1, 1] as const;

/**
 * Creates the spotlight. Its light goes into `under`, so that it falls behind the curve; lines and
 * handles go into `over`.
 */
export function createSpotlight(under: SvgGroup, over: SvgGroup): Spotlight {
  const light = under.append("g").attr("class", "srm-light");
  const wedge = light.append("path").attr("class", "srm-wedge");
  const cap = light.append("path").attr("class", "srm-cap");
  const beam = over.append("g").attr("class", "srm-beam");
  const add = (tag: string, name: string) => beam.append<SVGElement>(tag).attr("class", name);
  const chord = add("line", "srm-chord");
  const edges = EDGES.map(() => add("line", "srm-edge"));
  const ends = EDGES.map(() => add("circle", "srm-edge-end").attr("r", 3.5));
  const centre = add("line", "srm-centre");
  const wedgeHit = add("path", "srm-wedge-hit");
  const edgeHits = EDGES.map(() => add("line", "srm-edge-hit"));
  const handle = add("circle", "srm-handle").attr("r", 8);
  const handleHit = add("circle", "srm-handle-hit").attr("r", 20);

  const line = (node: typeof chord, from: Point, to: Point) =>
    node.attr("x1", from.x).attr("y1", from.y).attr("x2", to.x).attr("y2", to.y);

  const draw = ({ rim }: PolarLayout, theta: number, epsilon: number) => {
    const phi = halfAngle(epsilon);
    const tip = pointAt(theta, rim);
    const [low, high] = EDGES.map((side) => pointAt(theta + side * phi, rim));
    if (!low || !high) return;
    const sector = wedgePath(theta, phi, rim);
    wedge.attr("d", sector);
    wedgeHit.attr("d", sector);
    cap.attr("d", capPath(theta, phi, rim));
    line(chord, low, high);
    [low, high].forEach((end, k) => {
      const [edge, hit] = [edges[k], edgeHits[k]];
      if (edge) line(edge, { x: 0, y: 0 }, end);
      // Near the centre both edges and the wedge meet: an edge is held further out.
      if (hit) line(hit, { x: 0.25 * end.x, y: 0.25 * end.y }, end);
      ends[k]?.attr("cx", end.x).attr("cy", end.y);
    });
    line(centre, { x: 0, y: 0 }, tip);
    for (const knob of [handle, handleHit]) knob.attr("cx", tip.x).attr("cy", tip.y);
  };

  const held = (nodes: (typeof chord)[], action: DragAction) =>
    nodes.flatMap((node) => (node.node() ? [{ node: node.node() as SVGElement, action }] : []));
  return {
    draw,
    handles: [...held([wedgeHit], "aim"), ...held([handleHit], "turn"), ...held(edgeHits, "widen")],
  };
}

/** Marks the spotlight as held, for the cursor and the handle's look. */
export function markHeld(node: SVGElement, held: boolean): void {
  select(node.ownerSVGElement).classed("srm-held", held);
}
