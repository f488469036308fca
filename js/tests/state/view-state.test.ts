import assert from "node:assert/strict";
import { test } from "node:test";
import { sameValue } from "../../src/base/equality.ts";
import type { CurveFrame, MapFrame } from "../../src/protocol/frames.ts";
import { unanswered } from "../../src/protocol/late.ts";
import { ASKED } from "../../src/protocol/limits.ts";
import type { ScopeState } from "../../src/state/shown.ts";
import { viewState } from "../../src/state/view-state.ts";
import { CLOUD, FRAME, LAYER } from "../support/fakes.ts";

function shown(frame: Partial<CurveFrame> = {}, more: Partial<ScopeState> = {}): ScopeState {
  const full = { ...FRAME, ...frame };
  const { step, pair, order, position, epsilon, resolution, theta } = full;
  const asked = { step, pair, order, position, epsilon, resolution, theta };
  const told = {
    steps: [],
    compare: -1,
    title: "",
    signed: false,
    scale: "fraction",
    navigator: true,
    navigatorKind: "map",
    table: false,
    error: "",
    test: undefined,
  } as const;
  const samples = {
    cloud: "points",
    cloudFrame: CLOUD,
    cloudOf: "plane",
    ensembleCloud: undefined,
  } as const;
  const classes = { legend: undefined, by_class: false, hidden_classes: [] };
  const parts = { cloud: false, strip: false, table: false, timeline: false, pairs: "" } as const;
  const layer = { layer: LAYER, nAll: LAYER.n_samples };
  const state = { ...asked, ...told, ...samples, ...classes, ...layer, frame: full, ...more };
  const late = { asked: unanswered(state, state.frame), ...parts };
  return { ...state, late, isOffline: more.isOffline ?? false };
}

const plain = (text: string | undefined) => text?.replaceAll("\u00a0", " ");
const row = (state: ReturnType<typeof viewState>, label: string) =>
  plain(state.rows.find((each) => each.label === label)?.value);

test("values are compared by content", () => {
  assert.ok(sameValue([1, 2], [1, 2]));
  assert.ok(!sameValue([1, 2], [2, 1]));
  assert.ok(!sameValue([1], [1, 2]));
  assert.ok(sameValue(0.5, 0.5));
});

test("what is asked for and not shown yet is named", () => {
  assert.deepEqual(unanswered(shown(), FRAME), []);
  assert.deepEqual(unanswered(shown({}, { theta: 1, pair: [0, 2] }), FRAME), ["pair", "theta"]);
  assert.deepEqual(unanswered(shown(), undefined), [...ASKED]);
});

test("θ alone leaves the curve as it is", () => {
  const turned = viewState(shown({}, { theta: 1 }));
  assert.deepEqual([turned.pending, turned.curvePending], [true, false]);
  const widened = viewState(shown({}, { epsilon: 0.5 }));
  assert.deepEqual([widened.pending, widened.curvePending], [true, true]);
  assert.equal(viewState(shown()).pending, false);
});

test("another order leaves the curve as it is", () => {
  const ranked = viewState(shown({}, { order: "peak" }));
  assert.deepEqual([ranked.pending, ranked.curvePending], [true, false]);
});

test("gain is a scale only as long as isotropy lights something", () => {
  const gain = (isotropic: number, scale: "gain" | "fraction") =>
    viewState(shown({ isotropic }, { scale })).gain;
  assert.deepEqual(gain(0.004, "gain"), { unit: 0.004, problem: "" });
  assert.deepEqual(gain(0.004, "fraction"), { unit: undefined, problem: "" });
  for (const isotropic of [0, 4e-94]) {
    const { unit, problem } = gain(isotropic, "gain");
    assert.equal(unit, undefined);
    assert.match(problem, /^No gain: isotropic data would light/);
  }
  assert.equal(viewState(shown({}, { frame: undefined })).gain.unit, undefined);
});

