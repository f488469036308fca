import type { Cloud } from "./cloud.ts";
import * as geometry from "./geometry.ts";
import { watchChanges } from "./path.ts";
import type { Layer } from "./polar-grid.ts";

const dot = (x: number, y: number, rim: number): string =>
  `M${(x * rim).toFixed(1)},${(-y * rim).toFixed(1)}h0`;

/** Dots of one colour. */
interface Dots {
  look: string;
  lit: string;
  unlit: string;
}

const PLAIN = "srm-plain";

/**
 * Paths of zero-length strokes, whose round caps are the dots: few nodes for thousands of samples.
 * A look of "" is not drawn.
 */
function dotsOf(
  { points, groups, looks }: Pick<Cloud, "points" | "groups" | "looks">,
  rim: number,
  isLit: (a: number, c: number) => boolean,
): Dots[] {
  const all: Dots[] = (looks ?? [PLAIN]).map((look) => ({ look, lit: "", unlit: "" }));
  for (let k = 0; 2 * k + 1 < points.length; k += 1) {
    const dots = all[looks ? (groups[k] ?? 0) : 0];
    if (!dots?.look) continue;
    const a = points[2 * k] ?? 0;
    const c = points[2 * k + 1] ?? 0;
    dots[isLit(a, c) ? "lit" : "unlit"] += dot(a, c, rim);
  }
  return all.filter(({ look }) => look);
}

/** The samples as dots: those that are lit go into `over`, the others into `under`. */
export function createPoints(under: Layer, over: Layer) {
  const changed = watchChanges();
  const draw = (layer: Layer, which: "lit" | "unlit", dots: Dots[]) =>
    layer
      .selectAll("path")
      .data(dots)
      .join("path")
      .attr("class", ({ look }) => `srm-points srm-points-${which} ${look}`)
      .attr("d", (each) => each[which]);

  return (cloud: Cloud, theta: number, epsilon: number, rim: number) => {
    for (const layer of [under, over]) layer.classed("srm-pending", cloud.pending);
    const { points, groups, looks } = cloud;
    const news = [points, groups, looks?.join(), theta, epsilon, rim];
    if (!changed(...news)) return;
    const dots = dotsOf(cloud, rim, geometry.litBy(theta, epsilon));
    draw(under, "unlit", dots);
    draw(over, "lit", dots);
  };
}
