import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { time } from "../support/dom.ts";
import { normalRows, small } from "../support/layers.ts";
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

const path = (page: OpenedPage, selector: string) => page.one(selector).getAttribute("d");
const numberOf = (node: Element, name: string) => Number(node.getAttribute(name));
const rim = (page: OpenedPage) => numberOf(page.one(".srm-disc"), "r");
const largest = (values: readonly number[]) => Math.max(...values);
const frameOf = (page: OpenedPage) => page.trait("_frame") as Record<string, number>;
const legend = (page: OpenedPage) =>
  page
    .all(".srm-legend li")
    .filter(isShown)
    .map((entry) => plain(entry.textContent));

for (const resolution of [4, 90, 360]) {
  test(`the curve of ${resolution} angles is drawn where samples are counted`, async () => {
    const page = await OpenedPage.open(small(5, 300, { pair: [1, 3], resolution, epsilon: 0.5 }));
    const counts = int32(page.trait("_counts"));
    const drawn = path(page, "path.srm-curve");
    const radius = radii(drawn);
    const scale = largest(radius) / largest(counts);
    const polar = counts.map(
      (count, k) => [count * scale, (2 * Math.PI * k) / resolution] as const,
    );
    // Corners are written to hundredths of a pixel.
    for (const [k, turn] of [Math.cos, Math.sin].entries()) {
      const wanted = polar.map(([length, angle]) => length * turn(angle));
      assertNear(
        corners(drawn).map((corner) => corner[k as 0 | 1]),
        wanted,
        0.02,
      );
    }
    assert.ok(0.7 * rim(page) < largest(radius) && largest(radius) <= rim(page) + 0.01);
    const { isotropic = 0, n_samples = 0 } = frameOf(page);
    const ring = numberOf(page.one(".srm-isotropic"), "r");
    assert.ok(Math.abs(ring - scale * isotropic * n_samples) < 0.01);
    const band = float32(page.trait("_band")).map((share) =>
      Math.min(rim(page), share * n_samples * scale),
    );
    const [low, high] = [band.slice(0, resolution), band.slice(resolution)];
    assertNear(radii(path(page, ".srm-band")), [...high, ...low], 0.1);
  });
}

for (const degrees of [2, 35, 60, 90, 120, 171]) {
  test(`directions stand at their true angle of ${degrees}°`, async () => {
    const alpha = (degrees * Math.PI) / 180;
    const layer = small();
    const basis = [...layer.basis];
    basis[1] = [Math.cos(alpha), Math.sin(alpha), 0, 0];
    const page = await OpenedPage.open({ ...layer, basis });
    const at = (node: Element, x: string, y: string) =>
      (Math.atan2(-numberOf(node, y), numberOf(node, x)) * 180) / Math.PI;
    assertNear(
      page.all(".srm-axis").map((axis) => at(axis, "x1", "y1")),
      [0, degrees],
      1e-6,
    );
    const labels = page.all(".srm-direction");
    const texts = labels.map((label) => label.querySelector("tspan")?.textContent);
    assert.deepEqual(texts, ["+b0", "+b1", "−b0", "−b1"]);
    for (const [k, angle] of [0, degrees, 180, 180 + degrees].entries()) {
      const label = labels[k];
      assert.ok(label);
      const off = ((at(label, "x", "y") - angle) * Math.PI) / 180;
      assert.ok(Math.cos(off) > Math.cos((7 * Math.PI) / 180), `${texts[k]} is off by ${off}`);
    }
  });
}

test("lit samples are those beyond the chord", async () => {
  const page = await OpenedPage.open(small(4, 300, { theta: 0.8, epsilon: 0.55 }));
  const chord = page.one(".srm-chord");
  for (const end of ["1", "2"]) {
    const [x, y] = [numberOf(chord, `x${end}`), numberOf(chord, `y${end}`)];
    const along = x * Math.cos(0.8) - y * Math.sin(0.8);
    assert.ok(Math.abs(along / rim(page) - 0.55) < 1e-6);
  }
  const dots = path(page, ".srm-points-lit") ?? "";
  assert.equal(dots.split("M").length - 1, frameOf(page).n_lit);
  assert.notEqual(frameOf(page).n_lit, 0);
  await page.fill(page.get("combobox", "Samples as"), "off");
  assert.equal(path(page, ".srm-points-lit"), "");
});

