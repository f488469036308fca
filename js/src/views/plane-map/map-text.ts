/** Texts of the map. */

import {
  alignmentText,
  decimal,
  epsilonText,
  integer,
  percent,
  shortened,
  signedDecimal,
} from "../../base/format.ts";
import { meanCosineError } from "../../base/numbers.ts";
import type {
  CurveFrame,
  MapFrame,
  Order,
  Pair,
  Score,
  ScoreGridFrame,
  SurveyFrame,
} from "../../protocol/frames.ts";
import { MEASURES, MOST_LIT } from "../../protocol/limits.ts";
import { cellOf, isSurveyed, type MapCell, type MapData } from "./map-grid.ts";
import { OPAQUE_FROM } from "./score-colours.ts";
import { isWholeMap, type Viewport } from "./viewport.ts";

/** A score as text; an alignment with the `lit` samples that it is the mean of, or at least these. */
function scoreText(
  by: Score,
  score: number,
  error: number | null | undefined,
  lit: number,
  isLeast = false,
): string {
  if (by === "coactivation") return signedDecimal(score, 1);
  return by === "peak" ? percent(score) : alignmentText(score, error, lit, isLeast);
}

/** The score of the plane on show, as the map holds it in a cell of its own. */
function heldScore({ overview, tile }: MapData, { pair, epsilon, step }: CurveFrame) {
  for (const grid of [tile, overview]) {
    const isOwn = grid?.step === 1 && grid.epsilon === epsilon && grid.surveyed === step;
    const cell = grid && isOwn && cellOf(grid, pair, grid.column + grid.size);
    if (cell) return cell.score ?? undefined;
  }
  return undefined;
}

/** The score of the plane on show, which the map may show only as part of a cell. */
function scoreOfFrame(by: Score, frame: CurveFrame, data: MapData): number | null | undefined {
  if (by === "alignment") return frame.alignment;
  if (by === "coactivation") return frame.n_in_plane === 0 ? null : heldScore(data, frame);
  return frame.n_in_plane === 0 ? null : frame.peak / Math.max(1, frame.n_samples);
}

/** A line of text about a plane. */
export interface MapLine {
  pair: Pair | undefined;
  text: string;
}

const UNLIT = "nothing lit";

/**
 * The line about the cell under the pointer. Where samples hang together in clusters, the error is
 * left out: only that of the plane on show is known.
 */
export function lineOfCell(
  cell: MapCell,
  { by, n_skipped }: MapFrame,
  isClustered: boolean,
): MapLine {
  const { pair, score, lit, shared } = cell;
  if (score !== null) {
    const best = shared > 1 ? `, best of ${integer(shared)} planes here` : "";
    const error = isClustered ? undefined : meanCosineError(lit);
    const said = scoreText(by, score, error, lit, lit === MOST_LIT);
    return { pair, text: ` · ${by} ${said}${best}` };
  }
  if (shared > 1) return { pair: undefined, text: `${UNLIT} in ${integer(shared)} planes here` };
  if (pair[0] === pair[1]) return { pair: undefined, text: "one direction spans no plane" };
  return { pair, text: ` · ${UNLIT}${n_skipped > 0 ? ", or no plane" : ""}` };
}

/** The line about the plane on show. */
export function lineOfFrame(
  frame: CurveFrame,
  { by, n_planes }: Pick<MapFrame, "by" | "n_planes">,
  data: MapData,
): MapLine {
  const score = scoreOfFrame(by, frame, data);
  const { alignment_error, n_in_plane } = frame;
  const known =
    score === undefined ? "" : ` · ${by} ${scoreText(by, score ?? 0, alignment_error, n_in_plane)}`;
  const rank = `${integer(frame.position + 1)} of ${integer(n_planes)}`;
  // Before there is a survey no plane has a rank.
  const isRanked = frame.order !== "index" && isSurveyed(data.frame);
  const place = isRanked ? ` · rank ${rank}` : "";
  return { pair: frame.pair, text: `${score === null ? ` · ${UNLIT}` : known}${place}` };
}

/** The score that the map shows, or will show once the planes are surveyed. */
export function mappedScore(frame: MapFrame | SurveyFrame | undefined, order: Order): Score {
  if (isSurveyed(frame)) return frame.by;
  return MEASURES.find((measure) => measure === order) ?? "alignment";
}