test("the readout says what is seen", () => {
  const state = viewState(shown());
  assert.equal(row(state, "spotlight"), "θ = 0° ± 53°");
  assert.equal(row(state, "lit"), "50 of 1,000 · 5.0 %");
  assert.equal(row(state, "isotropic"), "1.0 % · gain 5.0×");
  assert.equal(row(state, "alignment"), "−0.50 ± 0.05 · between");
  assert.equal(row(state, "lit at any θ"), "200 · 20.0 %");
  assert.equal(row(state, "mean arc"), "± 29°");
  assert.equal(row(viewState(shown({ arc: null })), "mean arc"), "–");
  assert.equal(row(state, "peak"), "8.0 % at 45°");
  assert.equal(row(state, "computed in"), "0.4 ms");
  assert.equal(row(state, "points drawn"), undefined);
  assert.equal(
    row(viewState(shown({}, { cloudFrame: { ...CLOUD, n_points: 200 } })), "points drawn"),
    "200 of 1,000",
  );
  assert.match(plain(state.summary) ?? "", /^Plane b0 ∧ b1: spotlight at 0° ± 53°, 50 of 1,000/);
});

test("the summary names the class that is lit most", () => {
  const legend = { names: ["a", "b"], sizes: [500, 500], other: null, n_classes: 2 };
  const { summary } = viewState(shown({ class_lit: [48, 2] }, { legend }));
  assert.match(plain(summary) ?? "", /50 of 1,000 samples lit, mostly a: 48 of 50; isotropic/);
});

test("points drawn are counted only where points are drawn", () => {
  const cloudFrame = { ...CLOUD, kind: "density", n_points: 0 } as const;
  assert.equal(row(viewState(shown({}, { cloudFrame })), "points drawn"), undefined);
});

test("a plane without light says so and what to do", () => {
  const { note } = viewState(shown({ peak: 0, n_lit: 0, epsilon: 0.99, reach: 0.637 }));
  assert.equal(plain(note), "Nothing is lit in this plane at ε = 0.99: lower ε to 0.63 or less.");
  const origin = viewState(shown({ peak: 0, n_lit: 0, epsilon: 0.02, reach: 0 }));
  assert.equal(origin.note, "No sample has a component in this plane.");
  assert.equal(viewState(shown()).note, "");
  const noteBeside = (planes: Partial<MapFrame>, reach = 0.637) => {
    const survey = { n_lit: 28, epsilon: 0.99, surveyed: FRAME.step, ...planes } as MapFrame;
    const dark = shown({ peak: 0, n_lit: 0, epsilon: 0.99, reach });
    const state = viewState(dark, () => survey);
    assert.ok(state.summary.includes(state.note));
    return plain(state.note);
  };
  const lower = "Nothing is lit in this plane at ε = 0.99: lower ε to 0.63 or less";
  assert.equal(noteBeside({}), `${lower}, or show one of the 28 lit planes.`);
  assert.equal(noteBeside({ n_lit: 1 }), `${lower}, or show the one plane that is lit.`);
  const none = "No sample has a component in this plane: show one of the 28 lit planes.";
  assert.equal(noteBeside({}, 0), none);
  for (const other of [{ n_lit: 0 }, { epsilon: 0.9 }, { surveyed: FRAME.step + 1 }]) {
    assert.equal(noteBeside(other), `${lower}.`);
  }
  assert.equal(viewState(shown({}, { frame: undefined })).note, "Waiting for the kernel.");
});

test("sliders say their values in words", () => {
  const { texts } = viewState(shown({ position: 2, epsilon: -0.25, resolution: 7, theta: 1 }));
  assert.deepEqual(
    [texts.position, texts.epsilon, texts.resolution, texts.theta],
    ["3 of 6", "−0.25 · ±104°", "7 · 51.429°", "57.3°"],
  );
});

test("sliders of two numbers say what each of them is", () => {
  const { spoken } = viewState(shown({ epsilon: 0.4, resolution: 360 }));
  assert.deepEqual(
    [spoken.epsilon, spoken.resolution],
    ["0.40, a cone of ±66°", "360 angles, 1° apart"],
  );
});

