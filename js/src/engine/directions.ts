/**
 * Computes the table of directions ±b_i: how many samples lie along each, and the classes most of
 * them have.
 */

import { folded, searchQueryOf } from "../base/search-text.ts";
import type { ClassShare, TableColumn, TableFrame, TableRow } from "../protocol/frames.ts";
import { CLOSING_MARGIN, MOST_ROWS, TOP_CLASSES } from "../protocol/limits.ts";
import { type DirectionSorting, sortingOf } from "../protocol/table-sorting.ts";
import type { LayerSamples } from "./layer-samples.ts";
import { kurtosisOf } from "./moments.ts";
import type { SampleClasses } from "./payload.ts";

/** A class, and how many samples along a direction have it. */
export interface ClassCount {
  code: number;
  count: number;
}

/** The samples along one direction. */
export interface DirectionCounts {
  direction: number;
  sign: 1 | -1;
  count: number;
  /** of the direction, either sign; NaN if no sample has a direction */
  kurtosis: number;
  /** the first three classes, the largest first */
  top: readonly ClassCount[];
  /** the class most of them have, or -1 */
  code: number;
  purity: number;
  coverage: number;
}

/** What of the table is listed, and how it is sorted. */
export interface TableView extends DirectionSorting {
  least: number;
  search: string;
}

/** The classes with most samples, of equals the first ones. */
function largestClasses(
  codes: readonly number[],
  counts: Int32Array,
  missing: number | null | undefined,
): ClassCount[] {
  const best: ClassCount[] = [];
  for (const code of codes) {
    if (code === missing) continue;
    const count = counts[code] ?? 0;
    const isAfter = (one: ClassCount) =>
      one.count < count || (one.count === count && one.code > code);
    const found = best.findIndex(isAfter);
    const place = found < 0 ? best.length : found;
    if (place >= TOP_CLASSES) continue;
    best.splice(place, 0, { code, count });
    best.length = Math.min(best.length, TOP_CLASSES);
  }
  return best;
}

/** Counts samples by class; made once, as of thousands of classes few have any. */
class ClassTally {
  readonly #counts: Int32Array;
  readonly #missing: number | null | undefined;
  #codes: number[] = [];

  constructor(nClasses: number, missing: number | null | undefined) {
    this.#counts = new Int32Array(nClasses);
    this.#missing = missing;
  }

  add(code: number): void {
    if (code >= this.#counts.length) return;
    if (this.#counts[code] === 0) this.#codes.push(code);
    this.#counts[code] = (this.#counts[code] ?? 0) + 1;
  }

  /** The classes with most samples; all are forgotten. */
  take(): ClassCount[] {
    const top = largestClasses(this.#codes, this.#counts, this.#missing);
    for (const code of this.#codes) this.#counts[code] = 0;
    this.#codes = [];
    return top;
  }
}

function countDirection(
  layer: LayerSamples,
  direction: number,
  sign: 1 | -1,
  epsilon: number,
  sizes: readonly number[],
  tally: ClassTally,
): Omit<DirectionCounts, "kurtosis"> {
  const { codes } = layer.step;
  const isDead = layer.dead.has(direction);
  let count = 0;
  layer.projection(direction).forEach((value, sample) => {
    if (isDead || sign * value < epsilon - CLOSING_MARGIN) return;
    count += 1;
    tally.add(codes[sample] ?? 0);
  });
  const top = tally.take();
  const { code, count: most } = top[0] ?? { code: -1, count: Number.NaN };
  const coverage = most / (sizes[code] ?? 0);
  return { direction, sign, count, top, code, purity: most / count, coverage };
}

/** Counts the samples along every direction; yields after each. */
export function* directionSteps(
  layer: LayerSamples,
  epsilon: number,
  classes: SampleClasses | undefined,
): Generator<undefined, DirectionCounts[]> {
  const sizes = (classes?.names ?? []).map(() => 0);
  if (classes) for (const code of layer.step.codes) sizes[code] = (sizes[code] ?? 0) + 1;
  const tally = new ClassTally(sizes.length, classes?.missing);
  const rows: DirectionCounts[] = [];
  for (let i = 0; i < layer.nDirections; i += 1) {
    const kurtosis = kurtosisOf(layer, i);
    for (const sign of [1, -1] as const) {
      const counted = countDirection(layer, i, sign, epsilon, sizes, tally);
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

/** A function that tells whether a text is found in a row: its name, number or first classes. */
function finder(
  search: string,
  names: readonly string[],
  classes: SampleClasses | undefined,
): (row: DirectionCounts) => boolean {
  const query = searchQueryOf(search);
  if (!query) return () => true;
  const { whole, rest, sign, number } = query;
  const isClass = (classes?.names ?? []).map((name) => folded(name).includes(rest));
  return ({ direction, sign: own, top }) => {
    const name = folded(names[direction] ?? "");
    if (name.includes(whole)) return true;
    if (sign !== undefined && sign !== own) return false;
    const isLabelled = top.some(({ code }) => isClass[code]);
    return direction === number || name.includes(rest) || isLabelled;
  };
}

/** The rows that are listed, sorted, and what is said of the others. */
export function listedDirections(
  rows: readonly DirectionCounts[],
  view: TableView,
  names: readonly string[],
  classes: SampleClasses | undefined,
) {
  const most = rows.reduce((most, { count }) => Math.max(most, count), 0);
  // Where no row has as many, half of what the fullest has: something is to be listed.
  const fewest = most >= view.least ? view.least : Math.ceil(most / 2);
  const found = rows.filter(finder(view.search, names, classes));
  const full = found.filter(({ count }) => count >= fewest);
  const listed = sortedDirections(full, sortingOf(view, classes !== undefined));
  return { listed, fewest, nFew: found.length - full.length };
}

/** The table as its frame, with the first rows. */
export function tableFrame(
  rows: readonly DirectionCounts[],
  view: TableView,
  epsilon: number,
  names: readonly string[],
  classes: SampleClasses | undefined,
): TableFrame {
  const { listed, fewest, nFew } = listedDirections(rows, view, names, classes);
  const { by, descending, least, search } = view;
  const classShare = ({ code, count }: ClassCount, all: number): ClassShare => [
    classes?.names[code] ?? "",
    classes?.groupOf[code] ?? 0,
    count / all,
  ];
  return {
    ...{ state: "done", hint: "", by, descending, least, search },
    n_rows: rows.length,
    epsilon,
    has_labels: classes !== undefined,
    fewest,
    n_few: nFew,
    n_listed: listed.length,
    rows: listed.slice(0, MOST_ROWS).map((row): TableRow => {
      const { direction, sign, count, kurtosis, top } = row;
      const known = Number.isNaN(kurtosis) ? null : kurtosis;
      const fixed = [direction, sign, names[direction] ?? "", count, known] as const;
      const [first, ...others] = top.map((each) => classShare(each, count));
      if (!first) return [...fixed, null, null, null, null, []];
      return [...fixed, first[0], first[1], row.purity, row.coverage, others];
    }),
  };
}
