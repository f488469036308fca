import assert from "node:assert/strict";
import { test } from "node:test";
import type { TableFrame } from "../../src/protocol/frames.ts";
import { time } from "../support/dom.ts";
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
  const all = { table_by: "direction", table_descending: false, table_least: 0 } as const;
  return small(6, 300, { labels, table: true, ...all, ...more });
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
    const [, sign, name, count, kurtosis, label, , purity, coverage, others] = of;
    const [direction, samples, fourth, majority, ...shares] = texts[k] ?? [];
    assert.equal(fourth, kurtosis?.toFixed(2));
    assert.equal(direction, (sign > 0 ? "+" : "−") + name);
    assert.ok(samples?.startsWith(`${count} · `));
    const [first, ...next] = majority?.split(" · ") ?? [];
    assert.ok(label?.startsWith(first?.replace("…", "") ?? "none"));
    assert.equal(next.length, others.length);
    for (const [n, [other, , share]] of others.entries()) {
      const [, named = "none", said] = next[n]?.match(/^(.*?)…? \(([\d.]+) %\)$/) ?? [];
      assert.ok(other.startsWith(named));
      assert.ok(Math.abs(Number(said) - 100 * share) <= 0.051);
    }
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
    wide(300, 4, { table: true, table_by: "count", table_descending: true, table_least: 0 }),
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

test("it opens with the purest of samples enough, and says what it leaves out", async () => {
  const layer = tabled({ epsilon: 0.6, table_by: "purity", table_descending: true });
  const page = await OpenedPage.open({ ...layer, table_least: 25 });
  const frame = frameOf(page);
  assert.ok(frame.n_few > 0 && frame.rows.length > 0);
  assert.ok(frame.rows.every(([, , , count]) => count >= 25));
  const purities = frame.rows.map((row) => Number(row[7]));
  assert.deepEqual(
    purities,
    [...purities].sort((one, two) => two - one),
  );
  const said = () => plain(page.get("group", "Directions").textContent);
  assert.ok(said().includes(`${frame.n_few} with fewer than 25 samples left out`), said());
  assert.equal(head(page, "Purity").getAttribute("aria-sort"), "descending");
  const fewest = page.get("spinbutton", "Fewest samples") as HTMLInputElement;
  assert.equal(fewest.value, "25");
  await page.fill(fewest, "900");
  await time.pass(1000);
  assert.equal(page.trait("table_least"), 900);
  const most = Math.max(...frame.rows.map((row) => row[3]));
  assert.equal(frameOf(page).fewest, Math.ceil(most / 2));
  assert.ok(said().includes("none has 900 samples"));
  // What is no number is not asked for, and goes when the field is left.
  await page.fill(fewest, "");
  await time.pass(1000);
  assert.equal(page.trait("table_least"), 900);
  page.button("Directions").focus();
  assert.equal(fewest.value, "900");
});

test("without labels it opens with the largest kurtosis", async () => {
  const page = await OpenedPage.open(small(6, 300, { table: true, epsilon: 0.5 }));
  assert.equal(page.trait("table_by"), "purity");
  assert.equal(head(page, "Kurtosis").getAttribute("aria-sort"), "descending");
  const kurtosis = frameOf(page).rows.map((row) => Number(row[4]));
  assert.deepEqual(
    kurtosis,
    [...kurtosis].sort((one, two) => two - one),
  );
  await page.press("Enter", byRole(head(page, "Kurtosis"), "button"));
  assert.deepEqual([page.trait("table_by"), page.trait("table_descending")], ["kurtosis", false]);
});

test("a search is sent once the typing rests, and finds names and labels", async () => {
  const page = await OpenedPage.open(tabled({ epsilon: 0.5 }), 2);
  const search = page.get("searchbox", "Search directions");
  const asked = page.kernel.requests.length;
  for (const text of ["b", "b3"]) await page.fill(search, text);
  assert.equal(page.kernel.requests.length, asked);
  await time.pass(1000);
  assert.deepEqual(page.kernel.requests.slice(asked), [{ table_search: "b3" }]);
  assert.deepEqual(
    cells(page).map(([name]) => name),
    ["+b3", "−b3"],
  );
  assert.ok(plain(page.get("group", "Directions").textContent).includes("2 found"));
  assert.equal((byRole(page.view(1), "searchbox") as HTMLInputElement).value, "b3");
  await page.fill(search, "owl");
  await time.pass(1000);
  assert.deepEqual(cells(page), []);
  assert.ok(plain(page.get("group", "Directions").textContent).includes("none found"));
  await page.fill(search, "dog");
  await time.pass(1000);
  assert.equal(cells(page).length, 12);
});

test("what takes long waits until it is asked for", async () => {
  const page = await OpenedPage.open(tabled({ table: false }));
  page.kernel.contents.counts = "waiting";
  await page.click(page.button("Directions"));
  const about = "To count them takes some 4 minutes.";
  assert.ok(plain(page.get("group", "Directions").textContent).includes(about));
  await page.click(page.button("Count"));
  assert.deepEqual(page.kernel.heard.at(-1), { type: "table" });
  assert.equal(cells(page).length, 12);
  assert.ok(!page.has("button", "Count"));
});
