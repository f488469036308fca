/** Works out what is asked for and not on show yet. Nothing else in the page does. */

import { sameValue } from "../base/equality.ts";
import type { CurveFrame } from "./frames.ts";
import { ASKED, TABLE_TRAITS } from "./limits.ts";
import {
  cloudFrameOf,
  pick,
  stripFrameOf,
  type TraitSource,
  tableFrameOf,
  tableProgressOf,
  timelineFrameOf,
} from "./readers.ts";
import type { Asked } from "./traits.ts";

/** What of the scope does not belong to the values asked for. */
export interface Late {
  /** values asked for that the curve on show does not belong to */
  asked: readonly (keyof Asked)[];
  cloud: boolean;
  strip: boolean;
  table: boolean;
  timeline: boolean;
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

/** What of the traits is late for what they ask for; `late` names the values that the curve is. */
export function lateOf(traits: TraitSource, late: readonly (keyof Asked)[]): Late {
  const { pair, theta, epsilon, cloud } = pick(traits, ["pair", "theta", "epsilon", "cloud"]);
  const samples = cloudFrameOf(traits);
  const strip = stripFrameOf(traits);
  const course = timelineFrameOf(traits);
  const isElsewhere = (frame: { pair?: unknown } | undefined) => !sameValue(frame?.pair, pair);
  return {
    asked: late,
    cloud: samples !== undefined && (samples.kind !== cloud || isElsewhere(samples)),
    strip:
      strip !== undefined &&
      (isElsewhere(strip) || strip.theta !== theta || strip.epsilon !== epsilon),
    table: isTableLate(traits),
    timeline: isElsewhere(course) || course?.epsilon !== epsilon,
  };
}
