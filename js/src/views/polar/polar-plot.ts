import { select } from "d3-selection";
import { watchChanges } from "../../base/memoize.ts";
import type { Frame } from "../../protocol/frames.ts";
import type { Arrays } from "../../state/decoded-arrays.ts";
import type { Layer } from "../../ui/svg.ts";
import { createDensity } from "../sample-cloud/density-canvas.ts";
import { createPoints } from "../sample-cloud/point-paths.ts";
import type { Cloud } from "../sample-cloud/sample-cloud.ts";
import { createStack, type Stack } from "./class-areas.ts";
import { closedCurve } from "./closed-curve.ts";
import { type Compared, comparedTop } from "./comparison-curve.ts";
import { createEnsemble, ensembleTop } from "./ensemble-band.ts";
import { drawAxes, drawDial, drawLabels, drawRingLabels, drawRings } from "./grid.ts";
import * as geometry from "./polar-geometry.ts";
import { type Layout, layoutOf } from "./polar-layout.ts";
import { type Beam, createBeam } from "./spotlight.ts";

export interface Picture {
  width: number;
  /** of the whole basis, not of the plane */
  nDirections: number;
  frame: Frame | undefined;
  arrays: Arrays;
  theta: number;
  epsilon: number;
  signed: boolean;
  /** what is called 1 × where the radial scale is one of gain */
  unit: number | undefined;
  cloud: Cloud;
  /** the classes to be drawn, if they are */
  stack: Stack | undefined;
  /** the same plane in another step, if that is compared with */
  compared: Compared | undefined;
  curvePending: boolean;
  /** whether the ensemble was surveyed at this ε */
  ensembleFits: boolean;
  summary: string;
  /** where a sample stands that is pointed at elsewhere, if one is */
  pointed: readonly [number, number] | undefined;
}

export interface Polar {
  node: SVGSVGElement;
  disc: SVGCircleElement;
  beam: Beam;
  draw(picture: Picture): void;
  /** colours may have changed */
  restyle(): void;
}

export function maximumOf({ frame, arrays, signed, ensembleFits, compared }: Picture): number {
  const samples = Math.max(1, frame?.n_samples ?? 1);
  if (!frame) return 1;
  const { isotropic } = frame;
  const ensemble = ensembleFits ? ensembleTop(arrays.ensemble) : 0;
  const other = comparedTop(compared);
  const top = Math.max(frame.peak / samples, other);
  if (!signed) return geometry.radialMaximum(top, isotropic, samples, ensemble);
  const highest = arrays.signedCounts.reduce((most, count) => Math.max(most, Math.abs(count)), 0);
  return geometry.radialMaximum(Math.max(highest / samples, other), 0, samples);
}

/** A curve without its inside; of a signed one both lobes. */
function outlineOf(values: Int32Array, scale: number, rim: number, signed: boolean): string {
  return closedCurve(values, scale, rim) + (signed ? closedCurve(values, -scale, rim) : "");
}

function createCurves(layer: Layer) {
  const add = (tag: string, name: string) => layer.append<SVGElement>(tag).attr("class", name);
  const drawStack = createStack(layer.append("g").attr("class", "srm-class-stack"));
  const band = add("path", "srm-band").attr("fill-rule", "evenodd");
  const other = add("path", "srm-compared");
  const curve = add("path", "srm-curve");
  const negative = add("path", "srm-curve-negative");
  const isotropic = add("circle", "srm-isotropic");
  const changed = watchChanges();

  return (picture: Picture, layout: Layout, maximum: number) => {
    const { arrays, frame, signed } = picture;
    layer.classed("srm-pending", picture.curvePending);
    const stack = signed ? undefined : picture.stack;
    layer.classed("srm-stacked", stack !== undefined);
    const { counts, signedCounts, band: interval } = arrays;
    const samples = Math.max(1, frame?.n_samples ?? 1);
    const perCount = layout.rim / maximum / samples;
    const size = arrays.counts.length;
    drawStack(stack, size, perCount, layout.rim);
    const { values: others, perCount: share = 0 } = picture.compared ?? {};
    const news = [
      others,
      share,
      counts,
      signedCounts,
      interval,
      frame,
      signed,
      stack === undefined,
    ];
    if (!changed(...news, layout.rim, maximum)) return;
    const low = arrays.band.subarray(0, size);
    const high = arrays.band.subarray(size);
    // Around nothing at all the interval would fill the disc and look like something.
    const banded = !signed && !stack && (frame?.peak ?? 0) > 0 && high.length === size;
    const scale = layout.rim / maximum;
    const values = signed ? arrays.signedCounts : arrays.counts;
    other.attr("d", others ? outlineOf(others, share * scale, layout.rim, signed) : "");
    curve.attr("d", closedCurve(values, perCount, layout.rim));
    negative.attr("d", signed ? closedCurve(values, -perCount, layout.rim) : "");
    const outline = banded
      ? closedCurve(high, scale, layout.rim) + closedCurve(low, scale, layout.rim)
      : "";
    band.attr("d", outline);
    const radius = (frame?.isotropic ?? 0) * scale;
    const drawn = !signed && frame !== undefined && radius <= layout.rim;
    isotropic.attr("r", drawn ? radius : 0).attr("display", drawn ? null : "none");
  };
}

