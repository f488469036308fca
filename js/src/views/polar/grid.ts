import { degrees, TAU } from "../../base/angles.ts";
import { percentTick, timesTick } from "../../base/format.ts";
import { ticks } from "../../base/numbers.ts";
import type { CurveFrame } from "../../protocol/frames.ts";
import { setAttribute, setText } from "../../ui/elements.ts";
import type { SvgGroup } from "../../ui/svg.ts";
import {
  degreeLabels,
  directionLabels,
  pathPoint,
  pointAt,
  ringLabelAngle,
  textAnchorAt,
} from "./polar-geometry.ts";
import { labelNames, type PolarLayout } from "./polar-layout.ts";

/** The radial scale: its end, and the fraction called 1 × where labels are ratios. */
export interface RadialAxis {
  maximum: number;
  unit: number | undefined;
}

/** Values and labels of the rings. */
export interface Rings {
  values: number[];
  labels: string[];
}

/** The rings at round values; the outermost may be at the end of the scale. */
export function ringsOf({ maximum, unit }: RadialAxis): Rings {
  const one = unit ?? 1;
  const values = ticks(0, maximum / one, 3).filter((tick) => tick > 0);
  const step = values[0] ?? maximum / one;
  const label = unit === undefined ? percentTick : timesTick;
  return {
    values: values.map((tick) => tick * one),
    labels: values.map((tick) => label(tick, step)),
  };
}

function rimTicks(rim: number): string {
  return Array.from({ length: 72 }, (_, k) => {
    const theta = (k * TAU) / 72;
    const length = k % 9 === 0 ? 8 : k % 3 === 0 ? 5 : 3;
    const from = pathPoint(pointAt(theta, rim));
    return `M${from}L${pathPoint(pointAt(theta, rim + length))}`;
  }).join("");
}

/** Draws the disc and the ticks on its rim. */
export function drawDisc(layer: SvgGroup, layout: PolarLayout): void {
  const make = (tag: string, name: string) =>
    layer
      .selectAll<SVGElement, number>(`.${name}`)
      .data([0])
      .join((enter) => enter.append(tag).attr("class", name));
  make("circle", "srm-disc").attr("r", layout.rim);
  make("path", "srm-ticks").attr("d", rimTicks(layout.rim));
}

/** Draws the rings of the radial scale. */
export function drawRings(layer: SvgGroup, layout: PolarLayout, radial: RadialAxis): void {
  const { values } = ringsOf(radial);
  layer
    .selectAll("circle")
    .data(values)
    .join("circle")
    .attr("class", "srm-ring")
    .attr("r", (value) => (value / radial.maximum) * layout.rim);
}

// Labels stand just inside their ring.
const INSIDE = 9;

/** Draws the labels of the rings. */
export function drawRingLabels(
  layer: SvgGroup,
  layout: PolarLayout,
  radial: RadialAxis,
  alpha: number,
): void {
  const { maximum } = radial;
  const { values, labels } = ringsOf(radial);
  const apart = (layout.rim * (values[0] ?? maximum)) / maximum;
  const all = values.map((value, k) => ({ value, text: labels[k] ?? "" }));
  // On a small disc every second label is left out rather than let them touch.
  const shown = all.filter((_, k) => apart >= 20 || (values.length - 1 - k) % 2 === 0);
  const theta = ringLabelAngle(alpha);
  const place = (value: number) => pointAt(theta, (value / maximum) * layout.rim - INSIDE);
  layer
    .selectAll("text")
    .data(shown)
    .join("text")
    .attr("class", "srm-ring-label")
    .attr("x", ({ value }) => place(value).x)
    .attr("y", ({ value }) => place(value).y)
    .text(({ text }) => text);
}

/** Draws the two directions of the plane as axes. */
export function drawAxes(layer: SvgGroup, layout: PolarLayout, alpha: number): void {
  layer
    .selectAll("line")
    .data([0, alpha])
    .join("line")
    .attr("class", "srm-axis")
    .attr("x1", (angle) => pointAt(angle, layout.rim + 8).x)
    .attr("y1", (angle) => pointAt(angle, layout.rim + 8).y)
    .attr("x2", (angle) => -pointAt(angle, layout.rim + 8).x)
    .attr("y2", (angle) => -pointAt(angle, layout.rim + 8).y);
}

interface RimLabel {
  text: string;
  full: string;
  angle: number;
  kind: string;
}

// So near the vertical a label has no other at its sides.
const UPRIGHT = 0.1;

function labelsOf(layout: PolarLayout, frame: CurveFrame | undefined): RimLabel[] {
  const alpha = frame?.alpha ?? Math.PI / 2;
  const upright = Math.abs(Math.cos(alpha)) < UPRIGHT;
  const names = frame ? labelNames(frame.names, frame.pair, layout.letters) : ["", ""];
  if (frame && upright) names[1] = labelNames(frame.names, frame.pair, layout.lettersAbove)[1];
  const named = frame
    ? directionLabels(alpha, layout.labels, 19).map(({ sign, which, labelAngle }) => {
        const full = `${sign}${frame.names[which]}`;
        const text = `${sign}${names[which]}`;
        return { text, full, angle: labelAngle, kind: "srm-direction" };
      })
    : [];
  const taken = named.map(({ angle }) => angle);
  const free = degreeLabels(taken, layout.labels, 34).map((angle) => {
    const text = `${Math.round(degrees(angle))}°`;
    return { text, full: text, angle, kind: "srm-degree" };
  });
  return [...named, ...free];
}

/** Draws the labels around the rim: the directions and the degrees between them. */
export function drawLabels(
  layer: SvgGroup,
  layout: PolarLayout,
  frame: CurveFrame | undefined,
): void {
  const place = (label: RimLabel) => pointAt(label.angle, layout.labels);
  const texts = layer
    .selectAll<SVGTextElement, RimLabel>("text")
    .data(labelsOf(layout, frame))
    .join((enter) => {
      const text = enter.append("text");
      text.append("tspan");
      text.append("title");
      return text;
    })
    .each(function (label) {
      setAttribute(this, "class", label.kind);
      setAttribute(this, "text-anchor", textAnchorAt(label.angle));
      setAttribute(this, "x", String(place(label).x));
      // A label above the rim needs its descent, one below its height.
      setAttribute(this, "y", String(place(label).y - 3 * Math.sin(label.angle)));
    });
  texts.select<SVGTSpanElement>("tspan").each(function ({ text }) {
    setText(this, text);
  });
  texts.select<SVGTitleElement>("title").each(function ({ full }) {
    setText(this, full);
  });
}
