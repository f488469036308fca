import assert from "node:assert/strict";
import { test } from "node:test";
import type { StripFrame } from "../../src/protocol/frames.ts";
import { PROBLEM_TEXT } from "../../src/views/sample-strip/strip-data.ts";
import { time } from "../support/dom.ts";
import { pictured, small } from "../support/layers.ts";
import {
  allByRole,
  assertFocused,
  assertNear,
  isShown,
  OpenedPage,
  plain,
} from "../support/opened-page.ts";

const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "\u202e\u2067reversed</span><script>alert(1)</script>",
  "nul \0 and \ud800 half a pair",
  "x".repeat(100_000),
  "&lt;b&gt; 'quoted' \"twice\"",
];

const strip = (page: OpenedPage, view = 0) => page.one(".srm-strip", view);
const tiles = (page: OpenedPage, view = 0) =>
  allByRole(page.view(view), "toolbar").flatMap((bar) => allByRole(bar, "button"));
const tile = (page: OpenedPage, k: number) => {
  const found = tiles(page).at(k);
  assert.ok(found);
  return found;
};
const sampleOf = (each: HTMLElement) => each.ariaLabel ?? each.getAttribute("aria-label") ?? "";
const shown = (page: OpenedPage, view = 0) =>
  tiles(page, view).map((each) =>
    Number(sampleOf(each).replace("sample ", "").split(" ")[0]?.replace(",", "")),
  );
const frameOf = (page: OpenedPage) => page.trait("_strip_frame") as StripFrame;

/** The samples beyond the chord in the plane on show, by falling cosine. */
function lit(page: OpenedPage, theta: number, epsilon: number): number[] {
  const { points } = page.kernel.plane(page.kernel.traits.pair);
  return points
    .map(([a, c], index) => ({ index, cosine: a * Math.cos(theta) + c * Math.sin(theta) }))
    .filter(({ cosine }) => cosine >= epsilon)
    .sort((one, two) => two.cosine - one.cosine)
    .map(({ index }) => index);
}

test("the strip shows what is inside by falling cosine", async () => {
  const page = await OpenedPage.open(pictured());
  const expected = lit(page, 1, 0.4);
  assert.deepEqual(shown(page), expected.slice(0, 24));
  assert.ok(plain(strip(page).textContent).includes(`24 of ${expected.length} shown`));
  assert.equal(strip(page).getAttribute("aria-label"), "Inside the spotlight");
  const captions = tiles(page).map((each) =>
    [...each.querySelectorAll(".srm-tile-caption > *")].map((part) => plain(part.textContent)),
  );
  assert.deepEqual(
    captions.map((parts) => parts.filter(Boolean).join(" ")),
    frameOf(page).items.map(({ label, cosine }) => `${label} ${cosine.toFixed(2)}`),
  );
  await page.push({ theta: 4 });
  assert.deepEqual(shown(page), lit(page, 4, 0.4).slice(0, 24));
});

test("what stays inside is not made anew and keeps the focus", async () => {
  const page = await OpenedPage.open(pictured());
  const before = shown(page);
  const nodes = new Map(tiles(page).map((node, k) => [before[k], node]));
  // A small step on, the order is another one.
  const kept = before[12] ?? -1;
  tile(page, 12).focus();
  await page.push({ theta: 1.08 });
  const after = shown(page);
  assert.notDeepEqual(after, before);
  assert.ok(after.includes(kept));
  for (const [k, index] of after.entries()) {
    assert.equal(nodes.get(index) === tiles(page)[k], before.includes(index));
  }
  const place = after.indexOf(kept);
  assertFocused(tile(page, place));
  // A focused sample that leaves hands the focus to the one in its place.
  await page.push({ theta: 4 });
  assert.ok(!shown(page).includes(kept));
  assertFocused(tile(page, place));
  await page.push({ epsilon: 1 });
  assertFocused(page.one(".srm-strip-empty"));
  await page.push({ epsilon: 0.4 });
  assertFocused(tile(page, 0));
});

