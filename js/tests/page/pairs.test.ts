import assert from "node:assert/strict";
import { test } from "node:test";
import type { PairsFrame } from "../../src/protocol/frames.ts";
import { time } from "../support/dom.ts";
import type { FakeLayer } from "../support/kernel/fake-kernel.ts";
import { small } from "../support/layers.ts";
import { allByRole, byRole, isShown, OpenedPage, plain } from "../support/opened-page.ts";

const HOSTILE = `<img src=x onerror=alert(1)>\u202e\0${"y".repeat(1000)}`;

const listing = (more: Partial<FakeLayer> = {}) =>
  small(6, 300, { epsilon: 0.4, navigator_as: "pairs", ...more });

async function found(more: Partial<FakeLayer> = {}): Promise<OpenedPage> {
  const page = await OpenedPage.open(listing(more));
  await page.click(page.button("Find pairs"));
  return page;
}

const frameOf = (page: OpenedPage) => page.trait("_pairs_frame") as PairsFrame;
const table = (page: OpenedPage) => page.one("table.srm-pairs-table");
const rowsOf = (page: OpenedPage) => [
  ...table(page).querySelectorAll<HTMLTableRowElement>("tbody tr"),
];
const cells = (page: OpenedPage) =>
  rowsOf(page).map((row) => [...row.children].map((cell) => plain(cell.textContent)));
const button = (page: OpenedPage, k: number) => {
  const node = rowsOf(page)[k]?.querySelector("button");
  assert.ok(node);
  return node;
};
const line = (page: OpenedPage) => page.text(".srm-pairs .srm-pairs-count");
const hint = (page: OpenedPage) => {
  const node = page.one(".srm-pairs-hint");
  return isShown(node) ? plain(node.textContent) : "";
};
const isDimmed = (page: OpenedPage) =>
  page.one(".srm-pairs-pane").classList.contains("srm-pending");
const onShow = (page: OpenedPage) =>
  rowsOf(page).filter((row) => row.hasAttribute("aria-current")).length;

test("map and list take each other's place", async () => {
  const page = await OpenedPage.open(small(6, 300, { epsilon: 0.4 }));
  const choice = page.get("group", "Show planes as");
  const pressed = () =>
    allByRole(choice, "button").map((each) => each.getAttribute("aria-pressed"));
  assert.deepEqual(pressed(), ["true", "false"]);
  assert.ok(!isShown(page.one(".srm-pairs")));
  await page.click(byRole(choice, "button", "Pairs"));
  assert.deepEqual([page.trait("navigator_as"), pressed()], ["pairs", ["false", "true"]]);
  assert.ok(isShown(page.one(".srm-pairs")));
  assert.ok(!page.has("application", "Map of planes"));
  await page.click(byRole(choice, "button", "Planes"));
  assert.ok(page.has("application", "Map of planes"));
  await page.click(page.button("Map"));
  assert.ok(!isShown(page.one(".srm-navigator")));
});

test("pairs are looked for on a click, and listed with what they rest on", async () => {
  const page = await OpenedPage.open(listing());
  assert.equal(hint(page), "To find the pairs may take a while.");
  assert.ok(!isShown(table(page)));
  await page.click(page.button("Find pairs"));
  assert.deepEqual(page.kernel.heard, [{ type: "pairs" }]);
  assert.equal(hint(page), "");
  const { rows } = frameOf(page);
  assert.equal(cells(page).length, rows.length);
  assert.match(cells(page)[0]?.[0] ?? "", /^b\d ∧ b\d$/);
  assert.equal(cells(page)[1]?.[3], "1.3");
  assert.deepEqual(
    cells(page)
      .map((row) => row[4])
      .slice(0, 3),
    ["1 × 10⁻⁹", "1 × 10⁻⁸", "1 × 10⁻⁷"],
  );
  assert.equal(
    line(page),
    "Pairs at ε = 0.40: 15 with any of 300 samples between them, the most coactive first, " +
      "at most 3 of one direction; 5 with more than expected",
  );
  // Those with fewer than expected are quiet.
  const isQuiet = ({ classList }: HTMLElement) => classList.contains("srm-pair-below");
  assert.deepEqual(
    rowsOf(page).map(isQuiet),
    rows.map(([, , , score]) => score <= 0),
  );
  const head = byRole(table(page), "columnheader", "p");
  const note = plain(
    document.getElementById(head.getAttribute("aria-describedby") ?? "")?.textContent,
  );
  assert.ok(note.includes("times 15 planes"), note);
  await time.pass(1000);
  assert.equal(plain(page.one(".srm-pairs [aria-live]").textContent), line(page));
});

