import assert from "node:assert/strict";
import { test } from "node:test";
import type { MapFrame, Score } from "../../../src/protocol/frames.ts";
import type { MapCell, MapData, ScoreGrid } from "../../../src/views/plane-map/map-grid.ts";
import {
  colourLegendTexts,
  directionName,
  hubsText,
  lineOfCell,
  lineOfFrame,
  litPlanesText,
  mappedScore,
  surveyNoticeOf,
  viewportText,
} from "../../../src/views/plane-map/map-text.ts";
import { FRAME } from "../../support/fakes.ts";

const MAP: MapFrame = {
  state: "done",
  progress: 1,
  by: "alignment",
  surveyed: 0,
  epsilon: 0.62,
  step: 1,
  size: 16,
  low: -1,
  high: 0.4,
  n_directions: 16,
  n_planes: 120,
  n_lit: 118,
  n_skipped: 0,
  n_dead: 0,
  isotropic: 0.01,
  resolution: 360,
  alignment: 0.3,
  orthonormal: true,
  participation: 4.2,
  hubs: [],
  elapsed_ms: 3,
  hint: "",
  too_large: false,
  testable: true,
};
const CELL: MapCell = {
  row: 1,
  column: 3,
  first: [1, 3],
  pair: [1, 3],
  score: -0.654,
  lit: 200,
  shared: 1,
};
/** A map of 16 directions in which every plane has the highest score. */
function dataOf(by: Score, grid: Partial<ScoreGrid> = {}): MapData {
  const cells = {
    values: new Uint16Array(256).fill(65_535),
    best: new Uint16Array(),
    lit: new Uint16Array(256).fill(9),
  };
  const overview = { ...MAP, by, high: 12.5, row: 0, column: 0, ...cells, ...grid };
  return { frame: { ...MAP, by }, overview, tile: undefined };
}
const plain = (said: string | undefined) => said?.replaceAll("\u00a0", " ");
function cell(more: Partial<MapCell>, map: Partial<MapFrame> = {}, isClustered = false) {
  const { pair, text } = lineOfCell({ ...CELL, ...more }, { ...MAP, ...map }, isClustered);
  return { pair, text: plain(text) };
}

test("before there are scores the order says which they will be", () => {
  const { state, progress, n_directions, hint, too_large, testable } = MAP;
  const survey = { state, progress, n_directions, hint, too_large, testable };
  assert.deepEqual(
    [mappedScore(undefined, "index"), mappedScore(survey, "index"), mappedScore(survey, "peak")],
    ["alignment", "alignment", "peak"],
  );
  assert.equal(mappedScore({ ...MAP, by: "peak" }, "alignment"), "peak");
  // Of a host that has not heard of one, or of a measure that is none.
  const unknown = undefined as unknown as Score;
  assert.equal(mappedScore({ ...MAP, by: unknown }, "peak"), "peak");
  assert.equal(mappedScore(survey, unknown), "alignment");
  assert.equal(surveyNoticeOf(survey, { nPlanes: 6, drawn: true, isOffline: false })?.text, "");
});

test("a cell says its plane and its score, an alignment with its error and its samples", () => {
  const said = " · alignment −0.65 ± 0.05 of 200 samples";
  assert.deepEqual(cell({}), { pair: [1, 3], text: said });
  const grouped = cell({}, {}, true);
  assert.deepEqual(grouped, { pair: [1, 3], text: " · alignment −0.65 of 200 samples" });
  const best = cell({ shared: 256, pair: [5, 9] });
  assert.deepEqual(best, { pair: [5, 9], text: `${said}, best of 256 planes here` });
  assert.equal(cell({ score: 1, lit: 1 }).text, " · alignment +1.00 ± 0.71 of 1 sample");
  assert.equal(cell({ score: 0.022 }, { by: "peak" }).text, " · peak 2.2 %");
  // So many stand for any larger number too.
  assert.match(cell({ lit: 65535 }).text ?? "", / of 65,535 samples or more$/);
  assert.match(cell({ lit: 65534 }).text ?? "", / of 65,534 samples$/);
});

test("a cell without a score says why", () => {
  assert.deepEqual(cell({ score: null }), { pair: [1, 3], text: " · nothing lit" });
  assert.equal(cell({ score: null }, { n_skipped: 2 }).text, " · nothing lit, or no plane");
  assert.deepEqual(cell({ score: null, pair: [2, 2] }), {
    pair: undefined,
    text: "one direction spans no plane",
  });
  assert.equal(cell({ score: null, shared: 256 }).text, "nothing lit in 256 planes here");
});

test("the plane on show says its score and its rank", () => {
  const said = (by: Score, frame: Partial<typeof FRAME>) =>
    plain(lineOfFrame({ ...FRAME, ...frame }, { ...MAP, by }, dataOf(by)).text);
  assert.equal(said("alignment", {}), " · alignment −0.50 ± 0.05 of 200 samples");
  assert.equal(said("peak", { order: "peak", position: 2 }), " · peak 8.0 % · rank 3 of 120");
  const { low, high, by, ...running } = { ...MAP, state: "running" as const };
  assert.equal(typeof by, "string");
  const before = { frame: running, overview: undefined, tile: undefined };
  const early = lineOfFrame({ ...FRAME, order: "peak" }, { ...MAP, by: "peak" }, before);
  assert.equal(plain(early.text), " · peak 8.0 %");
  const unlit = { alignment: null, n_in_plane: 0, peak: 0 };
  assert.equal(said("alignment", unlit), " · nothing lit");
  assert.equal(said("peak", unlit), " · nothing lit");
});

