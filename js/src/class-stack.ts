import { colourClass, groupsOn, type Legend, stacked } from "./classes.ts";
import { ring, watchChanges } from "./path.ts";
import type { Layer } from "./polar-grid.ts";

export interface Stack {
  legend: Legend;
  hidden: readonly number[];
  /** group by group, K each */
  counts: Int32Array;
}

/**
 * Areas of the classes from the centre outwards. Each is filled to the centre and partly covered by
 * those within it, so that no seam shows between them.
 */
export function createStack(layer: Layer) {
  const changed = watchChanges();
  return (stack: Stack | undefined, size: number, perCount: number, rim: number) => {
    const { legend, hidden, counts } = stack ?? {};
    if (!changed(legend, hidden?.join(), counts, size, perCount, rim)) return;
    const groups = stack ? groupsOn(stack.legend, stack.hidden) : [];
    const rings = stack ? stacked(stack.counts, size, groups) : [];
    const areas = groups.map((group, k) => ({
      look: stack ? colourClass(stack.legend, group) : "",
      d: ring(rings[k] ?? [], perCount, rim),
    }));
    layer
      .selectAll("path")
      .data(areas.reverse())
      .join("path")
      .attr("class", ({ look }) => `srm-class-area ${look}`)
      .attr("d", ({ d }) => d);
  };
}
