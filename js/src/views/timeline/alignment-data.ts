/** Data and texts of the alignment over the steps of a timeline. */

import { decimal } from "../../base/format.ts";
import { rounder } from "../../base/numbers.ts";

/** The alignment in each step, as the kernel has sent it. */
export interface AlignmentData {
  /** of the plane, in [-1, 1]; NaN where there is none */
  plane: Float32Array;
  /** of all planes together, as far as it is known */
  ensemble: Float32Array;
}

/** The range of all values and 0, with a margin, inside [-1, 1]. */
export function alignmentRange({ plane, ensemble }: AlignmentData): [low: number, high: number] {
  const known = [0, ...plane, ...ensemble].filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const margin = Math.max(0.05, 0.1 * (high - low));
  return [Math.max(-1, low - margin), Math.min(1, high + margin)];
}

const toThousandths = rounder(3);

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
    path += `${known(k - 1) ? "L" : "M"}${toThousandths(x(k))},${toThousandths(y(values[k] ?? 0))}`;
    if (!known(k - 1) && !known(k + 1)) path += "Z";
  }
  return path;
}

/** The step at a share of the chart's width. */
export function stepAt(share: number, nSteps: number): number {
  return Math.min(nSteps - 1, Math.max(0, Math.round(share * (nSteps - 1))));
}

const valueText = (values: Float32Array, step: number): string => {
  const known = values[step];
  return known === undefined || Number.isNaN(known) ? "–" : decimal(known, 2, 2);
};

/** The alignment of the plane and of all planes at a step, as text. */
export function valueTextsAt({ plane, ensemble }: AlignmentData, step: number): [string, string] {
  return [valueText(plane, step), valueText(ensemble, step)];
}

/** Describes the chart in a sentence. */
export function alignmentSentence(
  alignment: AlignmentData,
  steps: readonly string[],
  step: number,
): string {
  const said = (k: number) => {
    const [plane, all] = valueTextsAt(alignment, k);
    return `${plane} at ${steps[k] ?? ""} (all planes ${all})`;
  };
  const ends = `${said(0)}, ${said(steps.length - 1)}`;
  return `Alignment over ${steps.length} steps: ${ends}; on show ${said(step)}`;
}