test("signed shows both signs", async () => {
  const page = await OpenedPage.open(small());
  const planes = "all 6 planes: median, 25–75, 5–95 %";
  assert.deepEqual(legend(page), [
    "resonance f(θ)",
    "95 % interval",
    planes,
    "isotropic",
    "spotlight",
  ]);
  const signed = page.button("Signed");
  assert.equal(signed.getAttribute("aria-pressed"), "false");
  assert.equal(path(page, ".srm-curve-negative"), "");
  await page.click(signed);
  assert.equal(signed.getAttribute("aria-pressed"), "true");
  assert.deepEqual(legend(page), ["signed s(θ) > 0", "s(θ) < 0", "spotlight"]);
  assert.equal(page.kernel.traits.signed, true);
  const counts = int32(page.trait("_signed_counts"));
  const radius = radii(path(page, "path.srm-curve"));
  const scale = largest(radius) / largest(counts);
  const lobe = (sign: number) => counts.map((count) => scale * Math.max(0, sign * count));
  assertNear(radius, lobe(1), 0.02);
  assertNear(radii(path(page, "path.srm-curve-negative")), lobe(-1), 0.02);
  assert.equal(path(page, ".srm-band"), "");
  assert.equal(path(page, ".srm-ensemble-median"), "");
  assert.equal(page.one(".srm-isotropic").getAttribute("display"), "none");
  await page.click(signed);
  assert.equal(page.kernel.traits.signed, false);
});

test("how many are lit is said close to the picture too, to those who see it", async () => {
  const page = await OpenedPage.open(small(4, 300));
  const line = page.one(".srm-figure .srm-lit");
  const said = () => {
    const rows = [...page.one(".srm-readout").querySelectorAll(".srm-row")];
    const row = rows.find((each) => each.querySelector("dt")?.textContent === "lit");
    return `lit ${plain(row?.querySelector("dd")?.textContent)}`;
  };
  const before = plain(line.textContent);
  assert.equal(before, said());
  assert.match(before, /^lit \d+ of 300 · \d/);
  await page.fill(page.slider("Epsilon"), -1);
  assert.equal(plain(line.textContent), "lit 300 of 300 · 100 %");
  assert.equal(line.getAttribute("aria-hidden"), "true");
});

test("a name above the disc has more room than one beside it", async () => {
  const names = ["the cosine of the angle", "the sine of it", "c", "d"];
  const page = await OpenedPage.open(small(4, 60, { names }));
  const texts = () => page.all(".srm-direction tspan").map(({ textContent }) => textContent);
  assert.deepEqual(texts(), ["+the c…ngle", "+the sine of it", "−the c…ngle", "−the sine of it"]);
  await page.push({ pair: [1, 0] });
  assert.equal(texts()[1], "+the cosine … the angle");
});

test("where nothing is lit the page says what to do", async () => {
  const page = await OpenedPage.open(small(4, 300, { epsilon: 1 }));
  const reach = (Math.floor(100 * (frameOf(page).reach ?? 0)) / 100).toFixed(2);
  const note = `Nothing is lit in this plane at ε = 1.00: lower ε to ${reach} or less.`;
  assert.equal(page.text(".srm-note"), note);
  await time.pass(1000);
  assert.ok(page.text(".srm-live").includes(note), "said aloud too");
  assert.ok(radii(path(page, "path.srm-curve")).every((radius) => radius === 0));
  await page.fill(page.slider("Epsilon"), -1);
  assert.ok(!isShown(page.one(".srm-note")));
  const full = radii(path(page, "path.srm-curve"));
  assertNear(full, Array(full.length).fill(rim(page)), 0.02);
  assert.ok(page.text(".srm-rows").includes("300 of 300"));
});

