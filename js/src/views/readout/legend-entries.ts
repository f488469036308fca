/** What the legends say of the scope's state, on the page and in a saved picture. */

import { groupsText, integer } from "../../base/format.ts";
import type { MapFrame } from "../../protocol/frames.ts";
import { BAND_QUANTILES } from "../../protocol/limits.ts";
import { classColour, groupName, visibleGroups } from "../../state/classes.ts";
import type { DecodedArrays } from "../../state/decoded-arrays.ts";
import type { ScopeState } from "../../state/shown.ts";

/** What the legend of the curves may name, in its order. */
export const CURVE_ENTRY_NAMES = [
  "curve",
  "positive",
  "negative",
  "band",
  "ensemble",
  "isotropic",
  "beam",
  "mark",
  "compared",
] as const;

export type CurveEntryName = (typeof CURVE_ENTRY_NAMES)[number];

type CurveLegendState = Pick<
  ScopeState,
  "signed" | "frame" | "layer" | "legend" | "by_class" | "steps" | "compare" | "step"
>;

type SurveyedPlanes = Pick<MapFrame, "n_planes" | "n_lit"> | undefined;

type CurveLegendArrays = Pick<DecodedArrays, "marks" | "ensemble" | "compared">;

const [LOWEST, LOW, , HIGH, HIGHEST] = BAND_QUANTILES.map((share) => Math.round(100 * share));

/** What the band of all planes shows, and of how many; false where there is none. */
function bandText(ensemble: Float32Array, planes: SurveyedPlanes): string | false {
  // Of a plane alone they are its own curve.
  if (ensemble.length === 0 || !planes || planes.n_planes === 1) return false;
  const { n_planes: all, n_lit: lit } = planes;
  const which =
    lit === all ? `all ${integer(all)} planes` : `${integer(lit)} lit planes of ${integer(all)}`;
  return ensemble.some((value) => value > 0)
    ? `${which}: median, ${LOW}–${HIGH}, ${LOWEST}–${HIGHEST} %`
    : `${which}: ${HIGHEST} % of them light nothing at any one angle`;
}

/** The curves and marks that the legend names, with their texts and in its order. */
export function curveEntries(
  { signed, frame, layer, legend, by_class, steps, compare, step }: CurveLegendState,
  { marks, ensemble, compared }: CurveLegendArrays,
  planes: SurveyedPlanes,
): Map<CurveEntryName, string> {
  const byClass = legend !== undefined && by_class;
  const within = layer.n_clusters ? ` (${groupsText(layer.n_clusters)})` : "";
  const when = compare < step ? "before" : "after";
  const entries: Record<CurveEntryName, string | false> = {
    curve: !signed && "resonance f(θ)",
    positive: signed && "signed s(θ) > 0",
    negative: signed && "s(θ) < 0",
    band: !signed && (frame?.peak ?? 0) > 0 && !byClass && `95 % interval${within}`,
    ensemble: !signed && bandText(ensemble, planes),
    isotropic: !signed && "isotropic",
    beam: "spotlight",
    mark: marks.length > 0 && "highlighted",
    compared: compared.length > 0 && `${when}: ${steps[compare] ?? ""}`,
  };
  return new Map(
    CURVE_ENTRY_NAMES.flatMap((name) => {
      const text = entries[name];
      return text === false ? [] : [[name, text] as const];
    }),
  );
}

/** An entry of the legend of the classes. */
export interface ClassEntry {
  name: string;
  /** the CSS class that sets the colour */
  colour: string;
  /** whether the class is switched on */
  visible: boolean;
}

const NAME_LETTERS = 60;

type ClassLegendState = Pick<ScopeState, "legend" | "hidden_classes">;

/** The classes that the legend names, one for each group; none without labels. */
export function classEntries({ legend, hidden_classes }: ClassLegendState): ClassEntry[] {
  if (!legend) return [];
  const on = visibleGroups(legend, hidden_classes);
  return legend.names.map((_, group) => ({
    name: groupName(legend, group, NAME_LETTERS),
    colour: classColour(legend, group),
    visible: on.includes(group),
  }));
}