test("the summary says the curve's shape, or why there is none", () => {
  const said = plain(viewState(shown()).summary) ?? "";
  assert.match(
    said,
    /1\.0 %\. Alignment −0\.50 ± 0\.05 of 200 samples \(between axes\), peak 8\.0 % at 45°\. C/,
  );
  const unlit = viewState(shown({ peak: 0, n_lit: 0, epsilon: 0.99, reach: 0.637 }));
  assert.match(plain(unlit.summary) ?? "", /: lower ε to 0\.63 or less\. Computed in/);
});

test("zero rows are reported", () => {
  const subtitle = (n_zero: number, n_clusters: number | null = null) =>
    viewState(shown({}, { layer: { ...LAYER, n_zero, n_clusters } })).subtitle;
  assert.equal(subtitle(0), "1,000 samples × 4 · standard basis");
  assert.equal(subtitle(1), "1,000 samples × 4 · standard basis · 1 zero row");
  assert.equal(subtitle(2), "1,000 samples × 4 · standard basis · 2 zero rows");
});

test("a page that holds some of the samples says of how many", () => {
  const subtitle = (nAll: number) => viewState(shown({}, { nAll })).subtitle;
  assert.equal(subtitle(30_000), "1,000 of 30,000 samples × 4 · standard basis");
  assert.equal(subtitle(1000), "1,000 samples × 4 · standard basis");
});

test("directions of zeros are reported", () => {
  const subtitle = (n_dead: number) =>
    viewState(shown({}, { layer: { ...LAYER, n_dead } })).subtitle;
  assert.equal(subtitle(1), "1,000 samples × 4 · standard basis · 1 direction of zeros");
  assert.equal(subtitle(12), "1,000 samples × 4 · standard basis · 12 directions of zeros");
});

test("what was done to the activations is said as the kernel says it", () => {
  const preparation = "centred on the mean · 12 samples shorter than 0.1 count as zeros";
  const { subtitle } = viewState(shown({}, { layer: { ...LAYER, preparation } }));
  assert.equal(subtitle, `1,000 samples × 4 · standard basis · ${preparation}`);
});

test("of a curve that is still counted it is said how far it is, and nothing else is made up", () => {
  const counting = { is_partial: true, n_samples: 3_499_999, n_total: 10_000_000, n_lit: 0 };
  const state = viewState(shown({ ...counting, peak: 700_000 }));
  assert.deepEqual([state.pending, state.curvePending], [true, true]);
  assert.equal(row(state, "lit"), "counting … 34 %");
  assert.equal(row(state, "isotropic"), "1.0 %");
  assert.equal(row(state, "peak"), "20.0 % at 45°");
  assert.equal(row(state, "computed in"), "…");
  assert.equal(
    plain(state.summary),
    "Plane b0 ∧ b1: counting … 34 % of 10,000,000 samples; the curve is that of the samples counted so far.",
  );
  // Nothing is lit yet: that says nothing of the plane.
  assert.equal(viewState(shown({ ...counting, peak: 0, reach: null })).note, "");
  const whole = viewState(shown({ is_partial: true, n_samples: 1000, n_total: 1000 }));
  assert.deepEqual([whole.curvePending, row(whole, "lit")], [true, "counting … 100 %"]);
});

test("of a curve that will not be counted to its end it is said how far it came", () => {
  const counted = { is_partial: true, n_samples: 340, n_total: 1000, peak: 70 };
  const state = viewState(shown(counted, { isOffline: true }));
  assert.deepEqual([state.pending, state.curvePending], [false, false]);
  assert.equal(row(state, "lit"), "counted 34 %");
  assert.equal(row(state, "computed in"), "–");
  assert.match(plain(state.summary) ?? "", /: counted 34 % of 1,000 samples; the curve is that/);
  const nothing = viewState(shown({}, { frame: undefined, isOffline: true }));
  assert.deepEqual([nothing.note, nothing.gain.problem], Array(2).fill("There is no picture."));
});

test("a curve that is counted is as one that always was", () => {
  assert.deepEqual(viewState(shown({ is_partial: false, n_total: 1000 })), viewState(shown()));
});
