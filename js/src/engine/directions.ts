/**
 * Computes the table of directions ±b_i: how many samples lie along each, and the class most of
 * them have.
 */

import type { TableColumn, TableFrame, TableRow } from "../protocol/frames.ts";
import { CLOSING_MARGIN, MOST_ROWS } from "../protocol/limits.ts";
import type { LayerSamples } from "./layer-samples.ts";
import { kurtosisOf } from "./moments.ts";
import type { SampleClasses } from "./payload.ts";

/** The samples along one direction. */
export interface DirectionCounts {
  direction: number;
  sign: 1 | -1;
  count: number;
  /** of the direction, either sign; NaN if no sample has a direction */
  kurtosis: number;
  /** the class most of them have, or -1 */
  code: number;
  purity: number;
  coverage: number;
}

/** How the table is sorted. */
export interface DirectionSorting {
  by: TableColumn;
  descending: boolean;
}

/** The class with most samples, the first of equals; -1 where there is none. */
function largestClass(classes: readonly number[], missing: number | null | undefined): number {
  let best = -1;
  classes.forEach((count, code) => {
    if (code !== missing && count > (classes[best] ?? 0)) best = code;
  });
  return best;
}

function countDirection(
  layer: LayerSamples,
  direction: number,
  sign: 1 | -1,
  epsilon: number,
  sizes: readonly number[],
  missing: number | null | undefined,
): Omit<DirectionCounts, "kurtosis"> {
  const classes = sizes.map(() => 0);
  const { codes } = layer.step;
  const isDead = layer.dead.has(direction);
  let count = 0;
  layer.projection(direction).forEach((value, sample) => {
    if (isDead || sign * value < epsilon - CLOSING_MARGIN) return;
    count += 1;
    const code = codes[sample] ?? 0;
    if (code < classes.length) classes[code] = (classes[code] ?? 0) + 1;
  });
  const code = largestClass(classes, missing);
  const most = classes[code] ?? Number.NaN;
  return {
    direction,
    sign,
    count,
    code,
    purity: most / count,
    coverage: most / (sizes[code] ?? 0),
  };
}

/** Counts the samples along every direction; yields after each. */
export function* directionSteps(
  layer: LayerSamples,
  epsilon: number,
  classes: SampleClasses | undefined,
): Generator<undefined, DirectionCounts[]> {
  const sizes = (classes?.names ?? []).map(() => 0);
  if (classes) for (const code of layer.step.codes) sizes[code] = (sizes[code] ?? 0) + 1;
  const rows: DirectionCounts[] = [];
  for (let i = 0; i < layer.nDirections; i += 1) {
    const kurtosis = kurtosisOf(layer, i);
    for (const sign of [1, -1] as const) {
      const counted = countDirection(layer, i, sign, epsilon, sizes, classes?.missing);
      rows.push({ ...counted, kurtosis });
    }
    yield;
  }
  return rows;
}

function sortKey(by: TableColumn, place: number, row: DirectionCounts): number {
  if (by === "direction") return place;
  if (by === "label") return row.code < 0 ? Number.NaN : row.code;
  return row[by];
}

/** Compares two sort keys; missing ones come last. */
function compareKeys(one: number, other: number, descending: boolean): number {
  const [no, none] = [Number.isNaN(one), Number.isNaN(other)];
  if (no || none) return Number(no) - Number(none);
  return descending ? other - one : one - other;
}

/** The rows sorted; equal ones by count, then by direction. */
export function sortedDirections(
  rows: readonly DirectionCounts[],
  { by, descending }: DirectionSorting,
): DirectionCounts[] {
  const keyed = rows.map((row, place) => ({ row, place, key: sortKey(by, place, row) }));
  keyed.sort(
    (one, other) =>
      compareKeys(one.key, other.key, descending) ||
      other.row.count - one.row.count ||
      one.place - other.place,
  );
  return keyed.map(({ row }) => row);
}

/** The table as its frame, with the first rows. */
export function tableFrame(
  rows: readonly DirectionCounts[],
  sorting: DirectionSorting,
  epsilon: number,
  names: readonly string[],
  classes: SampleClasses | undefined,
): TableFrame {
  const listed = sortedDirections(rows, sorting).slice(0, MOST_ROWS);
  return {
    state: "done",
    hint: "",
    by: sorting.by,
    descending: sorting.descending,
    n_rows: rows.length,
    epsilon,
    has_labels: classes !== undefined,
    rows: listed.map(({ direction, sign, count, kurtosis, code, purity, coverage }): TableRow => {
      const known = Number.isNaN(kurtosis) ? null : kurtosis;
      const fixed = [direction, sign, names[direction] ?? "", count, known] as const;
      if (!classes || code < 0) return [...fixed, null, null, null, null];
      return [...fixed, classes.names[code] ?? "", classes.groupOf[code] ?? 0, purity, coverage];
    }),
  };
}
