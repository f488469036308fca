import assert from "node:assert/strict";
import { test } from "node:test";
import type { FakeLayer } from "../support/kernel/fake-kernel.ts";
import { small } from "../support/layers.ts";
import {
  assertFocused,
  assertNear,
  int32,
  isShown,
  OpenedPage,
  plain,
  radii,
} from "../support/opened-page.ts";

const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "\u202egnp.exe",
  "nul\x00nul",
  "x".repeat(100_000),
  "",
  "שלום עולם",
];

/** Samples whose class is that of the half-axis they are nearest to. */
function classed(names: readonly string[], more: Partial<FakeLayer> = {}): FakeLayer {
  const layer = small(5, 240, { epsilon: 0.6, by_class: true, ...more });
  const labels = layer.samples.map((row) => {
    const far = row.map(Math.abs);
    const axis = far.indexOf(Math.max(...far));
    return names[(2 * axis + Number((row[axis] ?? 0) < 0)) % names.length] ?? "";
  });
  return { ...layer, labels };
}

const entries = (page: OpenedPage, view = 0) => page.all(".srm-class-entries button", view);
const entry = (page: OpenedPage, k: number) => {
  const found = entries(page)[k];
  assert.ok(found);
  return found;
};
const pathOf = (node: Element | undefined) => node?.getAttribute("d") ?? "";

/** Radii of the areas' outer ends, innermost first. */
const outlines = (page: OpenedPage) =>
  page
    .all(".srm-class-area")
    .reverse()
    .map((area) => radii(pathOf(area).split("Z")[0] ?? ""));

function stacked(counts: readonly number[][], scale: number): number[][] {
  return counts.map((_, group) =>
    (counts[0] ?? []).map(
      (_, k) => scale * counts.slice(0, group + 1).reduce((sum, each) => sum + (each[k] ?? 0), 0),
    ),
  );
}

test("areas are stacked to the curve", async () => {
  const page = await OpenedPage.open(classed(["a", "b", "c", "d"], { theta: 0.4 }));
  const flat = int32(page.trait("_class_counts"));
  const size = flat.length / 4;
  const counts = [0, 1, 2, 3].map((k) => flat.slice(k * size, (k + 1) * size));
  const curve = radii(pathOf(page.one(".srm-curve")));
  const scale = Math.max(...curve) / Math.max(...(stacked(counts, 1).at(-1) ?? []));
  for (const [k, wanted] of stacked(counts, scale).entries()) {
    assertNear(outlines(page)[k] ?? [], wanted, 0.02);
  }
  assertNear(outlines(page)[3] ?? [], curve, 0.02);
  await page.click(entry(page, 1));
  const left = counts.filter((_, k) => k !== 1);
  assert.equal(outlines(page).length, 3);
  for (const [k, wanted] of stacked(left, scale).entries()) {
    assertNear(outlines(page)[k] ?? [], wanted, 0.02);
  }
  assert.deepEqual(radii(pathOf(page.one(".srm-curve"))), curve);
  await page.click(page.button("Signed"));
  assert.equal(outlines(page).length, 0);
});

test("points are drawn class by class", async () => {
  const page = await OpenedPage.open(classed(["a", "b"], { theta: 0.4 }));
  const lit = () => page.all(".srm-points-lit");
  const drawn = lit().map((each) => pathOf(each).split("M").length - 1);
  assert.deepEqual(drawn, (page.trait("_frame") as { class_lit: number[] }).class_lit);
  const colours = lit().map((each) => each.getAttribute("class"));
  assert.equal(new Set(colours).size, 2);
  await page.click(entry(page, 0));
  assert.deepEqual(
    lit().map((each) => each.getAttribute("class")),
    [colours[1]],
  );
  const toggle = page.button("Classes");
  await page.click(toggle);
  assert.equal(page.kernel.traits.by_class, false);
  assert.equal(toggle.getAttribute("aria-pressed"), "false");
  assert.equal(
    page.one(".srm-points-lit").getAttribute("class"),
    "srm-points srm-points-lit srm-plain",
  );
});

test("classes that are switched within a frame are all switched", async () => {
  const page = await OpenedPage.open(classed(["a", "b", "c", "d"]));
  await Promise.all([3, 0, 1, 0].map((group) => page.click(entry(page, group))));
  assert.deepEqual(page.kernel.traits.hidden_classes, [1, 3]);
});

