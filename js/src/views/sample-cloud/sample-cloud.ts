import { sameValue } from "../../base/equality.ts";
import { colourClass, groupsOn } from "../../state/classes.ts";
import type { Arrays } from "../../state/decoded-arrays.ts";
import type { Shown } from "../../state/shown.ts";
import { type Cells, cellsOf } from "./density-cells.ts";

/** The samples as they are to be drawn. */
export interface Cloud {
  points: Float32Array;
  groups: Uint8Array;
  /** how the points of each group look, "" for not at all; undefined where all look the same */
  looks: string[] | undefined;
  cells: Cells | undefined;
  /** it belongs to another plane, or another kind is asked for */
  pending: boolean;
}

const NONE: Cloud = {
  points: new Float32Array(),
  groups: new Uint8Array(),
  looks: undefined,
  cells: undefined,
  pending: false,
};

function looksOf({ legend, by_class, hidden_classes }: Shown): string[] | undefined {
  if (!legend || !by_class) return undefined;
  const on = groupsOn(legend, hidden_classes);
  return legend.names.map((_, k) => (on.includes(k) ? colourClass(legend, k) : ""));
}

export function cloudOf(shown: Shown, { points, pointGroups, density }: Arrays): Cloud {
  const frame = shown.cloudFrame;
  if (!frame || shown.cloud === "off") return NONE;
  return {
    points: frame.kind === "points" ? points : NONE.points,
    groups: pointGroups,
    looks: pointGroups.length > 0 ? looksOf(shown) : undefined,
    cells: cellsOf(frame, density),
    pending: frame.kind !== shown.cloud || !sameValue(frame.pair, shown.pair),
  };
}
