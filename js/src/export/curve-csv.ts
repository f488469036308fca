import { TAU } from "../base/angles.ts";
import { type CsvCell, csvOf } from "../base/csv.ts";
import type { CurveFrame, Legend } from "../protocol/frames.ts";
import { CURVE_COLUMNS } from "../protocol/limits.ts";

/** The curve of one plane, and those of its classes if the samples have labels. */
export interface CurveTable {
  frame: Pick<CurveFrame, "pair" | "n_samples">;
  /** (K,), at the angles 2πk/K */
  counts: Int32Array;
  legend: Legend | undefined;
  /** (C · K,), class by class; they sum to `counts` */
  classCounts: Int32Array;
  /** what was done to the activations, "" for nothing */
  preparation: string;
}

/**
 * The curve as CSV: a row for each angle in radians, and a column `count[class]` for each class,
 * hidden or not. Where the activations were prepared, the last column says how.
 */
export function curveCsv({ frame, counts, legend, classCounts, preparation }: CurveTable): string {
  const size = counts.length;
  const classes = legend && classCounts.length === legend.names.length * size ? legend.names : [];
  const header = [...CURVE_COLUMNS, ...classes.map((name) => `count[${name}]`)];
  const prepared = preparation ? [preparation] : [];
  if (preparation) header.push("preparation");
  const step = TAU / size;
  const [i, j] = frame.pair;
  const rows = Array.from(counts, (count, k): CsvCell[] => {
    const own = classes.map((_, group) => classCounts[group * size + k] ?? 0);
    return [i, j, k * step, count, count / frame.n_samples, ...own, ...prepared];
  });
  return csvOf(header, rows);
}