/** Says which directions are in view; "" where all are. */
export function viewportText({ x, y, span }: Viewport, nDirections: number): string {
  if (isWholeMap({ x, y, span }, nDirections)) return "";
  const range = (first: number) => {
    const last = Math.min(nDirections, Math.ceil(first + span)) - 1;
    return `${integer(Math.floor(first))} to ${integer(last)}`;
  };
  return `Zoomed: rows ${range(y)}, columns ${range(x)} of ${integer(nDirections)}.`;
}

/** The labels of the colour legend: low end, middle and high end. */
export function colourLegendTexts(
  { by }: Pick<ScoreGridFrame, "by">,
  [low, high]: readonly [number, number],
) {
  const round = (value: number) => decimal(value, 0, 2);
  if (by === "alignment") {
    return [`${round(low)} between axes`, "0", `along axes +${round(high)}`] as const;
  }
  if (by === "coactivation") {
    return [`${round(low)} seldom`, "0", `often together +${round(high)}`] as const;
  }
  if (low === high) return ["", percent(low), ""] as const;
  return [percent(low), "", percent(high)] as const;
}

/** What faint cells are. */
export const FAINT_TEXT = `Faint cells: fewer than ${OPAQUE_FROM} samples`;

/** How many planes are lit. */
export function litPlanesText(frame: MapFrame): string {
  const { n_lit, n_planes, n_skipped, n_dead, n_directions, epsilon } = frame;
  const planes = integer(n_planes);
  const all = n_planes === 1 ? "the only plane is" : `all ${planes}`;
  const lit = n_lit === n_planes ? all : `${integer(n_lit)} of ${planes}`;
  // Pairs of which one is a row of zeros.
  const ofZeros = (n_dead * (2 * n_directions - n_dead - 1)) / 2;
  const nParallel = n_skipped - ofZeros;
  const parallel = nParallel > 0 ? `, ${integer(nParallel)} parallel` : "";
  const dead = ofZeros > 0 ? `, ${integer(ofZeros)} of directions of zeros` : "";
  return `${lit} lit at\u00a0${epsilonText(epsilon)}${parallel}${dead}`;
}

/** The directions that are in far more lit planes than others; "" where there is none. */
export function hubsText({ hubs }: Pick<MapFrame, "hubs">, names: readonly string[]): string {
  const said = hubs.map(
    ([k, share]) => `${shortened(directionName(names, k), HUB_NAME_LETTERS)} in ${percent(share)}`,
  );
  return said.length > 0 ? `Hubs: ${said.join(", ")} of the lit planes` : "";
}

const HUB_NAME_LETTERS = 16;

/** A notice over the map. */
export interface SurveyNotice {
  text: string;
  /** whether the survey waits for a click */
  offers: boolean;
}

interface MapFacts {
  nPlanes: number;
  /** whether there is a map */
  drawn: boolean;
  /** whether no kernel is there to survey more */
  isOffline: boolean;
}

/** The notice in the map's place, or over an old map; undefined where there is nothing to say. */
export function surveyNoticeOf(
  frame: MapFrame | SurveyFrame | undefined,
  { nPlanes, drawn, isOffline }: MapFacts,
): SurveyNotice | undefined {
  const planes = nPlanes === 1 ? "the plane" : `${integer(nPlanes)} planes`;
  switch (frame?.state) {
    case "waiting":
      return { text: frame.hint, offers: !isOffline && !frame.too_large };
    case "failed":
      return { text: frame.hint || "The survey failed.", offers: !isOffline };
    case "running": {
      const text = isOffline ? "The survey did not come to its end." : `Surveying ${planes} …`;
      return drawn ? undefined : { text, offers: false };
    }
    case "done": {
      if (!isSurveyed(frame)) return { text: frame.hint, offers: false };
      const unlit = `No plane is lit at ${epsilonText(frame.epsilon)}.`;
      return frame.n_lit > 0 && drawn ? undefined : { text: frame.hint || unlit, offers: false };
    }
    default:
      if (drawn) return undefined;
      return {
        text: frame?.hint || (isOffline ? "No plane was surveyed." : "Waiting for the kernel."),
        offers: false,
      };
  }
}

const LOWERED = "₀₁₂₃₄₅₆₇₈₉";

/** The name of a direction, or b₀, b₁, … */
export function directionName(names: readonly string[], index: number): string {
  const digits = Array.from(String(index), (digit) => LOWERED[Number(digit)] ?? digit);
  return names[index] ?? `b${digits.join("")}`;
}
