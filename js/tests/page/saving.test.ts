import assert from "node:assert/strict";
import { test } from "node:test";
import { downloads, fileAddresses, time } from "../support/dom.ts";
import { small } from "../support/layers.ts";
import { allByRole, assertFocused, isShown, OpenedPage, plain } from "../support/opened-page.ts";

const focused = () => plain(document.activeElement?.textContent);
const menu = (page: OpenedPage) => page.one('[role="menu"]');
const NAMES = ["Picture (SVG)", "Picture (PNG)", "Curve (CSV)"];

async function savedTable(page: OpenedPage): Promise<{ name: string; text: string }> {
  await page.click(page.button("Save"));
  await page.click(page.get("menuitem", "Curve (CSV)"));
  const last = downloads.at(-1);
  assert.ok(last);
  return { name: last.name, text: await last.file };
}

test("the menu by keyboard", async () => {
  const page = await OpenedPage.open(small());
  const button = page.button("Save");
  assert.ok(!isShown(menu(page)));
  assert.equal(button.getAttribute("aria-expanded"), "false");
  for (const [key, first] of [
    ["Enter", 0],
    [" ", 0],
    ["ArrowDown", 0],
    ["ArrowUp", 2],
  ] as const) {
    await page.press(key, button);
    assert.ok(isShown(menu(page)));
    assert.equal(button.getAttribute("aria-expanded"), "true");
    assert.equal(focused(), NAMES[first]);
    await page.press("Escape");
    assert.ok(!isShown(menu(page)));
    assert.equal(focused(), "Save");
  }
  await page.press("Enter", button);
  const seen = [];
  for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Home", "End"]) {
    await page.press(key);
    seen.push(NAMES.indexOf(focused()));
  }
  assert.deepEqual(seen, [1, 2, 0, 2, 0, 2]);
  await page.press("Enter");
  assert.equal(downloads.at(-1)?.name, "srm-b0-b1.csv");
  assert.equal(focused(), "Save");
  assert.ok(!isShown(menu(page)));
  await page.press("Enter", button);
  await page.press("Tab");
  assert.ok(!isShown(menu(page)));
  assert.equal(focused(), "Save"); // from where Tab goes on
});

test("the menu closes when it is pressed again, or something else is", async () => {
  const page = await OpenedPage.open(small());
  const button = page.button("Save");
  await page.click(button);
  assert.ok(isShown(menu(page)));
  page.one(".srm-polar").dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
  assert.ok(!isShown(menu(page)));
  await page.click(button);
  await page.click(button);
  assert.ok(!isShown(menu(page)));
});

test("without labels a table has only the curve", async () => {
  const page = await OpenedPage.open(small());
  const { name, text } = await savedTable(page);
  assert.equal(name, "srm-b0-b1.csv");
  const [head, ...rows] = text.split("\r\n");
  assert.equal(head, "i,j,angle,count,value");
  assert.equal(rows.length, 361);
  assert.equal(rows.at(-1), "");
});

test("what was done to the activations is said on the page and in files", async () => {
  const preparation = "centred on the mean · 12 samples shorter than 0.1 count as zeros";
  const page = await OpenedPage.open(small(4, 300, { preparation }));
  assert.ok(plain(page.one(".srm-subtitle").textContent).endsWith(` · ${preparation}`));
  const [head, ...rows] = (await savedTable(page)).text.trim().split("\r\n");
  assert.equal(head, "i,j,angle,count,value,preparation");
  for (const row of rows) assert.ok(row.endsWith(`,${preparation}`));
  await page.receive({ _layer: { ...page.kernel.layer, preparation: "" } });
  assert.doesNotMatch(plain(page.one(".srm-subtitle").textContent), /centred/);
});

