import { select } from "d3-selection";
import { changeDetector } from "../../base/memoize.ts";
import type { CurveFrame, MapFrame } from "../../protocol/frames.ts";
import type { DecodedArrays } from "../../state/decoded-arrays.ts";
import type { SvgGroup } from "../../ui/svg.ts";
import { createDensityCanvas } from "../sample-cloud/density-canvas.ts";
import { createPointPaths } from "../sample-cloud/point-paths.ts";
import type { SampleCloud } from "../sample-cloud/sample-cloud.ts";
import { type ClassAreas, createClassAreas } from "./class-areas.ts";
import { closedCurve } from "./closed-curve.ts";
import { type ComparisonCurve, comparisonPeak } from "./comparison-curve.ts";
import { createEnsembleBand, ensemblePeak } from "./ensemble-band.ts";
import { drawAxes, drawDisc, drawLabels, drawRingLabels, drawRings } from "./grid.ts";
import { radialMaximum } from "./polar-geometry.ts";
import { type PolarLayout, polarLayout } from "./polar-layout.ts";
import { createSpotlight, type Spotlight } from "./spotlight.ts";

/** All that the polar plot draws. */
export interface PolarPicture {
  width: number;
  /** of the whole basis, not of the plane */
  nDirections: number;
  frame: CurveFrame | undefined;
  arrays: DecodedArrays;
  theta: number;
  epsilon: number;
  signed: boolean;
  /** the fraction called 1 × where the radial scale is one of gain */
  unit: number | undefined;
  cloud: SampleCloud;
  /** the classes, if they are drawn */
  classAreas: ClassAreas | undefined;
  /** the curve of the step that is compared with, if one is */
  compared: ComparisonCurve | undefined;
  curvePending: boolean;
  /** whether the ensemble was surveyed at this ε */
  ensembleFits: boolean;
  /** the planes that it is of, if there is one */
  planes: MapFrame | undefined;
  summary: string;
  /** coordinates of the sample that is pointed at in the strip, if one is */
  pointed: readonly [number, number] | undefined;
}

/** The polar plot as other parts see it. */
export interface PolarPlot {
  node: SVGSVGElement;
  disc: SVGCircleElement;
  spotlight: Spotlight;
  draw(picture: PolarPicture): void;
  /** says that colours may have changed */
  restyle(): void;
}

/** The value at the rim of the plot. */
export function maximumOf({ frame, arrays, signed, ensembleFits, compared }: PolarPicture): number {
  const samples = Math.max(1, frame?.n_samples ?? 1);
  if (!frame) return 1;
  const { isotropic } = frame;
  const ensemble = ensembleFits ? ensemblePeak(arrays.ensemble) : 0;
  const other = comparisonPeak(compared);
  const top = Math.max(frame.peak / samples, other);
  if (!signed) return radialMaximum(top, isotropic, samples, ensemble);
  const highest = arrays.signedCounts.reduce((most, count) => Math.max(most, Math.abs(count)), 0);
  return radialMaximum(Math.max(highest / samples, other), 0, samples);
}

/** The path of a curve; of a signed one both lobes. */
function outlineOf(values: Int32Array, scale: number, rim: number, signed: boolean): string {
  return closedCurve(values, scale, rim) + (signed ? closedCurve(values, -scale, rim) : "");
}

