/** What a page without a kernel is asked for, and whether it can be had. */

import type { LayerSamples } from "../engine/layer-samples.ts";
import type { CloudKind } from "../protocol/frames.ts";
import { ASKED, type Asked, pick, type ScopeModel } from "../protocol/traits.ts";

export interface ViewSpec extends Asked {
  compare: number;
  cloud: CloudKind;
  /** class groups switched off in the beam's list */
  hidden: readonly number[];
  highlight: readonly number[];
}

export function viewSpecOf(model: ScopeModel): ViewSpec {
  const told = pick(model, ["compare", "cloud", "by_class", "hidden_classes", "highlight"]);
  return {
    ...pick(model, ASKED),
    compare: told.compare ?? -1,
    cloud: told.cloud,
    hidden: (told.by_class && told.hidden_classes) || [],
    highlight: told.highlight ?? [],
  };
}

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

/** Why it can not be had, "" if it can. */
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
    integerRefusal("resolution", spec.resolution, 4, 2880) ||
    (Number.isFinite(theta) ? "" : `expected a finite theta in radians, got ${theta}`) ||
    integerRefusal("position", spec.position, 0, nPlanes - 1) ||
    layer.refusal(spec.pair)
  );
}
