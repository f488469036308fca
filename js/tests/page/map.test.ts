import assert from "node:assert/strict";
import { test } from "node:test";
import { time } from "../support/dom.ts";
import { small, wide } from "../support/layers.ts";
import { allByRole, byRole, isShown, OpenedPage, plain } from "../support/opened-page.ts";

const navigator = (page: OpenedPage) => page.one(".srm-navigator");
const canvas = (page: OpenedPage) => page.get("application", "Map of planes");
const notice = (page: OpenedPage) => {
  const node = page.one(".srm-map-notice");
  return isShown(node) ? plain(node.querySelector("p")?.textContent) : "";
};
const isEnabled = (page: OpenedPage, name: string) =>
  !(page.button(name) as HTMLButtonElement).disabled;
const windows = (page: OpenedPage) => page.kernel.survey.windows.length;

test("keys that are pressed within a frame each move the plane", async () => {
  const page = await OpenedPage.open(small(16, 40, { epsilon: 0.4 }));
  canvas(page).focus();
  const keys = ["ArrowRight", "ArrowRight", "ArrowDown", "ArrowRight"];
  await Promise.all(keys.map((key) => page.press(key)));
  assert.deepEqual(page.trait("pair"), [1, 4]);
});

test("keys on the map move the plane and zoom", async () => {
  const page = await OpenedPage.open(small(16, 40, { epsilon: 0.4 }));
  canvas(page).focus();
  for (const [key, pair] of [
    ["ArrowRight", [0, 2]],
    ["ArrowDown", [1, 2]],
    ["ArrowDown", [3, 2]],
    ["ArrowLeft", [3, 1]],
    ["ArrowUp", [2, 1]],
    ["PageDown", [12, 1]],
    ["End", [12, 15]],
    ["PageUp", [2, 15]],
    ["Home", [2, 0]],
  ] as const) {
    await page.press(key);
    assert.deepEqual(page.trait("pair"), pair, key);
  }
  await page.press("ArrowRight", undefined, { shiftKey: true });
  assert.deepEqual(page.trait("pair"), [2, 10]);
  assert.ok(!isEnabled(page, "Zoom out"));
  await page.press("+");
  assert.ok(isEnabled(page, "Zoom out"));
  for (let k = 0; k < 4; k += 1) await page.press("ArrowDown", undefined, { shiftKey: true });
  assert.ok(page.text(".srm-map-line").includes("b15 ∧ b10"));
  // The view goes along with the plane.
  const [, last = ""] =
    /rows \d+ to (\d+)/.exec(
      canvas(page).ariaDescription ?? canvas(page).getAttribute("aria-description") ?? "",
    ) ?? [];
  assert.equal(last, "15");
  await page.press("0");
  assert.ok(!isEnabled(page, "Zoom out"));
  await time.pass(1000);
  assert.ok(page.text(".srm-live").includes("Plane b15 ∧ b10"));
});

test("the map says where it stands", async () => {
  const page = await OpenedPage.open(wide(300));
  const live = () => plain(navigator(page).querySelector("[aria-live]")?.textContent);
  const description = () => plain(canvas(page).getAttribute("aria-description"));
  await page.press("ArrowDown", canvas(page));
  assert.deepEqual(page.trait("pair"), [2, 1]);
  assert.ok(description().startsWith("b2 ∧ b1 · alignment "), description());
  const keys = "Arrow keys choose a plane, plus and minus zoom, zero shows the whole map.";
  assert.ok(description().endsWith(keys), description());
  assert.equal(live(), "");
  await page.press("+");
  await time.pass(1000);
  assert.match(live(), /^Zoomed: rows \d+ to \d+, columns \d+ to \d+ of 300\.$/);
  assert.ok(description().includes(live()));
  await page.press("0");
  await time.pass(1000);
  assert.equal(live(), "");
});

test("the map can be put away", async () => {
  const page = await OpenedPage.open(small());
  const toggle = page.button("Map");
  for (const on of [true, false, true]) {
    assert.equal(toggle.getAttribute("aria-pressed"), String(on));
    assert.equal(isShown(navigator(page)), on);
    assert.equal(page.kernel.traits.navigator, on);
    await page.press("Enter", toggle);
  }
});

test("of a single plane there is nothing to choose or to zoom", async () => {
  const page = await OpenedPage.open(small(2));
  assert.ok(!page.has("button", "Zoom in"));
  for (const key of ["ArrowRight", "ArrowDown", "End", "PageUp", "+", "0"]) {
    await page.press(key, canvas(page));
  }
  assert.deepEqual(page.trait("pair"), [0, 1]);
});

test("a closer look is asked for once, and given back with the whole map", async () => {
  const page = await OpenedPage.open(wide(300));
  const [i = 0, j = 0] = page.trait("pair") as number[];
  for (let k = 0; k < 4; k += 1) await page.click(page.button("Zoom in"));
  assert.equal(windows(page), page.kernel.requests.filter(({ _window }) => _window?.length).length);
  const [row = 0, column = 0, side = 0] = page.kernel.traits._window;
  assert.ok(row <= i && i < row + side && column <= j && j < column + side);
  assert.ok(side < 300);
  await page.click(page.button("Whole map"));
  assert.deepEqual(page.kernel.traits._window, []);
  assert.ok(!isEnabled(page, "Whole map"));
});

test("another survey asks for its own closer look", async () => {
  const page = await OpenedPage.open(wide(300));
  for (let k = 0; k < 3; k += 1) await page.click(page.button("Zoom in"));
  const before = windows(page);
  assert.ok(before > 0);
  await page.press("ArrowLeft", page.slider("Epsilon"));
  await time.pass(1000);
  assert.equal(windows(page), before + 1);
});