function drawMarks(layer: Layer, marks: Float32Array, rim: number): void {
  const places = Array.from({ length: marks.length >> 1 }, (_, k) => ({
    x: (marks[2 * k] ?? 0) * rim,
    y: -(marks[2 * k + 1] ?? 0) * rim,
  }));
  layer
    .selectAll("circle")
    .data(places)
    .join("circle")
    .attr("class", "srm-mark")
    .attr("r", 5)
    .attr("cx", ({ x }) => x)
    .attr("cy", ({ y }) => y);
}

function drawPointed(layer: Layer, pointed: Picture["pointed"], rim: number): void {
  layer
    .selectAll("circle")
    .data(pointed ? [pointed] : [])
    .join("circle")
    .attr("class", "srm-pointed")
    .attr("r", 9)
    .attr("cx", ([a]) => a * rim)
    .attr("cy", ([, c]) => -c * rim);
}

export function createPolar(parent: HTMLElement): Polar {
  const svg = select(parent)
    .append("svg")
    .attr("class", "srm-polar")
    .attr("role", "img")
    .attr("aria-label", "Polar scope");
  const desc = svg.append("desc");
  const group = (): Layer => svg.append("g");
  const dial = group();
  const rings = group();
  const axes = group();
  const under = group().attr("class", "srm-still");
  const light = group();
  const drawEnsemble = createEnsemble(group().attr("class", "srm-ensemble"));
  const drawCurves = createCurves(group().attr("class", "srm-curves"));
  // No layer of its own: what is lit changes with every turn.
  const over = group();
  const drawPoints = createPoints(under, over);
  const density = createDensity(parent);
  const beam = createBeam(light, group());
  const marks = group();
  const pointed = group();
  const ringLabels = group();
  const labels = group();
  const [resized, scaled, turned] = [watchChanges(), watchChanges(), watchChanges()];
  const [measured, named, marked] = [watchChanges(), watchChanges(), watchChanges()];

  const drawGrid = ({ frame, width, unit }: Picture, layout: Layout, maximum: number) => {
    const alpha = frame?.alpha ?? Math.PI / 2;
    const { height, rim, letters } = layout;
    // From plane to plane little but the names changes, and to set what stays would cost a layout.
    const sizes = [width, height, rim];
    if (resized(...sizes)) {
      svg.attr("viewBox", `${-width / 2} ${-height / 2} ${width} ${height}`);
      drawDial(dial, layout);
    }
    const radial = { maximum, unit };
    if (scaled(...sizes, maximum, unit)) drawRings(rings, layout, radial);
    if (turned(...sizes, alpha)) drawAxes(axes, layout, alpha);
    if (measured(...sizes, maximum, unit, alpha)) drawRingLabels(ringLabels, layout, radial, alpha);
    const names = [frame?.names.join("\n"), frame?.pair.join(), letters];
    if (named(...sizes, alpha, ...names)) drawLabels(labels, layout, frame);
  };
  const draw = (picture: Picture) => {
    const { frame, width, nDirections } = picture;
    const maximum = maximumOf(picture);
    const layout = layoutOf(width, frame?.names ?? [], nDirections);
    desc.text(picture.summary);
    drawGrid(picture, layout, maximum);
    const { ensemble } = picture.arrays;
    const fits = picture.ensembleFits && !picture.curvePending;
    drawEnsemble(picture.signed ? ensemble.subarray(0, 0) : ensemble, fits, layout.rim, maximum);
    drawCurves(picture, layout, maximum);
    const { cloud, theta, epsilon } = picture;
    drawPoints(cloud, theta, epsilon, layout.rim);
    const { cells, pending } = cloud;
    density.draw({ cells, pending, theta, epsilon, radius: layout.rim / width });
    const places = picture.arrays.marks;
    if (marked(places, layout.rim)) drawMarks(marks, places, layout.rim);
    drawPointed(pointed, picture.pointed, layout.rim);
    beam.draw(layout, theta, epsilon);
  };
  drawDial(dial, layoutOf(320, [], 0));
  const disc = dial.select<SVGCircleElement>(".srm-disc").node();
  const node = svg.node();
  if (!node || !disc) throw new Error("expected an SVG element and its disc");
  return { node, disc, beam, draw, restyle: density.restyle };
}
