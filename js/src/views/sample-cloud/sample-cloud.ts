import { classColour, visibleGroups } from "../../state/classes.ts";
import type { DecodedArrays } from "../../state/decoded-arrays.ts";
import type { ScopeState } from "../../state/shown.ts";
import { type DensityCells, densityCellsOf } from "./density-cells.ts";

/** The samples of the plane as points or cells, or those of all planes as cells. */
export interface SampleCloud {
  points: Float32Array;
  groups: Uint8Array;
  /** CSS class of the points of each group, "" for not drawn; undefined where all look the same */
  classNames: string[] | undefined;
  cells: DensityCells | undefined;
  /** whether it belongs to another plane, of all planes to another ε, or is of another kind */
  pending: boolean;
}

const NO_CLOUD: SampleCloud = {
  points: new Float32Array(),
  groups: new Uint8Array(),
  classNames: undefined,
  cells: undefined,
  pending: false,
};

function classNamesOf({ legend, by_class, hidden_classes }: ScopeState): string[] | undefined {
  if (!legend || !by_class) return undefined;
  const on = visibleGroups(legend, hidden_classes);
  return legend.names.map((_, k) => (on.includes(k) ? classColour(legend, k) : ""));
}

/** The samples to draw for the scope's state. */
export function sampleCloudOf(
  shown: ScopeState,
  { points, pointGroups, density, ensembleCloud }: DecodedArrays,
): SampleCloud {
  const frame = shown.cloudFrame;
  if (!frame || shown.cloud === "off") return NO_CLOUD;
  if (shown.ensembleCloud) {
    const cells = densityCellsOf(shown.ensembleCloud, ensembleCloud);
    return { ...NO_CLOUD, cells, pending: shown.late.cloud };
  }
  return {
    points: frame.kind === "points" ? points : NO_CLOUD.points,
    groups: pointGroups,
    classNames: pointGroups.length > 0 ? classNamesOf(shown) : undefined,
    cells: densityCellsOf(frame, density),
    pending: shown.late.cloud,
  };
}
