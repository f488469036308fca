import assert from "node:assert/strict";
import { test } from "node:test";
import type { TableFrame } from "../../src/protocol/frames.ts";
import type { FakeLayer } from "../support/kernel/fake-kernel.ts";
import { small, wide } from "../support/layers.ts";
import {
  allByRole,
  assertFocused,
  byRole,
  isShown,
  OpenedPage,
  plain,
} from "../support/opened-page.ts";

const HOSTILE = `<img src=x onerror=alert(1)>\u202e\0${"y".repeat(1000)}`;

function tabled(more: Partial<FakeLayer> = {}): FakeLayer {
  const labels = Array.from({ length: 300 }, (_, k) => ["cat", "dog", HOSTILE][k % 3] ?? "");
  return small(6, 300, { labels, table: true, ...more });
}

const table = (page: OpenedPage, view = 0) => byRole(page.view(view), "table");
const rowsOf = (page: OpenedPage, view = 0) => [
  ...table(page, view).querySelectorAll<HTMLTableRowElement>("tbody tr"),
];
const cells = (page: OpenedPage, view = 0) =>
  rowsOf(page, view).map((row) =>
    [...row.children].filter(isShown).map((cell) => plain(cell.textContent)),
  );
const row = (page: OpenedPage, name: string) => byRole(table(page), "button", name);
const head = (page: OpenedPage, name: string) => byRole(table(page), "columnheader", name);
const frameOf = (page: OpenedPage) => page.trait("_table_frame") as TableFrame;
const aimed = (page: OpenedPage) =>
  rowsOf(page)
    .filter((each) => each.hasAttribute("aria-current"))
    .map((each) => plain(each.querySelector("button")?.textContent));
const focused = () => plain(document.activeElement?.textContent);
const shown = (page: OpenedPage) => page.has("group", "Directions");

test("every direction has a row that says what lies around it", async () => {
  const page = await OpenedPage.open(tabled({ epsilon: 0.5 }));
  const texts = cells(page);
  assert.equal(texts.length, 12);
  for (const [k, of] of frameOf(page).rows.entries()) {
    const [, sign, name, count, kurtosis, label, , purity, coverage] = of;
    const [direction, samples, fourth, majority, ...shares] = texts[k] ?? [];
    assert.equal(fourth, kurtosis?.toFixed(2));
    assert.equal(direction, (sign > 0 ? "+" : "−") + name);
    assert.ok(samples?.startsWith(`${count} · `));
    assert.ok(label?.startsWith(majority?.replace("…", "") ?? "none"));
    for (const [n, share] of [purity, coverage].entries()) {
      const off = Number(shares[n]?.replace(" %", "")) - 100 * (share ?? 0);
      assert.ok(Math.abs(off) <= 0.051);
    }
  }
  const about = plain(page.get("group", "Directions").textContent);
  assert.ok(about.includes("samples within ±60° of each direction"));
  assert.equal(page.all("img").length, 0);
  await page.click(page.button("Directions"));
  assert.ok(!shown(page));
  assert.equal(page.kernel.traits.table, false);
});

test("headers sort numbers from the largest and names from the first", async () => {
  const page = await OpenedPage.open(tabled(), 2);
  const before = cells(page).map(([name]) => name);
  assert.equal(head(page, "Direction").getAttribute("aria-sort"), "ascending");
  for (const [name, by, orders] of [
    ["Samples", "count", ["descending", "ascending"]],
    ["Kurtosis", "kurtosis", ["descending"]],
    ["Majority", "label", ["ascending"]],
    ["Purity", "purity", ["descending"]],
    ["Coverage", "coverage", ["descending"]],
    ["Direction", "direction", ["ascending", "descending"]],
  ] as const) {
    for (const order of orders) {
      const asked = page.kernel.requests.length;
      await page.press("Enter", byRole(head(page, name), "button"));
      assert.equal(page.kernel.requests.length, asked + 1);
      const sorts = allByRole(table(page), "columnheader").map((each) => [
        plain(each.textContent),
        each.getAttribute("aria-sort") ?? "none",
      ]);
      const sorted = sorts.filter(([, sort]) => sort !== "none");
      assert.deepEqual(sorted, [[name, order]]);
      assert.equal(page.trait("table_by"), by);
      if (by !== "count") continue;
      const counts = cells(page).map(([, count]) => Number(count?.split(" ")[0]));
      const rising = [...counts].sort((one, two) => one - two);
      assert.deepEqual(counts, order === "ascending" ? rising : rising.reverse());
    }
  }
  const after = cells(page).map(([name]) => name);
  assert.notDeepEqual(after, before);
  assert.deepEqual([...after].sort(), [...before].sort());
  assert.deepEqual(cells(page, 1), cells(page));
  const caption = plain(table(page).querySelector("caption")?.textContent);
  assert.ok(caption.includes("sorted by direction, falling"), caption);
});