test("a table holds the counts on show, and those of each class", async () => {
  const labels = Array.from({ length: 300 }, (_, k) => ["cat", '"owl", =1+1'][k % 2] ?? "");
  const page = await OpenedPage.open(small(4, 300, { labels, pair: [3, 1], resolution: 7 }));
  const { name, text } = await savedTable(page);
  assert.equal(name, "srm-b3-b1.csv");
  const rows = text.trim().split("\r\n").slice(1);
  const { points } = page.kernel.plane([3, 1]);
  const lit = (k: number, group?: number) =>
    points.filter(([a, c], n) => {
      const angle = (2 * Math.PI * k) / 7;
      const isOf = group === undefined || page.kernel.classes.of[n] === group;
      return isOf && a * Math.cos(angle) + c * Math.sin(angle) >= 0.7;
    }).length;
  for (const [k, row] of rows.entries()) {
    const [i, j, angle, count, value, ...classes] = row.split(",").map(Number);
    assert.deepEqual([i, j, count], [3, 1, lit(k)]);
    assert.ok(Math.abs((angle ?? 0) - (2 * Math.PI * k) / 7) < 1e-12);
    assert.ok(Math.abs((value ?? 0) - lit(k) / 300) < 1e-12);
    assert.deepEqual(classes, [lit(k, 0), lit(k, 1)]);
  }
});

test("what is saved is the curve on show, not the one asked for", async () => {
  const page = await OpenedPage.open(small(4, 300, { theta: 1 }));
  const { text } = await savedTable(page);
  page.kernel.held = true;
  await page.press("Home", page.slider("Epsilon"));
  assert.equal((await savedTable(page)).text, text);
  await page.answer();
  assert.notEqual((await savedTable(page)).text, text);
});

test("before the first curve, and while one is counted, there is nothing to save", async () => {
  const page = await OpenedPage.open(small());
  const save = page.button("Save") as HTMLButtonElement;
  const frame = page.trait("_frame") as object;
  for (const [_frame, disabled] of [
    [{}, true],
    [frame, false],
    [{ ...frame, is_partial: true }, true],
    [{ ...frame, is_partial: false }, false],
  ] as const) {
    await page.receive({ _frame });
    assert.equal(save.disabled, disabled);
  }
});

test("a file is let go of, after a while or with its view", async () => {
  const page = await OpenedPage.open(small());
  await time.pass(120_000);
  assert.equal(fileAddresses().length, 0);
  await savedTable(page);
  assert.equal(fileAddresses().length, 1);
  await time.pass(120_000);
  assert.equal(fileAddresses().length, 0);
  await savedTable(page);
  page.host.views[0]?.removal.abort();
  assert.equal(fileAddresses().length, 0);
});

test("help speaks of nothing that is not on the page", async () => {
  const page = await OpenedPage.open(small(4, 100, { levels: [0.5, 0.7] }));
  await page.click(page.button("How to read this"));
  const shown = [...page.one(".srm-help").querySelectorAll("dt, dd")].filter(isShown);
  const text = plain(shown.map((each) => each.textContent).join(" "));
  assert.ok(text.includes("a rotation test, in Python, asks"));
  assert.ok(!text.includes("Test alignment") && !text.includes("Pairs"));
});

test("help opens and closes, and says how to read it", async () => {
  const page = await OpenedPage.open(small());
  const button = page.button("How to read this");
  const isOpen = () => page.has("region", "How to read this");
  for (const [key, open] of [
    ["Enter", true],
    ["Escape", false],
    [" ", true],
    [" ", false],
    ["Enter", true],
  ] as const) {
    await page.press(key, button);
    assert.equal(isOpen(), open);
    assert.equal(button.getAttribute("aria-expanded"), String(open));
    assertFocused(button);
  }
  const text = page.text(".srm-help");
  for (const word of [
    "cone",
    "chord",
    "95 % interval",
    "ring",
    "Test alignment, a rotation test,",
    "large ε",
    "planes",
    "135° or 315° one against the other",
  ]) {
    assert.ok(text.includes(word), word);
  }
  assert.ok(text.split(/\s+/).length <= 220, `${text.split(/\s+/).length} words`);
  const terms = () => [...page.one(".srm-help").querySelectorAll("dt")].filter(isShown);
  assert.ok(terms().some((term) => term.textContent === "Pairs"));
  // The menu's Escape is its own.
  await page.press("Enter", page.button("Save"));
  await page.press("Escape");
  assert.ok(isOpen());
  await page.press("Escape", page.slider("Epsilon"));
  assert.ok(!isOpen());
  assert.deepEqual(page.kernel.requests, []);
  assert.equal(allByRole(page.view(), "menu").length, 0);
});