test("the strip says that what is inside is switched off", async () => {
  const page = await OpenedPage.open(pictured({ by_class: true }));
  const inside = lit(page, 1, 0.4);
  const said = () => page.text(".srm-strip-empty");
  for (const hidden of [[0], [0, 1, 2]]) {
    await page.push({ hidden_classes: hidden });
    const left = inside.filter((k) => !hidden.includes(k % 3));
    assert.deepEqual(shown(page), left.slice(0, 24));
  }
  const off = "inside the beam are of classes switched off.";
  assert.equal(said(), `All ${inside.length} ${off}`);
  await page.push({ theta: 4 });
  assert.equal(said(), `All ${lit(page, 4, 0.4).length} ${off}`);
  await page.push({ epsilon: 1 });
  assert.equal(said(), "Nothing inside the beam");
});

test("keys move along the tiles, and a ring is around their sample", async () => {
  const page = await OpenedPage.open(pictured());
  const ring = () => page.all(".srm-pointed");
  const at = () => ["cx", "cy"].map((name) => Number(ring()[0]?.getAttribute(name)));
  const rim = Number(page.one(".srm-disc").getAttribute("r"));
  assert.equal(ring().length, 0);
  tile(page, 0).focus();
  for (const [key, place] of [
    ["ArrowRight", 1],
    ["End", 23],
    ["ArrowRight", 23],
    ["Home", 0],
    ["ArrowLeft", 0],
  ] as const) {
    await page.press(key);
    assertFocused(tile(page, place));
    const [a, c] = frameOf(page).items[place]?.at ?? [Number.NaN, Number.NaN];
    assertNear(at(), [a * rim, -c * rim], 1e-6);
    const stops = tiles(page).filter(({ tabIndex }) => tabIndex === 0);
    assert.deepEqual(stops, [tile(page, place)]);
  }
  tile(page, 0).blur();
  await time.paint();
  assert.equal(ring().length, 0);
  tile(page, 3).dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
  await time.paint();
  assert.equal(ring().length, 1);
});

test("a tile marks its sample in every view", async () => {
  const page = await OpenedPage.open(pictured({ highlight: [7] }), 2);
  const [one = -1, two = -1] = shown(page).filter((index) => index !== 7);
  const of = (index: number) => tile(page, shown(page).indexOf(index));
  const pressed = (view: number) =>
    tiles(page, view).map((each) => each.getAttribute("aria-pressed"));
  await page.click(of(one));
  await page.press(" ", of(two));
  assert.deepEqual(page.kernel.traits.highlight, [7, one, two]);
  assert.equal(of(two).getAttribute("aria-pressed"), "true");
  assert.deepEqual(pressed(0), pressed(1));
  assert.equal(page.all(".srm-mark").length, 3);
  await page.press("Enter", of(one));
  assert.deepEqual(page.kernel.traits.highlight, [7, two]);
  assert.equal(of(one).getAttribute("aria-pressed"), "false");
});

test("marks that follow each other within a frame are all kept", async () => {
  const page = await OpenedPage.open(pictured());
  const [one, , three] = shown(page);
  await Promise.all([0, 1, 2, 1].map((place) => page.click(tile(page, place))));
  assert.deepEqual(page.kernel.traits.highlight, [one, three]);
});

test("texts and problems are shown as they are", async () => {
  const texts = Array.from({ length: 60 }, (_, k) => HOSTILE[k % HOSTILE.length] ?? "");
  const long = `ValueError: ${HOSTILE[0]} ${"and so on ".repeat(40)}`;
  const broken = Array.from({ length: 10 }, (_, k) => [5 + 6 * k, long] as const);
  const labels = texts.map((_, k) => HOSTILE[k % 3] ?? "");
  const contents = { texts, problems: Object.fromEntries(broken) };
  const page = await OpenedPage.open(small(4, 60, { contents, labels, epsilon: -1 }));
  const { items } = frameOf(page);
  const faces = page.all(".srm-tile-face");
  for (const [k, face] of faces.entries()) {
    const { kind, text } = items[k] ?? assert.fail();
    const said = kind === "problem" ? PROBLEM_TEXT : text;
    assert.ok(said.startsWith((face.textContent ?? "").replace(/…$/, "")));
  }
  assert.equal(faces.length, 24);
  assert.equal(page.all("img, script").length, 0);
  for (const part of page.all(".srm-tile-face bdi")) assert.equal(part.getAttribute("dir"), "auto");
});

