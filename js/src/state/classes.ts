/**
 * The classes of the samples: their names and colours, which are switched on, and how many are lit.
 */

import { integer, percent, shortened } from "../base/format.ts";
import { toggled } from "../base/lists.ts";
import type { Legend } from "../protocol/frames.ts";
import { EMPTY_NAME, MOST_GROUPS } from "../protocol/limits.ts";

// The last colour.
const GREY = MOST_GROUPS - 1;

/** The CSS class that sets `--_class` to the colour of a group. */
export function classColour(legend: Legend, group: number): string {
  return `srm-class-${group === legend.other ? GREY : Math.min(GREY, group)}`;
}

/** The name of a group, never empty. */
export function groupName(legend: Legend, group: number, letters: number): string {
  return shortened(legend.names[group] ?? "", letters) || EMPTY_NAME;
}

/** The groups that are switched on, in the order of the legend. */
export function visibleGroups({ names }: Legend, hidden: readonly number[]): number[] {
  return [...names.keys()].filter((group) => !hidden.includes(group));
}

/** The hidden groups once `group` is switched on or off. */
export function toggledHidden(hidden: readonly number[], group: number): number[] {
  return toggled(hidden, group).sort((one, two) => one - two);
}

/** The hidden groups once only `group` is on; if it is alone already, once all are on again. */
export function soloed(legend: Legend, hidden: readonly number[], group: number): number[] {
  const on = visibleGroups(legend, hidden);
  if (on.length === 1 && on[0] === group) return [];
  return [...legend.names.keys()].filter((each) => each !== group);
}

/** The outlines of the classes' areas: running sums of their counts, one for each group. */
export function stackedCounts(
  counts: Int32Array,
  size: number,
  groups: readonly number[],
): Int32Array[] {
  const sum = new Int32Array(size);
  return groups.map((group) => {
    const own = counts.subarray(group * size, (group + 1) * size);
    own.forEach((count, k) => {
      sum[k] = (sum[k] ?? 0) + count;
    });
    return sum.slice();
  });
}

/** The lit samples of a group. */
export interface GroupShare {
  group: number;
  lit: number;
}

/** The groups with most lit samples, at most `most` of them, without those that have none. */
export function mostLitGroups(lit: readonly number[], most: number): GroupShare[] {
  return lit
    .map((count, group) => ({ group, lit: count }))
    .filter((share) => share.lit > 0)
    .sort((one, two) => two.lit - one.lit)
    .slice(0, most);
}

/** How many samples of all are lit, as text. */
export function shareText(lit: number, all: number): string {
  return `${integer(lit)} of ${integer(all)} · ${percent(lit / Math.max(1, all))}`;
}

const SUMMARY_NAME_LETTERS = 40;

/**
 * The class of most lit samples, as "mostly 5: 48 of 50"; "" where nothing is lit or there are no
 * labels.
 */
export function mostlyText(legend: Legend | undefined, lit: readonly number[]): string {
  const [first] = mostLitGroups(lit, 1);
  if (!legend || !first) return "";
  const all = lit.reduce((sum, count) => sum + count, 0);
  const how = 2 * first.lit > all ? "mostly" : "most often";
  const name = groupName(legend, first.group, SUMMARY_NAME_LETTERS);
  return `${how} ${name}: ${integer(first.lit)} of ${integer(all)}`;
}
