import assert from "node:assert/strict";
import { test } from "node:test";
import { time } from "../support/dom.ts";
import { labelled, small, wide } from "../support/layers.ts";
import { allByRole, assertFocused, OpenedPage, plain } from "../support/opened-page.ts";

const HOSTILE = "<img src=x onerror=alert(1)>\u202e";
const NAMES = ["scatter", "Cat", "catalogue", "dog", HOSTILE, "owl"];

const field = (page: OpenedPage) => page.get("combobox", "Find direction") as HTMLInputElement;
const options = (page: OpenedPage) =>
  allByRole(page.view(), "option").map((each) => plain(each.querySelector("bdi")?.textContent));
const active = (page: OpenedPage) => {
  const id = field(page).getAttribute("aria-activedescendant");
  const node = id ? document.getElementById(id) : null;
  assert.equal(node?.getAttribute("aria-selected") ?? "true", "true");
  return node ? plain(node.querySelector("bdi")?.textContent) : undefined;
};
const isOpen = (page: OpenedPage) => field(page).getAttribute("aria-expanded") === "true";

test("directions are found as one types, and keys choose among them", async () => {
  const page = await OpenedPage.open(small(6, 300, { names: NAMES, pair: [3, 5], theta: 1 }));
  assert.deepEqual([isOpen(page), options(page)], [false, []]);
  await page.fill(field(page), "ca");
  assert.deepEqual([isOpen(page), options(page)], [true, ["Cat", "catalogue", "scatter"]]);
  assert.equal(active(page), "Cat");
  for (const [key, name] of [
    ["ArrowDown", "catalogue"],
    ["ArrowDown", "scatter"],
    ["ArrowDown", "Cat"],
    ["ArrowUp", "scatter"],
    ["ArrowUp", "catalogue"],
  ] as const) {
    await page.press(key);
    assert.equal(active(page), name);
  }
  await page.press("Enter");
  assert.deepEqual(page.kernel.heard.at(-1), { type: "direction", direction: 2, sign: 1 });
  assert.deepEqual([page.trait("pair"), page.trait("theta")], [[2, 3], 0]);
  assert.deepEqual([isOpen(page), field(page).value], [false, ""]);
  assertFocused(field(page));
  await page.fill(field(page), "-Dog");
  await page.press("Enter");
  assert.deepEqual(page.kernel.heard.at(-1), { type: "direction", direction: 3, sign: -1 });
  assert.deepEqual([page.trait("pair"), page.trait("theta")], [[2, 3], 1.5 * Math.PI]);
});

test("a click chooses too, and Escape or leaving closes the list", async () => {
  const page = await OpenedPage.open(small(6, 300, { names: NAMES }));
  await page.fill(field(page), "img");
  assert.equal(page.all("img").length, 0);
  const [option] = allByRole(page.view(), "option");
  assert.ok(option);
  option.firstElementChild?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  await time.paint();
  assert.deepEqual(page.kernel.heard.at(-1), { type: "direction", direction: 4, sign: 1 });
  const heard = page.kernel.heard.length;
  await page.fill(field(page), "cat");
  await page.press("Escape");
  assert.deepEqual([isOpen(page), field(page).value], [false, ""]);
  await page.press("Enter");
  await page.fill(field(page), "cat");
  page.button("Swap").focus();
  assert.deepEqual([isOpen(page), options(page)], [false, []]);
  field(page).focus();
  assert.deepEqual(options(page), ["Cat", "catalogue", "scatter"]);
  await page.fill(field(page), "zebra");
  assert.ok(plain(page.text(".srm-find-list")).includes("No direction found."));
  await page.press("Enter");
  await page.press("ArrowDown");
  assert.equal(page.kernel.heard.length, heard);
});

test("of many without names the first are listed, and it is said how many there are", async () => {
  const page = await OpenedPage.open(wide(4096));
  await page.receive({ _names: [] });
  for (const [typed, first] of [
    ["12", "b₁₂"],
    ["b12", "b₁₂"],
    ["B₁₂", "b₁₂"],
    ["4095", "b₄₀₉₅"],
  ] as const) {
    await page.fill(field(page), typed);
    assert.equal(options(page)[0], first);
  }
  await page.fill(field(page), "b");
  assert.deepEqual(options(page).length, 8);
  assert.ok(page.text(".srm-find-list").endsWith("8 of 4,096 found."));
  await time.pass(2000);
  const said = allByRole(page.one(".srm-find"), "status").map((each) => plain(each.textContent));
  assert.deepEqual(said, ["8 of 4,096 found."]);
});

test("labels of the table are found, with its signs", async () => {
  const page = await OpenedPage.open(labelled({ table: true, table_least: 1, epsilon: 0.5 }));
  const frame = page.trait("_table_frame") as { rows: [number, number, string, ...unknown[]][] };
  const rows = frame.rows.filter((row) => row[5] === "owl");
  await page.fill(field(page), "owl");
  const expected = rows.map(([, sign, name]) => `${sign < 0 ? "−" : ""}${name}`);
  assert.ok(expected.length > 0);
  assert.deepEqual(options(page), expected.slice(0, 8));
  await page.click(page.button("Directions"));
  await page.fill(field(page), "owl");
  assert.deepEqual(options(page), []);
});

test("a direction that is found ends a sweep", async () => {
  const page = await OpenedPage.open(small(6));
  await page.click(page.button("Play"));
  await page.fill(field(page), "3");
  await page.press("Enter");
  assert.ok(page.has("button", "Play"));
});

test("the spotlight turns to the peak", async () => {
  const page = await OpenedPage.open(small(6, 300, { theta: 1, epsilon: 0.5 }));
  const { peak_angle, peak } = page.trait("_frame") as { peak_angle: number; peak: number };
  await page.press("Enter", page.button("Turn to the peak"));
  assert.equal(page.trait("theta"), peak_angle);
  const after = page.trait("_frame") as { n_lit: number };
  assert.equal(after.n_lit, peak);
  await page.push({ epsilon: 1 });
  assert.ok((page.button("Turn to the peak") as HTMLButtonElement).disabled);
});
