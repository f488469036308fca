import type { TableColumn } from "./frames.ts";
import { LABEL_COLUMNS } from "./limits.ts";

/** How the table of directions is sorted. */
export interface DirectionSorting {
  by: TableColumn;
  descending: boolean;
}

/** The sorting that holds: what needs labels is the kurtosis where there are none. */
export function sortingOf(
  { by, descending }: DirectionSorting,
  hasLabels: boolean,
): DirectionSorting {
  const needsLabels = LABEL_COLUMNS.some((column) => column === by);
  return needsLabels && !hasLabels ? { by: "kurtosis", descending: true } : { by, descending };
}
