/** Texts of the line about the layer: its alignment A₄, and the test against turned bases. */

import { epsilonText, integer, signedDecimal } from "../../base/format.ts";
import type {
  LayerFrame,
  MapFrame,
  SurveyFrame,
  TestFrame,
  TestProgress,
} from "../../protocol/frames.ts";
import { amongText, isOfLayer, NULL_NAMES, pText } from "../../state/chance.ts";
import { isSurveyed } from "./map-grid.ts";

/** What the line about the layer says. */
export interface LayerLineProps {
  survey: MapFrame | SurveyFrame | undefined;
  test: TestFrame | TestProgress | undefined;
  /** position of the step on show */
  step: number;
  /** ε on show */
  epsilon: number | undefined;
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

function resultText(test: TestFrame, nSamples: number): string {
  const { p, epsilon, rotations, kept, n_samples } = test;
  const what = epsilon === null ? "A₄: " : `A at ${epsilonText(epsilon)}: `;
  const among = amongText(n_samples, nSamples);
  return `${what}${pText(p, rotations)} of ${integer(rotations)} turned bases, ${NULL_NAMES[kept]}${among}`;
}

/** How the test against turned bases stands. */
export interface TestLine {
  text: string;
  /** what is said of it: not how far it is, which changes all the time */
  said: string;
  title: string;
  isFailed: boolean;
  /** whether a test may be asked for: none runs, and none is done of what is on show */
  isOffered: boolean;
  /** whether one runs, and may be ended */
  isRunning: boolean;
}

function effectText({ effect }: TestFrame): string {
  if (effect === null) return "";
  const side = effect < 0 ? "below" : "above";
  return `${Math.abs(effect).toFixed(1)} standard deviations ${side} the mean of the turned bases`;
}

/** Says how the test of the step on show stands, or what it has found. */
export function testLine({ test, step, epsilon, layer, canTest }: LayerLineProps): TestLine {
  const isOf = test?.step === step;
  const found = isOf && isOfLayer(test) ? test : undefined;
  const state = isOf ? test.state : "off";
  const result = found ? resultText(found, layer.n_samples) : "";
  const planes = found?.planes;
  const isRunning = state === "running" && canTest;
  const isFailed = state === "failed";
  const percent = Math.floor(100 * Math.min(1, Math.max(0, test?.progress ?? 0)));
  const under = found ? "planes …" : "testing …";
  const doubt = planes?.p === null && planes.epsilon === epsilon ? planes.hint : "";
  let more = isFailed ? test?.hint || "The test failed." : doubt;
  if (state === "running" && !canTest && !found) more = "The test did not come to its end.";
  const parts = (last: string) => [result, last].filter(Boolean).join(" · ");
  return {
    text: parts(isRunning ? `${under} ${percent}\u00a0%` : more),
    said: parts(isRunning ? under : more),
    title: found ? effectText(found) : "",
    isFailed,
    isRunning,
    isOffered: canTest && !isRunning && (state !== "done" || planes?.epsilon !== epsilon),
  };
}
