import { changeDetector } from "../../base/memoize.ts";
import type { SvgGroup } from "../../ui/svg.ts";
import { litTest } from "./density-cells.ts";
import type { SampleCloud } from "./sample-cloud.ts";

/** Radius of a dot, px, by what it is; a halo parts a lit dot from the area of its class. */
const RADII = { unlit: 1.2, plain: 2, lit: 2.2, halo: 3.1 };

/** The path of a dot: an octagon, which looks like a disc at this size and is filled far sooner. */
function dotOf(radius: number): string {
  const side = 2 * radius * Math.tan(Math.PI / 8);
  const [long, short] = [side.toFixed(2), (side / Math.SQRT2).toFixed(2)];
  return (
    `h${long}l${short},${short}v${long}l-${short},${short}` +
    `h-${long}l-${short},-${short}v-${long}z`
  );
}

/** The start of each octagon: the left end of its upper side. */
function startsOf(points: Float32Array, rim: number, radius: number): string[] {
  const half = radius * Math.tan(Math.PI / 8);
  return Array.from({ length: points.length >> 1 }, (_, k) => {
    const x = (points[2 * k] ?? 0) * rim - half;
    const y = -(points[2 * k + 1] ?? 0) * rim - radius;
    return `M${x.toFixed(1)},${y.toFixed(1)}`;
  });
}

/** The paths of all points on a disc of one size. */
interface PointShapes {
  cloud: SampleCloud;
  classNames: string[];
  unlit: string[];
  lit: string[];
  halo: string[];
}

const PLAIN = "srm-plain";

// On a disc of this radius or more, px, the dots have their full size; they shrink with it, but not
// out of sight.
const LARGE = 185;
const LEAST = 0.7;

const shapesOf = (points: Float32Array, rim: number, full: number): string[] => {
  const radius = full * Math.min(1, Math.max(LEAST, rim / LARGE));
  const shape = dotOf(radius);
  return startsOf(points, rim, radius).map((start) => start + shape);
};

function pointShapes(cloud: SampleCloud, rim: number): PointShapes {
  const { points, classNames } = cloud;
  return {
    cloud,
    classNames: classNames ?? [PLAIN],
    unlit: shapesOf(points, rim, RADII.unlit),
    lit: shapesOf(points, rim, classNames ? RADII.lit : RADII.plain),
    halo: classNames ? shapesOf(points, rim, RADII.halo) : [],
  };
}

interface Dots {
  className: string;
  d: string;
}

/**
 * Joins the dots of each look into one path, few nodes for thousands of samples; a look of "" is
 * not drawn.
 */
function dotsOf(
  { cloud, classNames }: PointShapes,
  shapes: string[],
  which: readonly number[],
): Dots[] {
  const all = classNames.map((className) => ({ className, d: "" }));
  for (const k of which) {
    const dots = all[cloud.classNames ? (cloud.groups[k] ?? 0) : 0];
    if (dots?.className) dots.d += shapes[k] ?? "";
  }
  return all.filter(({ className }) => className);
}

function litOf(points: Float32Array, theta: number, epsilon: number): number[] {
  const isLit = litTest(theta, epsilon);
  const lit: number[] = [];
  for (let k = 0; 2 * k + 1 < points.length; k += 1) {
    if (isLit(points[2 * k] ?? 0, points[2 * k + 1] ?? 0)) lit.push(k);
  }
  return lit;
}

function draw(layer: SvgGroup, kind: string, dots: readonly Dots[]): void {
  layer
    .selectAll<SVGPathElement, Dots>(`.srm-points-${kind}`)
    .data(dots)
    .join("path")
    .attr("class", ({ className }) => `srm-points srm-points-${kind} ${className}`)
    .attr("d", ({ d }) => d);
}

/**
 * Creates a function that draws the samples as dots. All of them go into `under`, drawn once; those
 * that are lit go into `over` as well, larger and stronger, and cover what is under them. So a turn
 * of the spotlight draws only those.
 */
export function createPointPaths(under: SvgGroup, over: SvgGroup) {
  const changed = changeDetector();
  const turned = changeDetector();
  const halo = over.append("path").attr("class", "srm-points-halo");
  let drawing: PointShapes | undefined;

  return (cloud: SampleCloud, theta: number, epsilon: number, rim: number) => {
    for (const layer of [under, over]) layer.classed("srm-pending", cloud.pending);
    const { points, groups, classNames } = cloud;
    if (changed(points, groups, classNames?.join(), rim) || !drawing) {
      drawing = pointShapes(cloud, rim);
      draw(under, "unlit", dotsOf(drawing, drawing.unlit, [...drawing.unlit.keys()]));
    }
    const lit = litOf(points, theta, epsilon);
    if (!turned(drawing, lit.join())) return;
    const dots = dotsOf(drawing, drawing.lit, lit);
    const shown = lit.filter((k) => !classNames || classNames[groups[k] ?? 0]);
    halo.attr("d", shown.map((k) => drawing?.halo[k] ?? "").join(""));
    draw(over, "lit", dots);
  };
}