test("a row turns the beam to its direction", async () => {
  const page = await OpenedPage.open(tabled({ pair: [0, 1], theta: 0.3 }));
  assert.deepEqual(aimed(page), []);
  await page.click(row(page, "−b1"));
  assert.deepEqual(page.kernel.heard.at(-1), { type: "direction", direction: 1, sign: -1 });
  assert.deepEqual([page.trait("pair"), page.trait("theta")], [[0, 1], 1.5 * Math.PI]);
  assert.deepEqual(aimed(page), ["−b1"]);
  assert.equal(focused(), "−b1");
  for (const [key, name] of [
    ["ArrowDown", "+b2"],
    ["End", "−b5"],
    ["ArrowUp", "+b5"],
    ["Home", "+b0"],
    ["PageDown", "−b5"],
    ["PageUp", "+b0"],
  ] as const) {
    await page.press(key);
    assert.ok(focused() === name || key.startsWith("Page"), `${key}: ${focused()}`);
    const stops = allByRole(table(page), "button").filter(
      (each) => each.tabIndex === 0 && each.closest("tbody"),
    );
    assert.equal(stops.length, 1);
    assertFocused(stops[0]);
  }
  await page.press("End");
  await page.press("Enter");
  assert.deepEqual(page.kernel.heard.at(-1), { type: "direction", direction: 5, sign: -1 });
  assert.deepEqual(page.trait("pair"), [5, 0]);
  assert.deepEqual(aimed(page), ["−b5"]);
  // In another order the row is still the one that Tab comes back to.
  await page.push({ table_descending: true });
  assert.equal(focused(), "−b5");
  const other = row(page, "+b3").closest("tr")?.querySelector("td");
  assert.ok(other);
  await page.click(other);
  assert.deepEqual(aimed(page), ["+b3"]);
});

test("a direction ends a sweep", async () => {
  const page = await OpenedPage.open(tabled());
  await page.click(page.button("Play"));
  await page.click(row(page, "+b2"));
  assert.ok(page.has("button", "Play"));
});

test("a direction overrules what was still to be sent", async () => {
  const page = await OpenedPage.open(tabled({ theta: 0.3 }));
  page.kernel.held = true;
  await page.press("ArrowRight", page.slider("Spotlight angle"));
  await page.press("ArrowRight");
  await page.click(row(page, "+b1"));
  while (page.kernel.waiting > 0) await page.answer();
  const asked = page.kernel.requests.length;
  await page.push({ pair: [0, 1], theta: Math.PI / 2 });
  assert.deepEqual([page.kernel.requests.length, asked], [2, 2]);
  assert.equal(page.trait("theta"), Math.PI / 2);
});

test("old rows stay while others are counted", async () => {
  const page = await OpenedPage.open(tabled({ table: false }));
  const status = () =>
    allByRole(page.one(".srm-directions"), "status").map((each) => plain(each.textContent));
  const late = () => page.one(".srm-table-pane").getAttribute("aria-busy");
  const failed = ["The directions could not be counted."];
  const next = async (counts: "done" | "running" | "failed") => {
    page.kernel.contents.counts = counts;
    await page.press("ArrowLeft", page.slider("Epsilon"));
  };
  page.kernel.contents.counts = "failed";
  await page.click(page.button("Directions"));
  assert.deepEqual(status(), failed);
  await next("done");
  const rows = cells(page);
  assert.equal(rows.length, 12);
  await next("running");
  assert.deepEqual([cells(page), late(), status()], [rows, "true", []]);
  await next("failed");
  assert.deepEqual([cells(page), status()], [rows, failed]);
  await next("done");
  assert.deepEqual([late(), status()], ["false", []]);
});

test("hundreds of directions without labels", async () => {
  const page = await OpenedPage.open(
    wide(300, 4, { table: true, table_by: "count", table_descending: true }),
  );
  assert.ok(plain(page.get("group", "Directions").textContent).includes("first 500 of 600"));
  assert.deepEqual(new Set(cells(page).map((each) => each.length)), new Set([3]));
  const names = allByRole(table(page), "button").filter((each) => each.closest("tbody"));
  names[0]?.focus();
  await page.press("End");
  assertFocused(names.at(-1));
  // Of a row that goes, the one in its place takes the focus over.
  await page.press("Home");
  const gone = focused();
  await page.push({ table_descending: false });
  assert.ok(!cells(page).some(([name]) => name === gone));
  const place = rowsOf(page).findIndex((each) => each.contains(document.activeElement));
  assert.equal(place, 0);
});
