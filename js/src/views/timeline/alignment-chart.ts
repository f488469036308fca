import { select } from "d3-selection";
import { decimal, shortened } from "../../base/format.ts";
import { linearScale, ticks } from "../../base/numbers.ts";
import {
  type AlignmentData,
  alignmentRange,
  alignmentSentence,
  bandAround,
  curveThrough,
  stepAt,
  turnedBand,
} from "./alignment-data.ts";

/** What the chart draws. */
export interface AlignmentChartState {
  alignment: AlignmentData;
  steps: readonly string[];
  step: number;
  /** position of the step that is compared with, or -1 */
  compare: number;
  /** px; 0 where it is not seen */
  width: number;
}

const HEIGHT = 132;
const FOOT = HEIGHT - 24;
const [LEFT, RIGHT, TOP] = [34, 10, 8];
const LABEL_LETTER_WIDTH = 7;

function createGrid(layer: ReturnType<typeof createLayers>["grid"]) {
  return (y: (value: number) => number, ticks: number[], end: number) => {
    const tick = layer
      .selectAll("g")
      .data(ticks)
      .join((enter) => {
        const made = enter.append("g").attr("class", "srm-tick");
        made.append("line");
        made.append("text");
        return made;
      })
      .attr("transform", (value) => `translate(${LEFT} ${y(value)})`);
    tick
      .select("line")
      .attr("x2", end - LEFT)
      .attr("class", (value) => (value === 0 ? "srm-axis" : "srm-ring"));
    tick
      .select("text")
      .attr("x", -6)
      .text((value) => decimal(value, 1, 2));
  };
}

function createLayers(parent: HTMLElement) {
  const svg = select(parent).append("svg").attr("class", "srm-course").attr("role", "img");
  const add = (tag: string, name: string) => svg.append<SVGElement>(tag).attr("class", name);
  const turned = add("path", "srm-course-null");
  const grid = svg.append("g");
  const compared = add("path", "srm-course-compared");
  const cursor = add("path", "srm-centre srm-course-cursor");
  const band = add("path", "srm-course-band");
  const layer = add("path", "srm-course-all");
  const plane = add("path", "srm-course-plane");
  const spot = add("circle", "srm-edge-end srm-course-spot");
  const ends = svg.append("g");
  return { svg, turned, grid, compared, cursor, band, layer, plane, spot, ends };
}

/** Creates a function that labels the first step and the last, as far as there is room. */
function createEnds(layer: ReturnType<typeof createLayers>["ends"]) {
  return (x: (step: number) => number, steps: readonly string[], width: number) => {
    const letters = Math.floor((width - LEFT) / 2 / LABEL_LETTER_WIDTH) - 1;
    layer
      .selectAll("text")
      .data([0, steps.length - 1])
      .join("text")
      .attr("x", x)
      .attr("y", HEIGHT - 6)
      .attr("text-anchor", (k) => (k === 0 ? "start" : "end"))
      .text((k) => shortened(steps[k] ?? "", letters));
  };
}

/** Calls `at` with the pointer's share of the chart's width, for a press and for all of a drag. */
function followPointer(node: HTMLElement, at: (share: number) => void, signal: AbortSignal): void {
  const follow = (event: PointerEvent) => {
    if (!node.hasPointerCapture(event.pointerId)) return;
    const { left, width } = node.getBoundingClientRect();
    at((event.clientX - left - LEFT) / (width - LEFT - RIGHT));
  };
  const pressed = (event: PointerEvent) => {
    if (event.button === 0) node.setPointerCapture(event.pointerId);
    follow(event);
  };
  node.addEventListener("pointerdown", pressed, { signal });
  node.addEventListener("pointermove", follow, { signal });
}

/** Creates the chart of the alignment over steps; a press or a drag chooses a step. */
export function createAlignmentChart(
  parent: HTMLElement,
  chosen: (step: number) => void,
  signal: AbortSignal,
) {
  const { svg, turned, grid, compared, cursor, band, layer, plane, spot, ends } =
    createLayers(parent);
  const [drawGrid, drawEnds] = [createGrid(grid), createEnds(ends)];
  let seen: AlignmentChartState | undefined;
  const at = (share: number) => {
    const step = stepAt(share, seen?.steps.length ?? 1);
    if (step !== seen?.step) chosen(step);
  };
  followPointer(parent, at, signal);

  const draw = (state: AlignmentChartState) => {
    seen = state;
    const { alignment, steps, step, compare, width } = state;
    if (!(width > 0) || steps.length < 2) return;
    svg
      .attr("viewBox", `0 0 ${width} ${HEIGHT}`)
      .attr("aria-label", alignmentSentence(alignment, steps, step));
    const range = alignmentRange(alignment);
    const y = linearScale(range, [FOOT, TOP]);
    const x = linearScale([0, Math.max(1, steps.length - 1)], [LEFT, width - RIGHT]);
    drawGrid(y, ticks(...range, 3), width - RIGHT);
    drawEnds(x, steps, width);
    turned.attr("d", turnedBand(alignment, x, y) || null);
    band.attr("d", bandAround(alignment, x, y) || null);
    plane.attr("d", curveThrough(alignment.plane, x, y) || null);
    layer.attr("d", curveThrough(alignment.layer, x, y) || null);
    const upright = (k: number) => (k < 0 ? "" : `M${x(k)},${TOP}V${FOOT}`);
    cursor.attr("d", upright(step));
    compared.attr("d", upright(compare));
    const value = alignment.plane[step] ?? Number.NaN;
    spot.attr("r", Number.isFinite(value) ? 4 : 0).attr("cx", x(step));
    spot.attr("cy", y(value || 0));
  };
  /** Marks lines that belong to another plane or ε, which A₄ does not. */
  const mark = (isLate: boolean, { layerEpsilon }: AlignmentData) => {
    for (const each of [band, plane, spot]) each.classed("srm-pending", isLate);
    layer.classed("srm-pending", isLate && layerEpsilon !== null);
  };
  return { draw, mark };
}
