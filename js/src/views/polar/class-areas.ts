import { changeDetector } from "../../base/memoize.ts";
import type { Legend } from "../../protocol/frames.ts";
import { classColour, stackedCounts, visibleGroups } from "../../state/classes.ts";
import type { SvgGroup } from "../../ui/svg.ts";
import { closedCurve } from "./closed-curve.ts";

/** The counts of the classes, drawn as stacked areas. */
export interface ClassAreas {
  legend: Legend;
  hidden: readonly number[];
  /** (C · K,), group by group */
  counts: Int32Array;
}

/**
 * Creates a function that draws the classes as stacked areas from the centre outwards, each between
 * the outline of those within and its own. The innermost is drawn last: where outlines meet, the
 * line is that of the class that ends there.
 */
export function createClassAreas(layer: SvgGroup) {
  const changed = changeDetector();
  return (classAreas: ClassAreas | undefined, size: number, perCount: number, rim: number) => {
    const { legend, hidden, counts } = classAreas ?? {};
    if (!changed(legend, hidden?.join(), counts, size, perCount, rim)) return;
    const groups = classAreas ? visibleGroups(classAreas.legend, classAreas.hidden) : [];
    const rings = classAreas ? stackedCounts(classAreas.counts, size, groups) : [];
    const outlines = rings.map((values) => closedCurve(values, perCount, rim));
    const areas = groups.map((group, k) => ({
      className: classAreas ? classColour(classAreas.legend, group) : "",
      d: (outlines[k] ?? "") + (outlines[k - 1] ?? ""),
    }));
    layer
      .selectAll("path")
      .data(areas.reverse())
      .join("path")
      .attr("class", ({ className }) => `srm-class-area ${className}`)
      .attr("fill-rule", "evenodd")
      .attr("d", ({ d }) => d);
  };
}