test("a marked part is marked, in view, and the lighter the further inside", async () => {
  const texts = Array.from(
    { length: 60 },
    (_, k) => `${"🙂 before ".repeat(k % 30)}<b>${k}</b> after`,
  );
  const marks = texts.map((_, k): [number, number] => [9 * (k % 30), 9 * (k % 30) + 3]);
  const contents = { texts, marks };
  const page = await OpenedPage.open(small(4, 60, { contents, epsilon: 0.2 }));
  const { items } = frameOf(page);
  assert.ok(items.length > 3);
  for (const [k, item] of items.entries()) {
    const face = tile(page, k).querySelector(".srm-tile-face");
    const mark = face?.querySelector("mark");
    assert.equal(mark?.textContent, "<b>");
    const shown = face?.textContent ?? "";
    assert.ok(shown.indexOf("<b>") < 100);
    assert.ok(item.text.endsWith(shown.replace(/^…/, "")));
    assertNear([Number(mark.style.getPropertyValue("--_lit"))], [(item.cosine - 0.2) / 0.8], 0.006);
    assert.ok(sampleOf(tile(page, k)).includes(`<b> in: ${item.text.slice(0, 20)}`));
  }
  assert.equal(page.all("b").length, 0);
  // What is left out of the tile is shown over the page.
  const long = items.findIndex(({ text }) => text.length > 200);
  tile(page, long).dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
  await time.paint();
  assert.equal(page.text(".srm-peek"), items[long]?.text);
  assert.equal(page.text(".srm-peek mark"), "<b>");
  // A sample that is nearer the middle now is lighter.
  const before = page
    .all(".srm-tile-face mark")
    .map((each) => each.style.getPropertyValue("--_lit"));
  await page.push({ epsilon: 0.1 });
  const after = page
    .all(".srm-tile-face mark")
    .map((each) => each.style.getPropertyValue("--_lit"));
  assert.ok(before.every((light, k) => Number(light) <= Number(after[k])));
  assert.notDeepEqual(before, after.slice(0, before.length));
});

test("without previews there is no strip", async () => {
  const page = await OpenedPage.open(small());
  assert.ok(!isShown(strip(page)));
});

for (const [kind, contents, seen] of [
  ["pictures", undefined, ""],
  [
    "texts",
    { texts: Array(300).fill("text of a sample"), problems: { 3: "no such file" } },
    "(Cannot be shown|text of a sample) · ",
  ],
] as const) {
  test(`tiles of ${kind} are named once`, async () => {
    const page = await OpenedPage.open(pictured(contents ? { contents } : {}));
    const pattern = new RegExp(
      `^sample \\d+ · ${seen}(cat|dog|owl) · 0\\.\\d\\d cosine( · no such file)?$`,
    );
    assert.equal(tiles(page).length, 24);
    for (const each of tiles(page)) assert.match(plain(sampleOf(each)), pattern);
  });
}

test("why a sample cannot be shown is seen when it is pointed at", async () => {
  const texts = Array(300).fill("text of a sample");
  const problems = Object.fromEntries(texts.map((_, row) => [row, "KeyError: 'image'"]));
  const page = await OpenedPage.open(pictured({ contents: { texts, problems } }));
  assert.ok(tiles(page).every((each) => plain(each.textContent).startsWith("Cannot be shown")));
  assert.match(plain(page.text(".srm-strip .srm-part-count")), /^0 of \d+ shown$/);
  tiles(page)[0]?.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
  await time.paint();
  assert.equal(page.text(".srm-peek"), "KeyError: 'image'");
});