test("thousands of planes are walked through", async () => {
  const page = await OpenedPage.open(small(64, 40, { epsilon: 0.3, navigator: false }));
  const slider = page.slider("Rotation plane");
  assert.equal(slider.getAttribute("aria-valuetext"), "1 of 2,016");
  await page.fill(slider, slider.max);
  assert.deepEqual(page.trait("pair"), [62, 63]);
  await page.fill(slider, Number(slider.max) - 1);
  assert.deepEqual(page.trait("pair"), [61, 63]);
});

describe("what planes have in common", () => {
  test("the curves of all planes lie behind the curve, as quantiles", async () => {
    const page = await OpenedPage.open(small(5, 300, { epsilon: 0.5 }));
    const ensemble = float32(page.trait("_ensemble"));
    const { peak = 0, n_samples = 1 } = frameOf(page);
    const scale = largest(radii(path(page, ".srm-curve"))) / (peak / n_samples);
    const outline = (which: number) =>
      ensemble
        .slice(72 * which, 72 * (which + 1))
        .map((share) => Math.min(rim(page), share * scale));
    assertNear(radii(path(page, ".srm-ensemble-median")), outline(2), 0.02);
    const bands = { band: [4, 0], half: [3, 1] };
    for (const [name, which] of Object.entries(bands)) {
      const drawn = radii(path(page, `.srm-ensemble-${name}`));
      assertNear(drawn, which.flatMap(outline), 0.02);
    }
    await page.click(page.button("Signed"));
    assert.equal(path(page, ".srm-ensemble-median"), "");
    assert.ok(!legend(page).some((entry) => entry.includes("all planes")));
  });

  test("rings may stand for multiples of what isotropy would light", async () => {
    const page = await OpenedPage.open(small(5, 300, { epsilon: 0.5 }));
    const labels = () => page.all(".srm-ring-label").map((label) => plain(label.textContent));
    const gain = page.button("Gain");
    assert.ok(labels().every((label) => label.endsWith("%")));
    await page.click(gain);
    assert.equal(gain.getAttribute("aria-pressed"), "true");
    assert.equal(page.kernel.traits.scale, "gain");
    const isotropic = numberOf(page.one(".srm-isotropic"), "r");
    assertNear(
      page.all(".srm-ring").map((ring) => numberOf(ring, "r") / isotropic),
      labels().map((label) => Number(label.split(" ")[0])),
      1e-5,
    );
    assert.ok(labels()[0]?.includes("×"));
    await page.click(page.button("Signed"));
    assert.ok(labels()[0]?.includes("×"));
    await page.click(gain);
    assert.ok(labels()[0]?.includes("%"));
  });

  test("where isotropy lights nothing there is no gain", async () => {
    const page = await OpenedPage.open(small(5, 300, { epsilon: 1, scale: "gain" }));
    const gain = page.button("Gain") as HTMLButtonElement;
    const first = () => page.text(".srm-ring-label");
    assert.ok(gain.disabled);
    assert.equal(plain(gain.title), "No gain: isotropic data would light 0 % at this ε");
    assert.ok(first().includes("%"));
    await page.fill(page.slider("Epsilon"), 0.5);
    assert.ok(!gain.disabled);
    assert.ok(first().includes("×"));
  });
});

test("samples that are marked have a ring of their own", async () => {
  const page = await OpenedPage.open(small(4, 300, { highlight: [3, 50] }));
  const places = page.all(".srm-mark").map((mark) => {
    const [x, y] = [numberOf(mark, "cx"), numberOf(mark, "cy")];
    return [x / rim(page), -y / rim(page)];
  });
  const unit = [3, 50].map((k) => {
    const row = normalRows(300, 4)[k] ?? [];
    const norm = Math.hypot(...row);
    return [(row[0] ?? 0) / norm, (row[1] ?? 0) / norm];
  });
  assertNear(places.flat(), unit.flat(), 1e-3);
});
