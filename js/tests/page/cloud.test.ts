import assert from "node:assert/strict";
import { test } from "node:test";
import { integer } from "../../src/base/format.ts";
import type { EnsembleCloudFrame } from "../../src/protocol/frames.ts";
import { small } from "../support/layers.ts";
import { allByRole, byRole, isShown, OpenedPage, plain } from "../support/opened-page.ts";

const choice = (page: OpenedPage, view = 0) =>
  byRole(page.view(view), "combobox", "Samples as") as HTMLSelectElement;
const dots = (page: OpenedPage) => page.one(".srm-points").getAttribute("d");

test("samples are drawn as chosen", async () => {
  const page = await OpenedPage.open(small(6, 300, { epsilon: 0.6 }), 2);
  const names = [...choice(page).options].map((option) => option.textContent);
  assert.deepEqual(names, ["Off", "Points", "Density", "Density ÷ isotropic"]);
  const key = () => page.one(".srm-cloud-scale");
  assert.notEqual(dots(page), "");
  assert.ok(!isShown(key()));
  const drawn = () => ["unlit", "lit"].map((side) => isShown(page.one(`.srm-density-${side}`)));
  for (const [kind, isDense, unlitAndLit] of [
    ["density", true, [true, true]],
    ["ratio", true, [true, false]],
    ["off", false, [false, false]],
  ] as const) {
    await page.fill(choice(page), kind);
    assert.deepEqual([page.kernel.traits.cloud, page.trait("cloud")], [kind, kind]);
    assert.equal(dots(page), "");
    assert.equal(isShown(key()), isDense);
    assert.deepEqual(drawn(), unlitAndLit);
    assert.equal(choice(page, 1).value, kind);
  }
  await page.fill(choice(page), "points");
  assert.notEqual(dots(page), "");
});

test("the legend of a density says what its colours stand for", async () => {
  // In the plane of b0 and b1, three samples up on the right and one far down.
  const near = [0.6, 0.5, 0.3, 0.55];
  const samples = [near, near, near, [0.1, -0.7, 0.5, 0.5]];
  const page = await OpenedPage.open({ ...small(4), samples, cloud: "density" });
  assert.equal(page.text(".srm-cloud-ends"), "13 a cell");
  const scale = page.one(".srm-cloud-scale");
  assert.equal(plain(scale.getAttribute("aria-label")), "Colours of the density: 1 to 3 a cell");
});

test("a cloud of other values is marked until the answer", async () => {
  const page = await OpenedPage.open(small(4, 2100, { resolution: 24 }));
  const rows = () =>
    page
      .all(".srm-row")
      .filter(isShown)
      .map((row) => plain(row.textContent))
      .filter((text) => text.includes("points drawn"));
  assert.ok(rows()[0]?.includes("2,000 of 2,100"));
  page.kernel.cloudHeld = true;
  await page.fill(choice(page), "ratio");
  assert.equal(page.all(".srm-polar .srm-pending .srm-points-unlit").length, 1);
  await page.receive(page.kernel.cloud());
  assert.ok(isShown(page.one(".srm-density-unlit")));
  assert.equal(page.all(".srm-polar .srm-pending").length, 0);
  assert.deepEqual(rows(), []);
});

const places = (page: OpenedPage, view = 0) => byRole(page.view(view), "group", "Samples of");
const pressed = (page: OpenedPage, view = 0) =>
  allByRole(places(page, view), "button")
    .filter((each) => each.getAttribute("aria-pressed") === "true")
    .map((each) => each.textContent);
const line = (page: OpenedPage) => plain(page.text(".srm-cloud-line"));
const pending = (page: OpenedPage) =>
  page.one(".srm-density-unlit").classList.contains("srm-pending");

test("all planes are laid over one another, and the legend says what they rest on", async () => {
  const page = await OpenedPage.open(small(6, 300, { epsilon: 0.6 }), 2);
  assert.deepEqual([pressed(page), isShown(page.one(".srm-cloud-line"))], [["This plane"], false]);
  await page.click(byRole(places(page), "button", "All planes"));
  assert.deepEqual([page.trait("cloud_of"), page.kernel.traits.cloud_of], ["all", "all"]);
  assert.deepEqual([pressed(page), pressed(page, 1)], [["All planes"], ["All planes"]]);
  // Points are of one plane: all of them are cells, relative to isotropy.
  assert.deepEqual([dots(page), choice(page).value], ["", "ratio"]);
  assert.ok(isShown(page.one(".srm-density-unlit")) && isShown(page.one(".srm-cloud-scale")));
  const { n_lit, isotropic } = page.trait("_ensemble_cloud_frame") as EnsembleCloudFrame;
  assert.match(line(page), /^15 planes laid over one another: [\d,]+ of 4,500 pairs of plane and /);
  assert.match(line(page), /sample lit at ε = 0.60, [\d,]+ if data were isotropic.$/);
  assert.ok(line(page).includes(integer(n_lit)) && line(page).includes(integer(isotropic)));
  await page.fill(choice(page), "density");
  assert.equal(page.trait("cloud_of"), "all");
  assert.ok(page.text(".srm-cloud-ends").endsWith(" a cell"));
  await page.fill(choice(page), "points");
  assert.deepEqual([page.trait("cloud"), page.trait("cloud_of")], ["points", "plane"]);
  assert.notEqual(dots(page), "");
  await page.fill(choice(page), "off");
  assert.ok(!isShown(page.one(".srm-cloud-key .srm-choices")));
});

test("while all planes are counted the last picture stays, and says what it is of", async () => {
  const page = await OpenedPage.open(small(6, 300, { epsilon: 0.6, cloud: "ratio" }));
  page.kernel.counts = "running";
  await page.click(byRole(places(page), "button", "All planes"));
  assert.ok(isShown(page.one(".srm-density-unlit")) && pending(page));
  assert.equal(line(page), "Counting all planes … 40 %. On show: this plane.");
  await page.receive(page.kernel.ensembleCloud("done"));
  assert.ok(!pending(page));
  const before = line(page);
  await page.fill(page.get("slider", "Epsilon"), "0.7");
  assert.ok(pending(page));
  assert.equal(line(page), `Counting all planes … 40 %. On show: ${before}`);
  await page.receive(page.kernel.ensembleCloud("failed"));
  assert.ok(pending(page));
  assert.equal(line(page), `Too many planes. On show: ${before}`);
  await page.receive(page.kernel.ensembleCloud("done"));
  assert.ok(!pending(page) && line(page).includes("ε = 0.70"));
});

test("where nothing is lit in any plane the disc is empty, and is said to be", async () => {
  const page = await OpenedPage.open(small(6, 300, { epsilon: 0.999, cloud_of: "all" }));
  assert.equal(line(page), "15 planes laid over one another: nothing is lit at ε = 0.999.");
  assert.ok(!isShown(page.one(".srm-density-unlit")) && !isShown(page.one(".srm-cloud-scale")));
  assert.equal(dots(page), "");
});
