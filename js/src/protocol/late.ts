/** Works out what is asked for and not on show yet. Nothing else in the page does. */

import { sameValue } from "../base/equality.ts";
import type { CurveFrame } from "./frames.ts";
import { ASKED, TABLE_TRAITS } from "./limits.ts";
import {
  cloudFrameOf,
  ensembleCloudFrameOf,
  ensembleKindOf,
  layerFrameOf,
  pairsFrameOf,
  pick,
  stripFrameOf,
  type TraitSource,
  tableFrameOf,
  tableProgressOf,
  timelineFrameOf,
} from "./readers.ts";
import type { Asked } from "./traits.ts";

/** What may have changed since pairs were found. */
export type PairsLate = "" | "step" | "samples" | "epsilon" | "direction";

/** What of the scope does not belong to the values asked for. */
export interface Late {
  /** values asked for that the curve on show does not belong to */
  asked: readonly (keyof Asked)[];
  cloud: boolean;
  strip: boolean;
  table: boolean;
  timeline: boolean;
  /** what the list of pairs is of another of; "" where it is of what is on show */
  pairs: PairsLate;
}

/** Which of the values asked for the frame does not show yet. */
export function unanswered(asked: Asked, frame: CurveFrame | undefined): (keyof Asked)[] {
  return frame ? ASKED.filter((name) => !sameValue(asked[name], frame[name])) : [...ASKED];
}

function isTableLate(traits: TraitSource): boolean {
  const frame = tableFrameOf(traits);
  const { epsilon, table_by, table_descending, table_least, table_search } = pick(traits, [
    "epsilon",
    ...TABLE_TRAITS,
  ]);
  const fits =
    frame?.epsilon === epsilon &&
    frame.by === table_by &&
    frame.descending === table_descending &&
    frame.least === table_least &&
    frame.search === table_search;
  return !fits || tableProgressOf(traits).state === "running";
}

function latePairs(traits: TraitSource): PairsLate {
  const frame = pairsFrameOf(traits);
  if (!frame) return "";
  const asked = pick(traits, ["epsilon", "step", "pair", "pairs_of"]);
  const [first, second] = asked.pair;
  const of = { all: null, first, second }[asked.pairs_of ?? "all"];
  if (frame.step !== asked.step) return "step";
  if (frame.n_samples < layerFrameOf(traits).n_samples) return "samples";
  if (frame.epsilon !== asked.epsilon) return "epsilon";
  return frame.of === of ? "" : "direction";
}

function isCloudLate(traits: TraitSource): boolean {
  const { cloud, cloud_of, epsilon, pair, step } = pick(traits, [
    "cloud",
    "cloud_of",
    "epsilon",
    "pair",
    "step",
  ]);
  if (cloud_of === "all" && cloud !== "off") {
    const frame = ensembleCloudFrameOf(traits);
    return (
      frame?.epsilon !== epsilon ||
      frame.step !== step ||
      frame.n_samples < layerFrameOf(traits).n_samples ||
      frame.kind !== ensembleKindOf(cloud)
    );
  }
  const frame = cloudFrameOf(traits);
  return frame !== undefined && (frame.kind !== cloud || !sameValue(frame.pair, pair));
}

/** What of the traits is late for what they ask for; `late` names the values that the curve is. */
export function lateOf(traits: TraitSource, late: readonly (keyof Asked)[]): Late {
  const { pair, theta, epsilon } = pick(traits, ["pair", "theta", "epsilon"]);
  const strip = stripFrameOf(traits);
  const course = timelineFrameOf(traits);
  const isElsewhere = (frame: { pair?: unknown } | undefined) => !sameValue(frame?.pair, pair);
  return {
    asked: late,
    cloud: isCloudLate(traits),
    strip:
      strip !== undefined &&
      (isElsewhere(strip) || strip.theta !== theta || strip.epsilon !== epsilon),
    table: isTableLate(traits),
    timeline: isElsewhere(course) || course?.epsilon !== epsilon,
    pairs: latePairs(traits),
  };
}
