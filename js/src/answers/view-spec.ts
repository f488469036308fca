/** What a page without a kernel is asked to show, and whether it can. */

import type { LayerSamples } from "../engine/layer-samples.ts";
import type { CloudKind } from "../protocol/frames.ts";
import { ASKED, RESOLUTIONS } from "../protocol/limits.ts";
import { pick, type TraitSource } from "../protocol/readers.ts";
import type { Asked } from "../protocol/traits.ts";

/** All values that determine a view. */
export interface ViewSpec extends Asked {
  compare: number;
  cloud: CloudKind;
  /** class groups that are left out of the list of samples in the spotlight */
  hidden: readonly number[];
  highlight: readonly number[];
}

/** The view that the traits ask for. */
export function viewSpecOf(traits: TraitSource): ViewSpec {
  const told = pick(traits, ["compare", "cloud", "by_class", "hidden_classes", "highlight"]);
  return {
    ...pick(traits, ASKED),
    compare: told.compare ?? -1,
    cloud: told.cloud,
    hidden: (told.by_class && told.hidden_classes) || [],
    highlight: told.highlight ?? [],
  };
}

/** Whether two specs ask for the same view. */
export function sameViewSpec(one: ViewSpec, other: ViewSpec): boolean {
  const names = Object.keys(one) as (keyof ViewSpec)[];
  return names.every(
    (name) => one[name] === other[name] || String(one[name]) === String(other[name]),
  );
}

const integerRefusal = (name: string, value: number, least: number, most: number): string =>
  Number.isInteger(value) && value >= least && value <= most
    ? ""
    : `expected ${name} in ${least} … ${most}, got ${value}`;

/** Why a view cannot be shown, "" if it can. */
export function refusalOf(
  spec: ViewSpec,
  layer: LayerSamples,
  nSteps: number,
  nPlanes: number,
): string {
  const { epsilon, theta } = spec;
  return (
    integerRefusal("step", spec.step, 0, nSteps - 1) ||
    integerRefusal("compare", spec.compare, -1, nSteps - 1) ||
    (epsilon >= -1 && epsilon <= 1 ? "" : `expected epsilon in [-1, 1], got ${epsilon}`) ||
    integerRefusal("resolution", spec.resolution, ...RESOLUTIONS) ||
    (Number.isFinite(theta) ? "" : `expected a finite theta in radians, got ${theta}`) ||
    integerRefusal("position", spec.position, 0, nPlanes - 1) ||
    layer.refusal(spec.pair)
  );
}
