import assert from "node:assert/strict";
import { test } from "node:test";
import { layout, media, time } from "../support/dom.ts";
import { labelled, pictured, small, stepped } from "../support/layers.ts";
import { assertFocused, isShown, OpenedPage, plain } from "../support/opened-page.ts";

const HOSTILE = '<img src=x onerror="window.executed = true">\u202e\u2067&amp;\'';
const live = (page: OpenedPage) => page.text(".srm-live");

for (const [motion, interval] of [
  ["", 170],
  ["prefers-reduced-motion: reduce", 1000],
] as const) {
  test(`play sweeps the planes every ${interval} ms until paused`, async () => {
    media.clear();
    media.add(motion || "none");
    const page = await OpenedPage.open(small());
    await page.click(page.button("Play"));
    for (const position of [1, 2, 3]) {
      assert.equal(page.trait("position"), position);
      await time.pass(interval + 20);
    }
    await page.click(page.button("Pause"));
    assert.ok(page.has("button", "Play"));
    await time.pass(5000);
    assert.equal(page.trait("position"), 4);
    media.clear();
  });
}

test("play waits for a slow kernel and yields to the user", async () => {
  const page = await OpenedPage.open(small());
  page.kernel.held = true;
  await page.click(page.button("Play"));
  await time.pass(3000);
  assert.deepEqual(page.kernel.requests, [{ position: 1 }]);
  await page.answer();
  await time.pass(300);
  assert.deepEqual(page.kernel.requests, [{ position: 1 }, { position: 2 }]);
  await page.press("End", page.slider("Rotation plane"));
  await page.answer();
  await time.pass(3000);
  assert.ok(page.has("button", "Play"));
  assert.deepEqual(page.kernel.requests.at(-1), { position: 5 });
});

test("play is started and stopped by keys, and the focus stays", async () => {
  const page = await OpenedPage.open(small(6, 60));
  await page.press("Enter", page.button("Play"));
  assertFocused(page.button("Pause"));
  await time.pass(400);
  assert.ok((page.trait("position") as number) >= 2);
  await page.press("Enter");
  assertFocused(page.button("Play"));
});

test("the readout is announced once it settles", async () => {
  const page = await OpenedPage.open(small());
  await time.pass(1000);
  const node = page.one(".srm-live");
  assert.equal(node.getAttribute("aria-live"), "polite");
  const first = live(page);
  assert.notEqual(first, "");
  const said = new Set([first]);
  for (let k = 0; k < 3; k += 1) {
    await page.press("ArrowLeft", page.slider("Epsilon"));
    await time.pass(200);
    said.add(live(page));
  }
  assert.deepEqual([...said], [first]);
  for (let k = 0; k < 20; k += 1) {
    await time.pass(50);
    said.add(live(page));
  }
  assert.equal(said.size, 2);
  assert.ok(live(page).startsWith("Plane b0 ∧ b1: spotlight at 0° ± 48°, "), live(page));
  assert.equal(page.text(".srm-polar desc"), live(page));
});

test("the picture is described", async () => {
  const page = await OpenedPage.open(labelled({ theta: 1 }));
  const { n_lit = 0, peak = 0 } = page.trait("_frame") as Record<string, number>;
  const text = plain(page.get("img", "Polar scope").querySelector("desc")?.textContent);
  for (const part of [
    "Plane b0 ∧ b1: spotlight at 57.3° ± 46°",
    `${n_lit} of 300 samples lit, mos`,
    "isotropic data would light",
    "Alignment ",
    `peak ${((100 * peak) / 300).toFixed(1)} % at`,
  ]) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
});

test("hostile strings stay text", async () => {
  const names = [0, 1, 2, 3].map((k) => `${HOSTILE} ${k}`);
  const page = await OpenedPage.open(
    small(4, 60, { title: HOSTILE, error: HOSTILE, description: HOSTILE, names }),
  );
  assert.equal(page.one(".srm-title").textContent, HOSTILE);
  assert.equal(page.one(".srm-error").textContent, HOSTILE);
  assert.equal(page.one(".srm-plane bdi").textContent, names[0]);
  assert.ok(page.one(".srm-subtitle").textContent?.includes(HOSTILE));
  assert.equal(page.all("img").length, 0);
});

test("two views stay equal", async () => {
  const page = await OpenedPage.open(small(), 2);
  await page.press("ArrowLeft", page.slider("Epsilon"));
  await page.press("End", page.slider("Rotation plane"));
  await page.push({ theta: 1 });
  const pictures = [0, 1].map((k) => page.view(k).innerHTML.replaceAll(/srm-[a-z0-9]{8}-/g, ""));
  assert.equal(pictures[0], pictures[1]);
  const values = [0, 1].map((k) =>
    page.all("input", k).map((each) => (each as HTMLInputElement).value),
  );
  assert.deepEqual(values[0], values[1]);
  page.host.views[0]?.removal.abort();
  assert.equal(document.querySelectorAll(".srm-scope").length, 1);
  await page.press("ArrowLeft", page.slider("Epsilon"));
  assert.ok(plain(page.slider("Epsilon").nextElementSibling?.textContent).includes("0.68"));
});

