/** What the test against turned bases says, in words. */

import { sameValue } from "../base/equality.ts";
import { integer } from "../base/format.ts";
import type { CurveFrame, NullModel, TestFrame, TestProgress } from "../protocol/frames.ts";

type Test = TestFrame | TestProgress | undefined;

/** What turned bases keep. */
export const NULL_NAMES: Record<NullModel, string> = {
  mean: "mean kept",
  rotations: "turned freely",
};

/** Whether the test has found something of the layer. */
export const isOfLayer = (test: Test): test is TestFrame => test !== undefined && "p" in test;

/** A p, with the decimals that so many turned bases give it. */
export const pText = (p: number, rotations: number): string =>
  `p\u00a0=\u00a0${p.toFixed(Math.max(2, Math.ceil(Math.log10(rotations + 1))))}`;

/** Says that not all samples are tested, where it is so. */
export const amongText = (tested: number, all: number): string =>
  tested < all ? `, on ${integer(tested)} samples` : "";

/** How the alignment of the plane on show stands among all planes of turned bases; "" where that is not tested. */
export function chanceText(frame: CurveFrame, test: Test): string {
  if (!isOfLayer(test) || test.step !== frame.step) return "";
  const { planes, rotations, kept } = test;
  if (!planes || planes.p === null || planes.epsilon !== frame.epsilon) return "";
  if (!sameValue(planes.pair, frame.pair)) return "";
  const { p, n_planes, n_samples, hint } = planes;
  const among = amongText(n_samples, frame.n_samples);
  // By the null of the maximum: that a plane was chosen among all is taken into account.
  const best = `the best of all ${integer(n_planes)} in each of ${integer(rotations)} turned bases`;
  const over = `for this plane, against ${best} · ${NULL_NAMES[kept]}${among}`;
  return `${pText(p, rotations)} ${over}${hint && ` · ${hint}`}`;
}
