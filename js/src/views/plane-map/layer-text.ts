/** Texts of the line about the layer: its alignment A₄, and the test against turned bases. */

import { epsilonText, integer, signedDecimal } from "../../base/format.ts";
import type {
  LayerFrame,
  MapFrame,
  NullModel,
  SurveyFrame,
  TestFrame,
  TestProgress,
} from "../../protocol/frames.ts";
import { isSurveyed } from "./map-grid.ts";

/** What the line about the layer says. */
export interface LayerLineProps {
  survey: MapFrame | SurveyFrame | undefined;
  test: TestFrame | TestProgress | undefined;
  /** position of the step on show */
  step: number;
  layer: Pick<LayerFrame, "n_samples">;
  isOffline: boolean;
  /** whether there is a kernel that answers, and has samples to test */
  canTest: boolean;
}

/** What A₄ and the number beside it are. */
export const LAYER_TITLE =
  "A₄ weighs every sample and needs no ε: 1 on the directions, 0 for isotropic data, negative " +
  "between them. Read it with the participation number: on how many directions a sample stands.";

/** A participation number, with two significant digits. */
function participationText(participation: number): string {
  const rounded = Number(participation.toPrecision(2));
  return rounded < 10 ? rounded.toFixed(1) : integer(rounded);
}

/** How the layer stands to the basis. */
export interface LayerFacts {
  text: string;
  /** whether there is a number */
  isKnown: boolean;
  /** whether it is of the step that was on show before */
  isLate: boolean;
}

/** Says how all samples stand to the basis. */
export function layerFacts({ survey, step, isOffline }: LayerLineProps): LayerFacts {
  const unknown = (why: string) => ({ text: `Layer: ${why}`, isKnown: false, isLate: false });
  const isOfStep = isSurveyed(survey) && survey.surveyed === step;
  const isLate = !isOfStep && survey?.state === "running" && !isOffline;
  if (!isSurveyed(survey) || !(isOfStep || isLate)) return unknown("not surveyed yet");
  const { alignment, participation, n_directions, orthonormal } = survey;
  if (alignment !== null && participation !== null) {
    const where = `on ${participationText(participation)} of ${integer(n_directions)} directions`;
    const text = `Layer: A₄\u00a0${signedDecimal(alignment, 2)}, ${where}`;
    return { text, isKnown: true, isLate };
  }
  const why = orthonormal
    ? "no sample has a part along any direction"
    : "the basis is not orthonormal";
  return unknown(`no A₄, ${why}`);
}

const KEPT: Record<NullModel, string> = { mean: "mean kept", rotations: "turned freely" };

const isDone = (test: TestFrame | TestProgress | undefined): test is TestFrame =>
  test?.state === "done" && "p" in test;

/** A p, with the decimals that so many turned bases give it. */
function pText({ p, rotations }: TestFrame): string {
  return `p\u00a0=\u00a0${p.toFixed(Math.max(2, Math.ceil(Math.log10(rotations + 1))))}`;
}

function resultText(test: TestFrame, nSamples: number): string {
  const { epsilon, rotations, kept, n_samples } = test;
  const what = epsilon === null ? "" : `A at ${epsilonText(epsilon)}: `;
  const among = n_samples < nSamples ? `, on ${integer(n_samples)} samples` : "";
  return `${what}${pText(test)} of ${integer(rotations)} turned bases, ${KEPT[kept]}${among}`;
}

/** How the test against turned bases stands. */
export interface TestLine {
  text: string;
  /** what is said of it: not how far it is, which changes all the time */
  said: string;
  title: string;
  isFailed: boolean;
  /** whether a test may be asked for: none runs, and none is done */
  isOffered: boolean;
}

/** Says how the test of the step on show stands, or what it has found. */
export function testLine({ test, step, layer, canTest }: LayerLineProps): TestLine {
  const line = { text: "", said: "", title: "", isFailed: false, isOffered: canTest };
  if (test?.step !== step) return line;
  if (isDone(test)) {
    const { effect } = test;
    const far = Math.abs(effect ?? 0).toFixed(1);
    const side = Number(effect) < 0 ? "below" : "above";
    const title = `${far} standard deviations ${side} the mean of the turned bases`;
    const text = resultText(test, layer.n_samples);
    return { ...line, text, said: text, title: effect === null ? "" : title, isOffered: false };
  }
  if (test.state === "failed") {
    const text = test.hint || "The test failed.";
    return { ...line, text, said: text, isFailed: true };
  }
  if (!canTest) return { ...line, text: "The test did not come to its end." };
  const share = Math.floor(100 * Math.min(1, Math.max(0, test.progress)));
  return { ...line, text: `testing … ${share}\u00a0%`, said: "testing …", isOffered: false };
}
