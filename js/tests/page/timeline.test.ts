import assert from "node:assert/strict";
import { test } from "node:test";
import { time } from "../support/dom.ts";
import { movingStep, small, stepped } from "../support/layers.ts";
import {
  assertNear,
  corners,
  float32,
  int32,
  isShown,
  OpenedPage,
  plain,
  radii,
} from "../support/opened-page.ts";

const pathOf = (page: OpenedPage, selector: string) => page.one(selector).getAttribute("d");
const stepOf = (page: OpenedPage) => (page.trait("_frame") as { step: number }).step;
const compare = (page: OpenedPage) => page.get("combobox", "Compare with") as HTMLSelectElement;
const legend = (page: OpenedPage) =>
  page
    .all(".srm-figure .srm-legend li")
    .filter(isShown)
    .map((entry) => plain(entry.textContent));
const entries = (page: OpenedPage) =>
  page.all(".srm-steps .srm-legend li").map((entry) => plain(entry.textContent));
/** An alignment as it is said. */
const signed = (value: number) =>
  `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`.replace(/^.0\.00$/, "0.00");
const steps = (page: OpenedPage) => page.kernel.requests.map(({ step }) => step);

test("one step has nothing to choose", async () => {
  const page = await OpenedPage.open(small());
  assert.ok(!isShown(page.one(".srm-steps")));
  for (const [role, name] of [
    ["slider", "Step"],
    ["combobox", "Compare with"],
    ["button", "Play steps"],
  ] as const) {
    assert.ok(!page.has(role, name));
  }
});

test("the slider goes from step to step", async () => {
  const page = await OpenedPage.open(stepped(4));
  const slider = page.slider("Step");
  assert.equal(slider.getAttribute("aria-valuetext"), "epoch 3 (4 of 4)");
  for (const [key, step] of [
    ["ArrowLeft", 2],
    ["Home", 0],
    ["ArrowRight", 1],
    ["End", 3],
  ] as const) {
    await page.press(key, slider);
    assert.equal(stepOf(page), step);
    assert.equal(slider.getAttribute("aria-valuetext"), `epoch ${step} (${step + 1} of 4)`);
  }
  assert.deepEqual(page.kernel.requests, [{ step: 2 }, { step: 0 }, { step: 1 }, { step: 3 }]);
  assert.equal(slider.getAttribute("data-lm-suppress-shortcuts"), "true");
});

test("only the newest step is asked for", async () => {
  const page = await OpenedPage.open(stepped(6));
  page.kernel.held = true;
  for (const step of [4, 3, 2, 1, 0]) await page.fill(page.slider("Step"), step);
  assert.deepEqual(page.kernel.requests, [{ step: 4 }]);
  assert.equal(page.slider("Step").getAttribute("aria-valuetext"), "epoch 0 (1 of 6)");
  await page.answer();
  await page.answer();
  assert.deepEqual(page.kernel.requests, [{ step: 4 }, { step: 0 }]);
  assert.equal(stepOf(page), 0);
  assert.equal(page.kernel.mostAtOnce, 1);
});

test("play runs through all steps until the slider is touched", async () => {
  const page = await OpenedPage.open(stepped(3));
  await page.click(page.button("Play steps"));
  await time.pass(1000);
  assert.deepEqual(steps(page).slice(0, 4), [0, 1, 2, 0]);
  assert.equal(page.trait("position"), 0);
  assert.ok(page.has("button", "Pause steps"));
  assert.ok(page.has("button", "Play"));
  await page.fill(page.slider("Step"), 1);
  assert.ok(page.has("button", "Play steps"));
  const asked = page.kernel.requests.length;
  await time.pass(2000);
  assert.equal(page.kernel.requests.length, asked);
});