test("a row shows its plane, by pointer and by keys", async () => {
  const page = await found();
  const [, second, third] = frameOf(page).rows;
  await page.click(button(page, 1));
  const pairOf = (row: PairsFrame["rows"][number] | undefined) => row?.slice(0, 2);
  assert.deepEqual(page.kernel.heard.at(-1), { type: "pair", pair: pairOf(second) });
  assert.deepEqual(page.trait("pair"), pairOf(second));
  assert.equal(page.trait("theta"), Math.PI / 4);
  assert.equal(button(page, 1).getAttribute("aria-current"), "true");
  assert.equal(onShow(page), 1);
  await page.press("ArrowDown");
  assert.equal(document.activeElement, button(page, 2));
  assert.deepEqual([button(page, 1).tabIndex, button(page, 2).tabIndex], [-1, 0]);
  await page.press("Enter");
  assert.deepEqual(page.trait("pair"), pairOf(third));
  await page.press("End");
  assert.equal(document.activeElement, button(page, 14));
});

test("partners of a direction on show", async () => {
  const page = await found({ pair: [2, 4] });
  const which = page.get("combobox", "Which pairs") as HTMLSelectElement;
  const names = [...which.options].map((option) => plain(option.textContent));
  assert.deepEqual(names, ["Best of all", "Partners of b2", "Partners of b4"]);
  which.value = "second";
  which.dispatchEvent(new Event("change", { bubbles: true }));
  await time.paint();
  assert.equal(page.trait("pairs_of"), "second");
  assert.ok(isDimmed(page));
  assert.equal(hint(page), "These are not yet the pairs asked for.");
  await page.click(page.button("Find again"));
  assert.ok(!isDimmed(page));
  assert.match(line(page), /^Partners of b4 at ε = 0.40: the 5 most coactive of 15 with any of /);
  assert.match(line(page), / samples between them; none with more than expected$/);
  assert.deepEqual(new Set(frameOf(page).rows.map(([i]) => i)), new Set([4]));
});

test("a list of another ε is dimmed, says so, and waits", async () => {
  const page = await found();
  await page.push({ epsilon: 0.5 });
  assert.ok(isDimmed(page));
  assert.match(line(page), /^Pairs at ε = 0.40/);
  assert.equal(hint(page), "These are of another ε than the one on show.");
  await page.push({ epsilon: 0.4 });
  assert.deepEqual([isDimmed(page), hint(page)], [false, ""]);
  await page.push({ epsilon: 0.5 });
  await page.click(page.button("Find again"));
  assert.deepEqual([isDimmed(page), frameOf(page).epsilon], [false, 0.5]);
});

test("what is found in a moment leaves all in its place", async () => {
  const page = await found();
  const before = frameOf(page);
  page.kernel.held = true;
  await page.press("ArrowRight", page.slider("Epsilon"));
  assert.deepEqual([isDimmed(page), hint(page)], [true, ""]);
  await page.receive({ _pairs_frame: { ...before, state: "running" } });
  assert.deepEqual([isDimmed(page), hint(page)], [true, ""]);
  await page.receive({ _pairs_frame: { ...before, state: "running", progress: 0.3 } });
  assert.equal(hint(page), "Looking for pairs …");
  page.kernel.held = false;
});

test("a search says how far it is, and can be stopped", async () => {
  const page = await OpenedPage.open(listing());
  page.kernel.searches = "running";
  await page.click(page.button("Find pairs"));
  const bar = page.get("progressbar", "Search for pairs");
  assert.equal(bar.getAttribute("aria-valuenow"), "40");
  assert.equal(hint(page), "Looking for pairs …");
  assert.ok(!page.has("button", "Find pairs"));
  await page.click(page.button("Stop the search for pairs"));
  assert.deepEqual(page.kernel.heard.at(-1), { type: "stop_pairs" });
  assert.ok(page.has("button", "Find pairs"));
});

test("what went wrong is said, and can be tried again", async () => {
  const page = await OpenedPage.open(listing());
  page.kernel.searches = "failed";
  await page.click(page.button("Find pairs"));
  assert.equal(hint(page), "Not enough memory.");
  page.kernel.searches = "done";
  await page.click(page.button("Find pairs"));
  assert.equal(hint(page), "");
});

test("names are text, however they read", async () => {
  const page = await found({ names: [HOSTILE, "b1", "b2", "b3", "b4", "b5"] });
  assert.equal(page.all("img").length, 0);
  const named = [...table(page).querySelectorAll<HTMLElement>("bdi")].filter((each) =>
    each.textContent?.startsWith("<img"),
  );
  assert.ok(named.length > 0);
  for (const each of named) {
    assert.ok((each.textContent?.length ?? 0) <= 22);
    assert.ok(each.title.startsWith("<img src=x onerror=alert(1)>"));
  }
});

test("counts keep no samples, and no pairs are offered", async () => {
  const page = await OpenedPage.open(small(6, 300, { epsilon: 0.4, levels: [0.4, 0.5] }));
  assert.ok(!page.has("group", "Show planes as"));
});
