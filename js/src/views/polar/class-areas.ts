import { watchChanges } from "../../base/memoize.ts";
import type { Legend } from "../../protocol/frames.ts";
import { colourClass, groupsOn, stacked } from "../../state/classes.ts";
import type { Layer } from "../../ui/svg.ts";
import { closedCurve } from "./closed-curve.ts";

export interface Stack {
  legend: Legend;
  hidden: readonly number[];
  /** group by group, K each */
  counts: Int32Array;
}

/**
 * Areas of the classes from the centre outwards, each between the outline of those within and its
 * own. The innermost is drawn last: where outlines meet, the line is that of the class that ends there.
 */
export function createStack(layer: Layer) {
  const changed = watchChanges();
  return (stack: Stack | undefined, size: number, perCount: number, rim: number) => {
    const { legend, hidden, counts } = stack ?? {};
    if (!changed(legend, hidden?.join(), counts, size, perCount, rim)) return;
    const groups = stack ? groupsOn(stack.legend, stack.hidden) : [];
    const rings = stack ? stacked(stack.counts, size, groups) : [];
    const outlines = rings.map((values) => closedCurve(values, perCount, rim));
    const areas = groups.map((group, k) => ({
      look: stack ? colourClass(stack.legend, group) : "",
      d: (outlines[k] ?? "") + (outlines[k - 1] ?? ""),
    }));
    layer
      .selectAll("path")
      .data(areas.reverse())
      .join("path")
      .attr("class", ({ look }) => `srm-class-area ${look}`)
      .attr("fill-rule", "evenodd")
      .attr("d", ({ d }) => d);
  };
}