for (const pair of [
  [0, 1],
  [3, 1],
] as [number, number][]) {
  for (const [signed, scale] of [
    [false, "fraction"],
    [true, "gain"],
  ] as const) {
    test(`of ${pair} the other curve has the scale of the one on show, by ${scale}`, async () => {
      const page = await OpenedPage.open(stepped(3, { pair, signed, scale }));
      const name = signed ? "_signed_counts" : "_counts";
      assert.ok(legend(page).includes("before: epoch 0"));
      const perCount =
        Math.max(...radii(pathOf(page, ".srm-curve"))) / Math.max(...int32(page.trait(name)));
      const compared = int32(page.trait(signed ? "_signed_compared" : "_compared"));
      const lobe = (sign: number) => compared.map((count) => perCount * Math.max(0, sign * count));
      const expected = signed ? [...lobe(1), ...lobe(-1)] : lobe(1);
      assertNear(radii(pathOf(page, ".srm-curves .srm-compared")), expected, 0.03);
      // That is what the kernel counts when that step is on show itself.
      await page.push({ step: 0 });
      assert.ok(!legend(page).some((entry) => entry.includes("epoch 0")));
      assert.equal(pathOf(page, ".srm-curves .srm-compared"), "");
      assert.deepEqual(int32(page.trait(name)), compared);
    });
  }
}

test("any step or none is compared with", async () => {
  const page = await OpenedPage.open(stepped(4, { step: 1 }));
  const options = [...compare(page).options].map((option) => option.textContent);
  assert.deepEqual(options, ["None", "epoch 0", "epoch 1", "epoch 2", "epoch 3"]);
  assert.equal(compare(page).value, "0");
  await page.fill(compare(page), 3);
  assert.ok(legend(page).includes("after: epoch 3"));
  const [compared, shown] = [".srm-course-compared", ".srm-course-cursor"].map(
    (selector) => corners(pathOf(page, selector))[0]?.[0] ?? Number.NaN,
  );
  assert.ok(Number(compared) > Number(shown), `${compared} is not right of ${shown}`);
  assert.equal((page.trait("_compared_frame") as { step: number }).step, 3);
  await page.fill(compare(page), -1);
  assert.ok(!legend(page).some((entry) => entry.includes("epoch")));
  assert.equal(pathOf(page, ".srm-curves .srm-compared"), "");
  assert.equal(pathOf(page, ".srm-course-compared"), "");
  assert.deepEqual(page.kernel.requests, [{ compare: 3 }, { compare: -1 }]);
});

test("the chart shows both alignments and their gaps", async () => {
  const page = await OpenedPage.open(stepped(5));
  const course = float32(page.trait("_course"));
  const drawn = corners(pathOf(page, ".srm-course-plane"));
  assert.equal(drawn.length, 5);
  // Heights are linear in the alignment, and steps are equally far from each other.
  const [low, high] = [Math.min(...course), Math.max(...course)];
  const heightOf = (value: number) => drawn[course.indexOf(value)]?.[1] ?? Number.NaN;
  const slope = (heightOf(high) - heightOf(low)) / (high - low);
  assert.ok(slope > 0);
  assertNear(
    drawn.map(([, y]) => y),
    course.map((value) => heightOf(low) + slope * (value - low)),
    0.1,
  );
  const gaps = drawn.slice(1).map(([x], k) => x - (drawn[k]?.[0] ?? Number.NaN));
  assertNear(gaps, Array(4).fill(gaps[0]), 0.1);
  const label = plain(page.one(".srm-course").getAttribute("aria-label"));
  assert.ok(label.startsWith("Alignment over 5 steps"), label);
  const first = signed(course[0] ?? 0);
  assert.ok(label.includes(`${first} ± `), label);
  assert.equal(corners(pathOf(page, ".srm-course-all")).length, 5);
  await page.receive(page.kernel.course(page.kernel.traits, 2));
  assert.equal(corners(pathOf(page, ".srm-course-all")).length, 2);
  assert.equal(entries(page)[1], "layer, A₄: –");
});

test("the legend says which alignment of the layer it is, and at which ε", async () => {
  const page = await OpenedPage.open(stepped(3));
  const saidOf = (name: string) => signed(float32(page.trait(name))[2] ?? 0);
  const [plane, layer] = entries(page);
  assert.match(plane ?? "", /^this plane at ε = 0\.75: [+−]0\.\d\d ± 0\.\d\d$/);
  assert.ok(plane?.includes(`: ${saidOf("_course")} ± `), plane);
  assert.equal(layer, `layer, A₄: ${saidOf("_course_ensemble")}`);
  await page.push({ epsilon: 0.5 });
  assert.ok(entries(page)[0]?.startsWith("this plane at ε = 0.50: "));
  assert.equal(entries(page)[1], layer);
  const { basis, ...others } = stepped(3);
  const oblique = [[1, 1, 0, 0], ...basis.slice(1)];
  const other = await OpenedPage.open({ ...others, basis: oblique });
  const said = signed(float32(other.trait("_course_ensemble"))[2] ?? 0);
  assert.equal(entries(other)[1], `all planes at ε = 0.75: ${said}`);
});