test("the legend switches classes", async () => {
  const page = await OpenedPage.open(classed(["a", "b", "c"]), 2);
  const shows = (...pressed: boolean[]) => {
    for (const view of [0, 1]) {
      const seen = entries(page, view).map((each) => each.getAttribute("aria-pressed"));
      assert.deepEqual(seen, pressed.map(String));
    }
    const hidden = [0, 1, 2].filter((k) => !pressed[k]);
    assert.deepEqual(page.trait("hidden_classes"), hidden);
    assert.deepEqual(page.kernel.traits.hidden_classes, hidden);
  };
  shows(true, true, true);
  assert.ok(!page.has("button", "All"));
  const second = entry(page, 1);
  await page.click(second, { shiftKey: true });
  shows(false, true, false);
  await page.click(second, { altKey: true });
  shows(true, true, true);
  // As the browser tells of a double click.
  await page.click(second);
  await page.click(second);
  second.dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
  await page.push({});
  shows(false, true, false);
  await page.press(" ", entry(page, 2));
  shows(false, true, true);
  // The keys stand for themselves: their click need not tell of Shift.
  await page.press("Enter", entry(page, 0), { shiftKey: true });
  shows(true, false, false);
  await page.press(" ", entry(page, 1), { shiftKey: true });
  shows(false, true, false);
  await page.press("Enter", entry(page, 2));
  shows(false, true, true);
  await page.press("Enter", page.button("All"));
  shows(true, true, true);
  assert.ok(!page.has("button", "All"));
  assertFocused(entry(page, 0));
  // What is hidden can be found even where the classes are not drawn.
  await page.click(second);
  await page.click(page.button("Classes"));
  assert.ok(isShown(second));
  await page.click(second);
  assert.ok(!isShown(second));
});

test("the readout says of which classes the lit samples are", async () => {
  const names = ["a", "b", "c", "d", "e"];
  const page = await OpenedPage.open(classed(names, { by_class: false, epsilon: 0.3 }));
  const lit = (page.trait("_frame") as { class_lit: number[] }).class_lit;
  const all = lit.reduce((sum, each) => sum + each, 0);
  const order = [0, 1, 2, 3, 4].sort((one, two) => (lit[two] ?? 0) - (lit[one] ?? 0)).slice(0, 3);
  const rows = () => page.all(".srm-class-rows .srm-row");
  const said = order.map((group) => {
    const share = ((100 * (lit[group] ?? 0)) / all).toFixed(1);
    return `${names[group]}${lit[group]} of ${all} · ${share} %`;
  });
  assert.deepEqual(
    rows().map((row) => plain(row.textContent)),
    said,
  );
  const widths = page
    .all(".srm-class-bar span")
    .map(({ style }) => Number.parseFloat(style.flexGrow || style.width));
  const sum = widths.reduce((total, width) => total + width, 0);
  assertNear(
    widths.map((width) => width / sum),
    lit.map((count) => count / all),
    1e-3,
  );
  const [most = 0] = order;
  const summary = page.text(".srm-polar > desc");
  assert.ok(summary.includes(` ${names[most]}: ${lit[most]} of ${all};`));
  await page.fill(page.slider("Epsilon"), 1);
  assert.equal(rows().length, 0);
});

test("without labels there are no classes", async () => {
  const page = await OpenedPage.open(small(4, 300, { by_class: true }));
  for (const selector of [".srm-classes", ".srm-class-lit"]) {
    assert.ok(!isShown(page.one(selector)), selector);
  }
  assert.equal(page.all(".srm-class-area").length, 0);
  assert.ok(!page.has("button", "Classes"));
  assert.ok(!page.text("desc").includes("mostly"));
});

test("names are shown as text whatever they hold", async () => {
  const names = [...HOSTILE, ...Array.from({ length: 6 }, (_, k) => `式 ${k}`)];
  const layer = classed(names);
  const labels = layer.samples.map((_, k) => names[k % names.length] ?? "");
  const page = await OpenedPage.open({ ...layer, labels });
  const shown = page.all(".srm-class-entries bdi").map((each) => each.textContent ?? "");
  assert.equal(shown.length, 10);
  assert.equal(shown.at(-1), "other: 3 classes");
  for (const name of [HOSTILE[0], HOSTILE[1], HOSTILE[2], HOSTILE[5], "(empty)"]) {
    assert.ok(shown.includes(name ?? ""), name);
  }
  assert.ok(Math.max(...shown.map((name) => name.length)) <= 60);
  assert.equal(entry(page, 9).getAttribute("class"), "srm-class srm-class-9");
  assert.equal(page.all("img").length, 0);
});

test("classes say their counts", async () => {
  const page = await OpenedPage.open(classed(["a", "b"]));
  const { sizes } = page.kernel.classes.legend;
  for (const [k, each] of entries(page).entries()) {
    const description = plain(each.getAttribute("aria-description"));
    assert.equal(description, `${sizes?.[k]} samples; with Shift this class alone`);
  }
});