function createCurves(layer: SvgGroup) {
  const add = (tag: string, name: string) => layer.append<SVGElement>(tag).attr("class", name);
  const drawClassAreas = createClassAreas(layer.append("g").attr("class", "srm-class-stack"));
  const band = add("path", "srm-band").attr("fill-rule", "evenodd");
  const other = add("path", "srm-compared");
  const curve = add("path", "srm-curve");
  const negative = add("path", "srm-curve-negative");
  const isotropic = add("circle", "srm-isotropic");
  const changed = changeDetector();

  return (picture: PolarPicture, layout: PolarLayout, maximum: number) => {
    const { arrays, frame, signed } = picture;
    layer.classed("srm-pending", picture.curvePending);
    const classAreas = signed ? undefined : picture.classAreas;
    layer.classed("srm-stacked", classAreas !== undefined);
    const { counts, signedCounts, band: interval } = arrays;
    const samples = Math.max(1, frame?.n_samples ?? 1);
    const perCount = layout.rim / maximum / samples;
    const size = arrays.counts.length;
    drawClassAreas(classAreas, size, perCount, layout.rim);
    const { values: others, perCount: share = 0 } = picture.compared ?? {};
    const inputs = [
      others,
      share,
      counts,
      signedCounts,
      interval,
      frame,
      signed,
      classAreas === undefined,
    ];
    if (!changed(...inputs, layout.rim, maximum)) return;
    const low = arrays.band.subarray(0, size);
    const high = arrays.band.subarray(size);
    // Around nothing at all the interval would fill the disc and look like something.
    const banded = !signed && !classAreas && (frame?.peak ?? 0) > 0 && high.length === size;
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

function drawMarks(layer: SvgGroup, marks: Float32Array, rim: number): void {
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

function drawPointed(layer: SvgGroup, pointed: PolarPicture["pointed"], rim: number): void {
  layer
    .selectAll("circle")
    .data(pointed ? [pointed] : [])
    .join("circle")
    .attr("class", "srm-pointed")
    .attr("r", 9)
    .attr("cx", ([a]) => a * rim)
    .attr("cy", ([, c]) => -c * rim);
}

/** Creates the polar plot: disc, samples, curve and spotlight. */
export function createPolarPlot(parent: HTMLElement): PolarPlot {
  const svg = select(parent)
    .append("svg")
    .attr("class", "srm-polar")
    .attr("role", "img")
    .attr("aria-label", "Polar scope");
  const desc = svg.append("desc");
  const group = (): SvgGroup => svg.append("g");
  const discGroup = group();
  const rings = group();
  const axes = group();
  const under = group().attr("class", "srm-still");
  const light = group();
  const drawEnsemble = createEnsembleBand(group().attr("class", "srm-ensemble"));
  const drawCurves = createCurves(group().attr("class", "srm-curves"));
  // No layer of its own: what is lit changes with every turn.
  const over = group();
  const drawPoints = createPointPaths(under, over);
  const density = createDensityCanvas(parent);
  const spotlight = createSpotlight(light, group());
  const marks = group();
  const pointed = group();
  const ringLabels = group();
  const labels = group();
  const [resized, scaled, turned] = [changeDetector(), changeDetector(), changeDetector()];
  const [measured, named, marked] = [changeDetector(), changeDetector(), changeDetector()];

  const drawGrid = ({ frame, width, unit }: PolarPicture, layout: PolarLayout, maximum: number) => {
    const alpha = frame?.alpha ?? Math.PI / 2;
    const { height, rim, letters } = layout;
    // From plane to plane little but the names changes, and to set what stays would cost a layout.
    const sizes = [width, height, rim];
    if (resized(...sizes)) {
      svg.attr("viewBox", `${-width / 2} ${-height / 2} ${width} ${height}`);
      drawDisc(discGroup, layout);
    }
    const radial = { maximum, unit };
    if (scaled(...sizes, maximum, unit)) drawRings(rings, layout, radial);
    if (turned(...sizes, alpha)) drawAxes(axes, layout, alpha);
    if (measured(...sizes, maximum, unit, alpha)) drawRingLabels(ringLabels, layout, radial, alpha);
    const names = [frame?.names.join("\n"), frame?.pair.join(), letters];
    if (named(...sizes, alpha, ...names)) drawLabels(labels, layout, frame);
  };
  const draw = (picture: PolarPicture) => {
    const { frame, width, nDirections } = picture;
    const maximum = maximumOf(picture);
    const layout = polarLayout(width, frame?.names ?? [], nDirections);
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
    spotlight.draw(layout, theta, epsilon);
  };
  drawDisc(discGroup, polarLayout(320, [], 0));
  const disc = discGroup.select<SVGCircleElement>(".srm-disc").node();
  const node = svg.node();
  if (!node || !disc) throw new Error("expected an SVG element and its disc");
  return { node, disc, spotlight, draw, restyle: density.restyle };
}
