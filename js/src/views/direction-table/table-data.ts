/** Texts and sorting of the table of directions. */

import { angleBetween, degrees, halfAngle, radians } from "../../base/angles.ts";
import { integer } from "../../base/format.ts";
import type { CurveFrame, TableColumn, TableFrame } from "../../protocol/frames.ts";
import { TABLE_COLUMNS } from "../../protocol/limits.ts";
import { sortingOf } from "../../protocol/table-sorting.ts";

/** The traits that sort the table. */
export interface SortingTraits {
  table_by: TableColumn;
  table_descending: boolean;
}

/** Heads of the columns. */
export const COLUMN_HEADS: Record<TableColumn, { text: string; title: string }> = {
  direction: { text: "Direction", title: "" },
  count: { text: "Samples", title: "How many samples lie around the direction" },
  kurtosis: {
    text: "Kurtosis",
    title: "Whatever ε: 1 if samples point everywhere alike, more if few make up most of it",
  },
  label: {
    text: "Majority",
    title: "The label most of them have, and the next two, with their shares",
  },
  purity: { text: "Purity", title: "Share of them that have this label" },
  coverage: { text: "Coverage", title: "Share of all samples of this label that lie here" },
};

/** The columns on show. */
export function columnsOf(hasLabels: boolean): TableColumn[] {
  return hasLabels ? [...TABLE_COLUMNS] : ["direction", "count", "kurtosis"];
}

/**
 * The sorting once a column's head is clicked: numbers begin with the largest, names with the
 * first; the same column again turns the order.
 */
export function sortedBy(
  column: TableColumn,
  { table_by, table_descending }: SortingTraits,
): SortingTraits {
  const first = column !== "direction" && column !== "label";
  return { table_by: column, table_descending: column === table_by ? !table_descending : first };
}

/** A key for a direction ±b_i. */
export const directionKey = (direction: number, sign: number): string => `${sign}:${direction}`;

/** The sign of a direction as text. */
export const signOf = (sign: number): string => (sign < 0 ? "−" : "+");

const AIM_TOLERANCE = radians(0.5);

/** Keys of the directions that the spotlight points at. */
export function directionsInBeam(frame: CurveFrame | undefined): Set<string> {
  if (!frame) return new Set();
  const { pair, alpha, theta } = frame;
  const places = [0, alpha, Math.PI, Math.PI + alpha];
  const keys = places.flatMap((place, k) =>
    angleBetween(theta, place) < AIM_TOLERANCE
      ? [directionKey(pair[k % 2] ?? 0, k < 2 ? 1 : -1)]
      : [],
  );
  return new Set(keys);
}

const samplesText = (n: number): string => `${integer(n)} ${n === 1 ? "sample" : "samples"}`;

/** Says which rows are not listed, and why; "" if all are. */
function missingText({ least, fewest, n_few, n_listed, rows, search }: TableFrame): string {
  const parts: string[] = [];
  if (rows.length < n_listed) parts.push(`first ${integer(rows.length)} of ${integer(n_listed)}`);
  else if (search !== "") parts.push(n_listed > 0 ? `${integer(n_listed)} found` : "none found");
  if (fewest < least) parts.push(`none has ${samplesText(least)}`);
  if (n_few > 0) parts.push(`${integer(n_few)} with fewer than ${samplesText(fewest)} left out`);
  return parts.join(" · ");
}

/** Says what is counted, and how much of it is on show. */
export function explanation(frame: TableFrame): string {
  const angle = Math.round(degrees(halfAngle(frame.epsilon)));
  const within = `samples within ±${angle}° of each direction`;
  return [within, missingText(frame)].filter(Boolean).join(" · ");
}

/** The caption of the table, for screen readers. */
export function tableCaption(frame: TableFrame): string {
  const sorting = sortingOf(frame, frame.has_labels);
  const order = sorting.descending ? "falling" : "rising";
  const by = COLUMN_HEADS[sorting.by].text.toLowerCase();
  return `Directions: ${explanation(frame)}, sorted by ${by}, ${order}; a press turns the spotlight there`;
}
