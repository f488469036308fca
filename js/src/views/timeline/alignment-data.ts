/** Data and texts of the alignment over the steps of a timeline. */

import { alignmentWithError, epsilonText, integer, signedDecimal } from "../../base/format.ts";
import { rounder } from "../../base/numbers.ts";
import type { NullBandFrame } from "../../protocol/frames.ts";
import { amongText, NULL_NAMES } from "../../state/chance.ts";

/** The alignment in each step, as the kernel has sent it. */
export interface AlignmentData {
  /** of the plane, in [-1, 1]; NaN where there is none */
  plane: Float32Array;
  /** its standard error; not finite where there is none */
  error: Float32Array;
  /** of the layer, as far as it is known */
  layer: Float32Array;
  /** A₄ in turned bases; undefined where there is nothing to compare with */
  turned?: NullBandFrame | undefined;
  /** samples of the step on show; undefined where that does not matter */
  nSamples?: number;
  /** ε of the plane's; undefined before there is any */
  epsilon: number | undefined;
  /** ε of the layer's, null for A₄, which needs none; undefined before there is any */
  layerEpsilon: number | null | undefined;
}

/** The plane's alignment in a step less and plus its standard error; undefined where there is none. */
function errorBar(
  { plane, error }: Pick<AlignmentData, "plane" | "error">,
  step: number,
): [low: number, high: number] | undefined {
  const [value = Number.NaN, off = Number.NaN] = [plane[step], error[step]];
  if (!Number.isFinite(value + off)) return undefined;
  return [Math.max(-1, value - off), Math.min(1, value + off)];
}

/** The middle of A₄ in turned bases in a step; undefined where it is not known. */
function turnedBar(
  { turned }: Pick<AlignmentData, "turned">,
  step: number,
): [low: number, high: number] | undefined {
  const [low, high] = [turned?.low[step], turned?.high[step]];
  return typeof low === "number" && typeof high === "number" ? [low, high] : undefined;
}

/** The range of all values, their errors and 0, with a margin, inside [-1, 1]. */
export function alignmentRange(alignment: AlignmentData): [low: number, high: number] {
  const { plane, layer } = alignment;
  const bars = Array.from(plane, (_, step) => [
    ...(errorBar(alignment, step) ?? []),
    ...(turnedBar(alignment, step) ?? []),
  ]);
  const known = [0, ...plane, ...layer, ...bars.flat()].filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const margin = Math.max(0.05, 0.1 * (high - low));
  return [Math.max(-1, low - margin), Math.min(1, high + margin)];
}

const toThousandths = rounder(3);

const point = (x: number, y: number): string => `${toThousandths(x)},${toThousandths(y)}`;

/**
 * The SVG path of a line through the values of all steps, broken where there is none; one alone is
 * a dot.
 */
export function curveThrough(
  values: ArrayLike<number>,
  x: (step: number) => number,
  y: (value: number) => number,
): string {
  const known = (k: number) => Number.isFinite(values[k]);
  let path = "";
  for (let k = 0; k < values.length; k += 1) {
    if (!known(k)) continue;
    path += `${known(k - 1) ? "L" : "M"}${point(x(k), y(values[k] ?? 0))}`;
    if (!known(k - 1) && !known(k + 1)) path += "Z";
  }
  return path;
}

/** Half the width of the band of a step that has no neighbour, px. */
const ALONE = 1.5;

/** The SVG path of the band of the plane's standard errors. */
export const bandAround = (
  alignment: Pick<AlignmentData, "plane" | "error">,
  x: (step: number) => number,
  y: (value: number) => number,
): string => bandOf(alignment.plane.length, (step) => errorBar(alignment, step), x, y);

/** The SVG path of the band of turned bases. */
export const turnedBand = (
  alignment: Pick<AlignmentData, "turned">,
  x: (step: number) => number,
  y: (value: number) => number,
): string => bandOf(alignment.turned?.low.length ?? 0, (step) => turnedBar(alignment, step), x, y);

/** The SVG path of a band; where a step has no neighbour it is a narrow bar. */
function bandOf(
  length: number,
  barOf: (step: number) => [low: number, high: number] | undefined,
  x: (step: number) => number,
  y: (value: number) => number,
): string {
  const bars = Array.from({ length: length + 1 }, (_, step) => barOf(step));
  let path = "";
  let above: string[] = [];
  let below: string[] = [];
  bars.forEach((bar, step) => {
    if (bar) {
      const [low, high] = bar;
      const isAlone = !bars[step - 1] && !bars[step + 1];
      for (const each of isAlone ? [x(step) - ALONE, x(step) + ALONE] : [x(step)]) {
        above.push(point(each, y(high)));
        below.unshift(point(each, y(low)));
      }
    } else if (above.length > 0) {
      path += `M${[...above, ...below].join("L")}Z`;
      [above, below] = [[], []];
    }
  });
  return path;
}

/** The step at a share of the chart's width. */
export function stepAt(share: number, nSteps: number): number {
  return Math.min(nSteps - 1, Math.max(0, Math.round(share * (nSteps - 1))));
}

/** What the two lines are of: the plane on show, and the layer. */
export function lineNames({ epsilon, layerEpsilon }: AlignmentData): [string, string] {
  const plane = epsilon === undefined ? "this plane" : `this plane at ${epsilonText(epsilon)}`;
  if (layerEpsilon === undefined) return [plane, "layer"];
  return [
    plane,
    layerEpsilon === null ? "layer, A₄" : `all planes at ${epsilonText(layerEpsilon)}`,
  ];
}

/** The alignment of the plane, with its error, and of the layer at a step, as text. */
export function valueTextsAt(
  { plane, error, layer }: AlignmentData,
  step: number,
): [string, string] {
  const known = layer[step] ?? Number.NaN;
  return [
    alignmentWithError(plane[step] ?? null, error[step] ?? null),
    Number.isFinite(known) ? signedDecimal(known, 2) : "–",
  ];
}

/** What the band of turned bases is, and where it lies at a step; "" where there is none. */
export function turnedTextAt({ turned, nSamples = 0 }: AlignmentData, step: number): string {
  if (!turned?.low.some((value) => value !== null)) return "";
  const { share, rotations, kept, n_samples } = turned;
  const bar = turnedBar({ turned }, step);
  const range = bar ? bar.map((value) => signedDecimal(value, 2)).join(" … ") : "–";
  const among = amongText(n_samples, nSamples);
  return (
    `middle ${Math.round(100 * share)}\u00a0% of ${integer(rotations)} turned bases, ` +
    `${NULL_NAMES[kept]}${among}: ${range}`
  );
}

/** Describes the chart in a sentence. */
export function alignmentSentence(
  alignment: AlignmentData,
  steps: readonly string[],
  step: number,
): string {
  const said = (k: number) => {
    const [plane, layer] = valueTextsAt(alignment, k);
    return `${plane} at ${steps[k] ?? ""} (${layer})`;
  };
  const [plane, layer] = lineNames(alignment);
  const ends = `${said(0)}, ${said(steps.length - 1)}`;
  const turned = turnedTextAt(alignment, step);
  return (
    `Alignment over ${steps.length} steps of ${plane} (in brackets: ${layer}): ` +
    `${ends}; on show ${said(step)}${turned && `; ${turned}`}`
  );
}