test("each view looks where it wants", async () => {
  const page = await OpenedPage.open(wide(300), 2);
  const zoomIn = async (view: number) => {
    for (let k = 0; k < 3; k += 1) {
      await page.click(byRole(page.view(view), "button", "Zoom in"));
    }
    await time.pass(1000);
  };
  const isZoomed = (view: number) =>
    !(byRole(page.view(view), "button", "Zoom out") as HTMLButtonElement).disabled;
  await zoomIn(0);
  assert.deepEqual([isZoomed(0), isZoomed(1)], [true, false]);
  const settled = windows(page);
  assert.ok(settled > 0);
  await zoomIn(1);
  // Neither asks again because of what the other one got.
  const asked = windows(page);
  assert.ok(asked <= settled + 3, `${asked} after ${settled}`);
  await time.pass(5000);
  assert.equal(windows(page), asked);
});

test("while a survey runs the map before stays", async () => {
  const page = await OpenedPage.open(small(8, 300, { epsilon: 0.5 }));
  const busy = () => [
    canvas(page).getAttribute("aria-busy"),
    page.one(".srm-map").getAttribute("class"),
    page.one(".srm-ensemble").getAttribute("class"),
  ];
  assert.equal(page.has("progressbar"), false);
  page.kernel.surveys = "running";
  await page.press("ArrowLeft", page.slider("Epsilon"));
  assert.equal(page.get("progressbar", "Survey").getAttribute("aria-valuenow"), "40");
  assert.deepEqual(busy(), ["true", "srm-map srm-pending", "srm-ensemble srm-pending"]);
  assert.equal(notice(page), "");
  await page.receive(page.kernel.survey.at("done"));
  assert.deepEqual(busy(), ["false", "srm-map", "srm-ensemble"]);
  assert.ok(!page.has("progressbar"));
  assert.ok(page.text(".srm-map-count").includes("0.49"));
});

test("a survey under way says the plane as far as it is known, whatever its frame lacks", async () => {
  const page = await OpenedPage.open(small(8, 300, { epsilon: 0.5, survey: "running" }));
  const line = /^b0 ∧ b1 · alignment [−+]0\.\d\d ± 0\.\d\d of \d+ samples$/;
  assert.match(page.text(".srm-map-line"), line);
  const frame = {
    state: "running",
    progress: 0.4,
    n_directions: 8,
    hint: "",
    too_large: false,
    testable: true,
  };
  await page.receive({ _map_frame: { ...frame, by: undefined, low: 1.8e22, high: undefined } });
  assert.match(page.text(".srm-map-line"), line);
  assert.doesNotMatch(navigator(page).textContent ?? "", /undefined|NaN|e\+\d/);
});

for (const [state, said] of [
  ["waiting", "523,776 planes of 1,000,000 samples: this may take a minute."],
  ["failed", "The survey failed: not enough memory."],
] as const) {
  test(`a survey that is ${state} says so and is started by a click`, async () => {
    const page = await OpenedPage.open(small(8, 300, { epsilon: 0.5, survey: state }));
    assert.equal(notice(page), said);
    await time.pass(1000);
    const live = allByRole(navigator(page), "button", "Survey all planes");
    assert.equal(live.length, 1);
    assert.equal(plain(navigator(page).querySelector("[aria-live]")?.textContent), said);
    await page.click(page.button("Survey all planes"));
    assert.deepEqual(page.kernel.heard, [{ type: "survey" }]);
    assert.equal(notice(page), "");
    assert.ok(page.text(".srm-map-count").startsWith("all 28 lit"));
  });
}

test("where no plane is lit the map says what to do", async () => {
  const page = await OpenedPage.open(small(8, 300, { epsilon: 1 }));
  assert.equal(notice(page), "No plane is lit at ε = 1.00; at 0.70 most are.");
  assert.ok(!page.has("button", "Survey all planes"));
  assert.ok(!isShown(page.one(".srm-key")));
  await page.press("Home", page.slider("Epsilon"));
  assert.equal(notice(page), "");
  // All of them lit everywhere: all scores are equal.
  assert.ok(page.text(".srm-key-texts").includes("0.1 between axes"));
});

test("faint cells are explained where there are some", async () => {
  const page = await OpenedPage.open(small(8, 300, { epsilon: 0.5 }));
  const [key, note] = [page.one(".srm-key"), page.one(".srm-key-note")];
  const named = () => plain(key.getAttribute("aria-label"));
  assert.deepEqual([isShown(note), note.textContent], [true, ""]);
  assert.ok(!named().includes("Faint"), named());
  await page.push({ epsilon: 0.9 });
  assert.equal(note.textContent, "Faint cells: fewer than 8 samples");
  assert.ok(named().endsWith("along axes +1. Faint cells: fewer than 8 samples"), named());
  await page.push({ order: "peak" });
  assert.ok(!isShown(note));
  assert.ok(!named().includes("Faint"), named());
});

test("the plane on show says its alignment with the error and the samples", async () => {
  const page = await OpenedPage.open(small(8, 300, { epsilon: 0.5 }));
  const { n_in_plane = 0 } = page.trait("_frame") as Record<string, number>;
  const said = new RegExp(`alignment [+−]?0\\.\\d\\d ± 0\\.\\d\\d of ${n_in_plane} samples$`);
  assert.match(page.text(".srm-map-line"), said);
});

test("before the first survey the map says that it waits", async () => {
  const page = await OpenedPage.open(small(8, 300, { epsilon: 0.5, survey: "running" }));
  assert.equal(notice(page), "Surveying 28 planes …");
  await page.receive({ _map_frame: {} });
  assert.equal(notice(page), "Waiting for the kernel.");
});
