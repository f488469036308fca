import assert from "node:assert/strict";
import { test } from "node:test";
import { small } from "../support/layers.ts";
import { byRole, isShown, OpenedPage, plain } from "../support/opened-page.ts";

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