test("nothing is left behind", async () => {
  const page = await OpenedPage.open(stepped(3), 2);
  const before = layout.observers;
  assert.ok(before > 0 && page.host.model.handlers > 0);
  await page.click(page.button("Play"));
  page.host.views[0]?.removal.abort();
  assert.equal(layout.observers, before / 2);
  page.kernel.held = true;
  await page.press("ArrowLeft", page.slider("Epsilon"));
  // A change just before the end must not be drawn after it.
  page.kernel.push({ theta: 2 });
  page.host.views[1]?.removal.abort();
  page.host.closing.abort();
  const left = () => [layout.observers, time.timers, time.frames, page.host.model.handlers];
  assert.deepEqual(left(), [0, 0, 0, 0]);
  assert.equal(document.querySelectorAll(".srm-scope").length, 0);
  page.kernel.push({ theta: 1 });
  assert.deepEqual(left(), [0, 0, 0, 0]);
});

test("a slow kernel gets one request at a time and the last value", async () => {
  const page = await OpenedPage.open(small());
  page.kernel.held = true;
  const slider = page.slider("Epsilon");
  for (let k = 0; k < 50; k += 1) {
    await page.fill(slider, 0.6 - 0.01 * k);
    if (k % 15 === 14) await page.answer();
  }
  const last = Number(slider.value);
  while (page.kernel.waiting > 0) await page.answer();
  assert.deepEqual([page.kernel.traits.epsilon, page.trait("epsilon")], [last, last]);
  assert.equal(page.kernel.mostAtOnce, 1);
  assert.ok(page.kernel.requests.length <= 5);
});

test("a page out of sight goes on to hear, and draws when it is back", async () => {
  const page = await OpenedPage.open(small());
  // Of a tab out of sight no frame is drawn.
  for (let k = 0; k < 200; k += 1) page.kernel.push({ theta: k / 100 });
  assert.ok(time.frames <= 2, `${time.frames} frames`);
  const curve = page.one(".srm-curve").getAttribute("d");
  page.kernel.push({ pair: [1, 2], epsilon: 0.4, theta: 2 });
  await time.paint();
  assert.notEqual(page.one(".srm-curve").getAttribute("d"), curve);
  assert.ok(page.text(".srm-readout").includes("θ = 114.6°"));
});

test("play goes no faster than the kernel answers", async () => {
  const page = await OpenedPage.open(small());
  page.kernel.held = true;
  await page.click(page.button("Play"));
  await time.pass(20_000);
  assert.ok(page.kernel.requests.length <= 2);
  page.kernel.held = false;
  await page.answer();
  const asked = page.kernel.requests.length;
  await time.pass(10_000);
  const more = page.kernel.requests.length - asked;
  assert.ok(2 < more && more < 65, `${more} requests in ten seconds`);
});

test("a kernel that is silent is told of in every view", async () => {
  const page = await OpenedPage.open(small(), 2);
  const notices = () =>
    [0, 1].map((k) => {
      const node = page.one(".srm-kernel", k);
      return isShown(node) ? plain(node.textContent) : "";
    });
  page.kernel.held = true;
  await page.press("ArrowRight", page.slider("Rotation plane"));
  await time.pass(7900);
  assert.deepEqual(notices(), ["", ""]);
  await time.pass(4200);
  assert.deepEqual(notices(), Array(2).fill("No answer from the kernel for 12 s"));
  assert.equal(page.one(".srm-kernel").getAttribute("role"), "status");
  await page.answer();
  await time.pass(100);
  assert.deepEqual(notices(), ["", ""]);
  assert.equal(page.trait("position"), 1);
});

test("what is not up to date is said to be busy", async () => {
  const page = await OpenedPage.open(pictured({ table: true }));
  const busy = () =>
    [".srm-readout", ".srm-tiles", ".srm-table-pane"].map((part) =>
      page.one(part).getAttribute("aria-busy"),
    );
  assert.deepEqual(busy(), ["false", "false", "false"]);
  page.kernel.held = true;
  await page.fill(page.slider("Epsilon"), 0.5);
  assert.deepEqual(busy(), ["true", "true", "true"]);
  await page.answer();
  assert.deepEqual(busy(), ["false", "false", "false"]);
});

test("the picture follows its container, and the order of the panels too", async () => {
  const page = await OpenedPage.open(small());
  const rim = () => Number(page.one(".srm-disc").getAttribute("r"));
  const panels = () => [...page.one(".srm-body").children].map((node) => node.classList[0]);
  const [before, wide] = [rim(), panels()];
  layout.resize(320);
  await time.paint();
  assert.ok(rim() < before);
  // The sliders come right after the picture, and its legends after them.
  assert.deepEqual(panels().slice(0, 4), ["srm-header", "srm-figure", "srm-controls", "srm-keys"]);
  assert.deepEqual(panels().sort(), [...wide, "srm-keys"].sort());
  assert.ok(page.one(".srm-keys .srm-legend"));
  layout.resize(900);
  await time.paint();
  assert.deepEqual([rim(), panels()], [before, wide]);
  assert.ok(page.one(".srm-figure .srm-legend"));
});