test("the coactivation of the plane on show is that of its cell, if it has one of its own", () => {
  const said = (frame: Partial<typeof FRAME>, grid: Partial<ScoreGrid> = {}) =>
    lineOfFrame(
      { ...FRAME, ...frame },
      { ...MAP, by: "coactivation" },
      dataOf("coactivation", grid),
    ).text;
  const { pair, epsilon, step } = FRAME;
  const own = { epsilon, surveyed: step };
  assert.match(said({}, own), / · coactivation \+12\.5$/);
  assert.match(said({ pair: [pair[1], pair[0]] }, own), / · coactivation \+12\.5$/);
  // The cell of several planes, another ε, another step.
  for (const other of [
    { ...own, step: 2 },
    { ...own, epsilon: 0.1 },
    { ...own, surveyed: 9 },
  ]) {
    assert.equal(said({ order: "index" }, other), "");
  }
  assert.equal(said({ n_in_plane: 0 }, own), " · nothing lit");
});

test("hubs are named with their share of the lit planes", () => {
  const hubs: [number, number][] = [
    [2, 0.98],
    [7, 0.4],
  ];
  const said = plain(hubsText({ hubs }, ["", "", "a name that is far too long to be shown"]));
  assert.equal(
    said,
    "Hubs: a name t…e shown in 98.0 %, in 40.0 % of the lit planes".replace(", in", ", b₇ in"),
  );
  assert.equal(hubsText({ hubs: [] }, []), "");
});

test("the key names its ends", () => {
  assert.deepEqual(colourLegendTexts({ by: "coactivation" }, [-20, 20]), [
    "−20 seldom",
    "0",
    "often together +20",
  ]);
  assert.deepEqual(colourLegendTexts({ by: "alignment" }, [-0.4, 0.4]), [
    "−0.4 between axes",
    "0",
    "along axes +0.4",
  ]);
  assert.deepEqual(colourLegendTexts({ by: "peak" }, [0.01, 0.2]).map(plain), [
    "1.0 %",
    "",
    "20.0 %",
  ]);
  assert.deepEqual(colourLegendTexts({ by: "peak" }, [0.2, 0.2]).map(plain), ["", "20.0 %", ""]);
});

test("lit planes, parallel pairs and those of directions of zeros are counted", () => {
  const said = (map: Partial<MapFrame>) => plain(litPlanesText({ ...MAP, ...map }));
  assert.equal(said({}), "118 of 120 lit at ε = 0.62");
  assert.equal(said({ n_lit: 120 }), "all 120 lit at ε = 0.62");
  assert.equal(said({ n_skipped: 2 }), "118 of 120 lit at ε = 0.62, 2 parallel");
  // Of 16 directions the pairs of two: 2 · 14 with others, and the one of both.
  const dead = said({ n_planes: 89, n_lit: 70, n_skipped: 31, n_dead: 2 });
  assert.equal(dead, "70 of 89 lit at ε = 0.62, 2 parallel, 29 of directions of zeros");
});

test("where there is no map it is said why, and what to do", () => {
  const notice = (map: Partial<MapFrame>, drawn: boolean) =>
    surveyNoticeOf({ ...MAP, ...map }, { nPlanes: 120, drawn, isOffline: false });
  assert.equal(notice({}, true), undefined);
  assert.equal(notice({ state: "running" }, true), undefined);
  assert.equal(notice({ state: "running" }, false)?.text, "Surveying 120 planes …");
  assert.deepEqual(notice({ n_lit: 0, hint: "Lower ε to 0.70." }, false), {
    text: "Lower ε to 0.70.",
    offers: false,
  });
  assert.equal(notice({ state: "off", hint: "No loop." }, false)?.text, "No loop.");
  assert.equal(plain(notice({ n_lit: 0 }, false)?.text), "No plane is lit at ε = 0.62.");
  assert.deepEqual(notice({ state: "waiting", hint: "Long." }, true), {
    text: "Long.",
    offers: true,
  });
  const beyond = { state: "waiting", hint: "15 GB.", too_large: true } as const;
  assert.deepEqual(notice(beyond, true), { text: "15 GB.", offers: false });
  assert.deepEqual(notice({ state: "failed" }, true), { text: "The survey failed.", offers: true });
  const nothing = { nPlanes: 1, drawn: false, isOffline: false };
  assert.equal(surveyNoticeOf(undefined, nothing)?.text, "Waiting for the kernel.");
});

test("where nobody surveys any more nothing is promised", () => {
  const notice = (map: Partial<MapFrame> | undefined, drawn: boolean) =>
    surveyNoticeOf(map && { ...MAP, ...map }, { nPlanes: 120, drawn, isOffline: true });
  assert.equal(notice(undefined, false)?.text, "No plane was surveyed.");
  assert.match(notice({ state: "running" }, false)?.text ?? "", /did not come to its end/);
  assert.equal(notice({ state: "running" }, true), undefined);
  assert.equal(notice({ state: "waiting", hint: "Long." }, false)?.offers, false);
  assert.equal(notice({ state: "failed" }, false)?.offers, false);
});

test("directions without names of their own are numbered", () => {
  assert.equal(directionName([], 0), "b₀");
  assert.equal(directionName([], 1024), "b₁₀₂₄");
  assert.equal(directionName(["cat", "dog"], 1), "dog");
});

test("what is in view is said only where it is not all", () => {
  assert.equal(viewportText({ x: 0, y: 0, span: 9 }, 9), "");
  const zoomed = { x: 2.5, y: 0, span: 4 };
  assert.equal(viewportText(zoomed, 9), "Zoomed: rows 0 to 3, columns 2 to 6 of 9.");
});
