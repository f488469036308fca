/** The samples' classes: which there are, which are switched on, and what of them is lit. */

import { integer, percent, shortened } from "../base/format.ts";
import type { Legend } from "../protocol/frames.ts";

const GREY = 9;

/** The style that sets `--_class` to the colour of a group. */
export function classColour(legend: Legend, group: number): string {
  return `srm-class-${group === legend.other ? GREY : Math.min(GREY, group)}`;
}

const EMPTY = "(empty)";

/** The name of a group, never without a letter to be seen. */
export function groupName(legend: Legend, group: number, letters: number): string {
  return shortened(legend.names[group] ?? "", letters) || EMPTY;
}

/** The groups that are switched on, in the order of the legend. */
export function visibleGroups({ names }: Legend, hidden: readonly number[]): number[] {
  return [...names.keys()].filter((group) => !hidden.includes(group));
}

/** What is hidden once `group` is switched on or off. */
export function toggledHidden(hidden: readonly number[], group: number): number[] {
  const others = hidden.filter((each) => each !== group);
  return others.length < hidden.length ? others : [...others, group].sort((one, two) => one - two);
}

/** What is hidden once only `group` is on, or, where that is so, all are again. */
export function soloed(legend: Legend, hidden: readonly number[], group: number): number[] {
  const on = visibleGroups(legend, hidden);
  if (on.length === 1 && on[0] === group) return [];
  return [...legend.names.keys()].filter((each) => each !== group);
}

/** Outlines of the classes' areas from the centre outwards: sums of counts, one ring a group. */
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

export interface GroupShare {
  group: number;
  lit: number;
}

/** The groups of which most samples are lit, at most `most` of them; none that is dark. */
export function mostLitGroups(lit: readonly number[], most: number): GroupShare[] {
  return lit
    .map((count, group) => ({ group, lit: count }))
    .filter((share) => share.lit > 0)
    .sort((one, two) => two.lit - one.lit)
    .slice(0, most);
}

export function shareText(lit: number, all: number): string {
  return `${integer(lit)} of ${integer(all)} · ${percent(lit / Math.max(1, all))}`;
}

const SUMMARY_NAME_LETTERS = 40;

/** "mostly 5: 48 of 50", for the summary; "" where nothing is lit or there are no labels. */
export function mostlyText(legend: Legend | undefined, lit: readonly number[]): string {
  const [first] = mostLitGroups(lit, 1);
  if (!legend || !first) return "";
  const all = lit.reduce((sum, count) => sum + count, 0);
  const how = 2 * first.lit > all ? "mostly" : "most often";
  const name = groupName(legend, first.group, SUMMARY_NAME_LETTERS);
  return `${how} ${name}: ${integer(first.lit)} of ${integer(all)}`;
}
