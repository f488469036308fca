/** Texts of the list of pairs. */

import { decimal, epsilonText, integer, scientific, signedDecimal } from "../../base/format.ts";
import type { PairRow, PairsFrame, PairsOf } from "../../protocol/frames.ts";
import type { PairsLate } from "../../protocol/late.ts";

/** Heads of the columns of numbers. */
export const PAIR_HEADS = [
  {
    text: "Score",
    title:
      "How far from chance they fire together, negative where less: the signed root of a deviance",
  },
  {
    text: "Between",
    title: "Samples that are lit and stand between the two directions, of whatever signs",
  },
  { text: "Expected", title: "How many would, if the two had nothing to do with each other" },
  { text: "p", title: "" },
] as const;

// Numbers below this are all taken for the least there is.
const LEAST_P = 1e-300;

/** A p as text. */
export function pairPText(p: number | null): string {
  if (p === null) return "–";
  if (p < LEAST_P) return "< 10⁻³⁰⁰";
  return p < 1e-3 ? scientific(p) : decimal(p, p < 0.1 ? 3 : 2);
}

/** The numbers of a row as texts, in the order of their heads. */
export function numbersOf([, , , score, between, expected, p]: PairRow): string[] {
  const rounded = expected < 9.95 ? decimal(expected, 1) : integer(expected);
  return [signedDecimal(score, 1), integer(between), rounded, pairPText(p)];
}

/** Whether a pair has more samples between its directions than chance would give. */
export const isAboveExpected = ([, , , score]: PairRow): boolean => score > 0;

/** Whether a plane is that of a row, in either order of its directions. */
export const isOfPair = ([i, j]: PairRow, [one, other]: readonly number[]): boolean =>
  (i === one && j === other) || (i === other && j === one);

/** What p rests on. */
export function pNote({ n_samples, n_planes, rows }: PairsFrame): string {
  if (rows.every((row) => row[6] === null)) {
    return "p: not known where samples hang together in groups";
  }
  return (
    `p: the chance of so many between of ${integer(n_samples)} samples, if the two directions had ` +
    `nothing to do with each other (upper tail of a Poisson count), times ${integer(n_planes)} ` +
    "planes. It takes samples for independent: of tokens of one text it is too small"
  );
}

/** What the list is of. */
export function listText(frame: PairsFrame, directionOf: (index: number) => string): string {
  const { of, epsilon, rows, n_found, n_samples, per_direction } = frame;
  const what = of === null ? "Pairs" : `Partners of ${directionOf(of)}`;
  const among = `${integer(n_found)} with any of ${integer(n_samples)} samples between them`;
  const many =
    rows.length < n_found
      ? `the ${integer(rows.length)} most coactive of ${among}`
      : `${among}, the most coactive first`;
  const most = per_direction === null ? "" : `, at most ${per_direction} of one direction`;
  const above = rows.filter(isAboveExpected).length;
  const count = above === rows.length ? "all" : above > 0 ? integer(above) : "none";
  const share = rows.length > 0 ? `; ${count} with more than expected` : "";
  return `${what} at\u00a0${epsilonText(epsilon)}: ${many}${most}${share}`;
}

/** What a list is another of. */
export const LATE_TEXTS: Record<Exclude<PairsLate, "">, string> = {
  step: "These are of another step than the one on show.",
  samples: "Samples have come since.",
  epsilon: "These are of another ε than the one on show.",
  direction: "These are not yet the pairs asked for.",
};

/** The choices of what is listed, by the names of the directions on show. */
export function choicesOf([first, second]: readonly [string, string]): Record<PairsOf, string> {
  return { all: "Best of all", first: `Partners of ${first}`, second: `Partners of ${second}` };
}