test("a band shows how well the plane's alignment is known", async () => {
  const page = await OpenedPage.open(stepped(4));
  const errors = float32(page.trait("_course_error"));
  const [line, band] = [".srm-course-plane", ".srm-course-band"].map((selector) =>
    corners(pathOf(page, selector)),
  );
  assert.equal(band?.length, 8);
  const heightOf = (step: number) => Number(band?.[step]?.[1]) - Number(band?.[7 - step]?.[1]);
  // Of one scale with the line's heights.
  const course = float32(page.trait("_course"));
  const scale =
    (Number(line?.[3]?.[1]) - Number(line?.[0]?.[1])) / (Number(course[3]) - Number(course[0]));
  for (const step of [0, 1]) {
    assertNear([heightOf(step)], [2 * Number(errors[step]) * scale], 0.1);
  }
  await page.push({ epsilon: 1 });
  assert.equal(pathOf(page, ".srm-course-band"), null);
  assert.ok(entries(page)[0]?.endsWith(": –"));
  // A₄ needs no light.
  assert.equal(corners(pathOf(page, ".srm-course-all")).length, 4);
});

test("the slider grows with what is recorded", async () => {
  const page = await OpenedPage.open(stepped(2));
  const slider = page.slider("Step");
  page.kernel.record(movingStep(2, 3));
  await time.paint();
  assert.equal(slider.getAttribute("aria-valuetext"), "epoch 2 (3 of 3)");
  assert.equal(slider.max, "2");
  await page.push({ step: 0 });
  page.kernel.record(movingStep(3, 4));
  await time.paint();
  assert.equal(slider.getAttribute("aria-valuetext"), "epoch 0 (1 of 4)");
  assert.equal(compare(page).options.length, 5);
});

test("a refused step is said and the picture stays", async () => {
  const page = await OpenedPage.open(stepped(3));
  const [before, error] = [pathOf(page, ".srm-curve"), page.one(".srm-error")];
  page.host.model.set("step", 7);
  page.host.model.save_changes();
  await time.paint();
  assert.equal(plain(error.textContent), "expected step in 0 … 2, got 7");
  assert.equal(pathOf(page, ".srm-curve"), before);
  await page.fill(page.slider("Step"), 1);
  assert.ok(!isShown(error));
});

test("another cone marks the chart until it is there", async () => {
  const page = await OpenedPage.open(stepped(3));
  const lines = () => page.all(".srm-course .srm-pending").map((line) => line.classList[0]);
  page.kernel.held = true;
  await page.fill(page.slider("Epsilon"), 0.6);
  // Not the layer's: A₄ is the same for every cone.
  assert.deepEqual(lines(), ["srm-course-band", "srm-course-plane", "srm-edge-end"]);
  await page.answer();
  assert.deepEqual(lines(), []);
});

test("turned bases are compared with when that is asked for, and their band says what it is", async () => {
  const page = await OpenedPage.open(stepped(3));
  assert.ok(!page.has("button", "Compare with turned bases"));
  const band = { low: [null, null, null], high: [null, null, null], hint: "" };
  const about = { kept: "mean", rotations: 100, share: 0.95, n_samples: 300 } as const;
  await page.receive({ _null_frame: { state: "waiting", ...band, ...about } });
  await page.click(page.button("Compare with turned bases"));
  assert.deepEqual(page.kernel.heard, [{ type: "null_band" }]);
  const known = { low: [-0.1, -0.2, -0.3], high: [0.1, 0.2, 0.3], hint: "" };
  await page.receive({ _null_frame: { state: "done", ...known, ...about } });
  assert.ok(!page.has("button", "Compare with turned bases"));
  assert.ok(corners(pathOf(page, ".srm-course-null")).length >= 6);
  const words = page.one(".srm-steps .srm-legend").textContent?.replaceAll("\u00a0", " ");
  assert.ok(words?.includes("middle 95 % of 100 turned bases, mean kept: −0.30 … +0.30"), words);
});
