import assert from "node:assert/strict";
import { test } from "node:test";
import type { MapFrame, TestFrame } from "../../src/protocol/frames.ts";
import { time } from "../support/dom.ts";
import type { FakeLayer } from "../support/kernel/fake-kernel.ts";
import { small, stepped } from "../support/layers.ts";
import { assertFocused, isShown, OpenedPage } from "../support/opened-page.ts";
import { payloadOf } from "../support/page-data.ts";

const NAME = "Test alignment against turned bases";
const FOUND = "A₄: p = 0.005 of 200 turned bases, mean kept";
const facts = (page: OpenedPage) => page.text(".srm-layer-facts");
const result = (page: OpenedPage) => page.text(".srm-layer-test");
const live = (page: OpenedPage) => page.text(".srm-layer [aria-live]");

/** A layer whose kernel can go. */
function mortal(more: Partial<FakeLayer> = {}) {
  const turned = new Set<() => void>();
  const layout = {
    comm_live: true,
    on: (_event: string, handler: () => void) => turned.add(handler),
    off: (_event: string, handler: () => void) => turned.delete(handler),
  };
  const go = async () => {
    layout.comm_live = false;
    for (const handler of [...turned]) handler();
    await time.paint();
  };
  return { layer: { ...small(4, 100, more), layout } as FakeLayer, go };
}

test("the layer's line has A₄ of all samples, whatever ε, and explains it", async () => {
  const page = await OpenedPage.open(small(8, 300, { epsilon: 0.5 }));
  const { alignment, participation } = page.trait("_map_frame") as MapFrame;
  const a4 = Math.abs(Number(alignment)).toFixed(2);
  const n = Number(Number(participation).toPrecision(2)).toFixed(1);
  const said = facts(page);
  assert.match(said, new RegExp(`^Layer: A₄ [+−]?${a4}, on ${n} of 8 directions$`));
  assert.match(page.one(".srm-layer-facts").title, /needs no ε: 1 on the directions, 0 for/);
  await page.push({ epsilon: 0.9 });
  assert.equal(facts(page), said);
  // It has its room in any case.
  assert.ok(isShown(page.one(".srm-layer-test")));
  assert.equal(result(page), "");
});

test("its button asks for the test, and the line says what was found", async () => {
  const page = await OpenedPage.open(small());
  const button = page.button(NAME);
  assert.equal(button.textContent, "Test alignment");
  assert.equal(button.getAttribute("data-lm-suppress-shortcuts"), "true");
  await page.press("Enter", button);
  assert.deepEqual(page.kernel.heard, [{ type: "test" }]);
  assert.equal(result(page), FOUND);
  const title = "12.3 standard deviations above the mean of the turned bases";
  assert.equal(page.one(".srm-layer-test").title, title);
  assertFocused(button);
  // It is done: once more would find the same.
  assert.equal(button.getAttribute("aria-disabled"), "true");
  await page.click(button);
  assert.equal(page.kernel.heard.length, 1);
});

test("while it runs it says how far it is, aloud only that it runs and what it found", async () => {
  const page = await OpenedPage.open(small());
  const button = page.button(NAME);
  page.kernel.tests = "running";
  await page.click(button);
  assert.equal(result(page), "testing … 34 %");
  assertFocused(button);
  assert.deepEqual(
    [button.textContent, button.getAttribute("aria-label")],
    ["Stop", "Stop the test"],
  );
  const heard = new Set<string>();
  for (const progress of [0.4, 0.6, 0.8]) {
    await page.receive(page.kernel.test("running", { progress }));
    assert.equal(result(page), `testing … ${100 * progress} %`);
    await time.pass(1000);
    heard.add(live(page));
  }
  assert.deepEqual([...heard], ["testing …"]);
  await page.receive(page.kernel.test("done", { n_samples: 150, kept: "rotations" }));
  const found = "A₄: p = 0.005 of 200 turned bases, turned freely, on 150 samples";
  assert.equal(result(page), found);
  await time.pass(1000);
  assert.equal(live(page), found);
});

test("the same button ends it", async () => {
  const page = await OpenedPage.open(small());
  const button = page.button(NAME);
  page.kernel.tests = "running";
  await page.click(button);
  await page.click(page.button("Stop the test"));
  assert.deepEqual(page.kernel.heard, [{ type: "test" }, { type: "stop" }]);
  assert.deepEqual([result(page), page.button(NAME).textContent], ["", "Test alignment"]);
  assertFocused(button);
});

test("the readout says p of the plane on show, as long as it is what was tested", async () => {
  const page = await OpenedPage.open(small());
  const chance = () => {
    const rows = [...page.one(".srm-readout").querySelectorAll<HTMLElement>(".srm-row")];
    const row = rows.find((each) => !each.hidden && each.textContent?.startsWith("chance of al"));
    return row?.querySelector("dd")?.textContent?.replaceAll("\u00a0", " ");
  };
  assert.equal(chance(), undefined);
  await page.click(page.button(NAME));
  const { n_planes } = page.kernel.layer;
  const best = `the best of all ${n_planes} in each of 200 turned bases`;
  const said = `p = 0.010 for this plane, against ${best} · mean kept`;
  assert.equal(chance(), said);
  const { epsilon } = page.kernel.traits;
  await page.push({ epsilon: epsilon + 0.1 });
  assert.equal(chance(), undefined);
  assert.equal(page.button(NAME).getAttribute("aria-disabled"), "false");
  await page.push({ epsilon });
  assert.equal(chance(), said);
  const frame = page.trait("_test_frame") as TestFrame;
  const planes = { ...frame.planes, n_samples: 150, hint: "turned bases are dark" };
  await page.receive({ _test_frame: { ...frame, planes } as TestFrame });
  assert.equal(chance(), `${said}, on 150 samples · turned bases are dark`);
  await page.push({ pair: [0, 2] });
  assert.equal(chance(), undefined);
});

test("a test that fails says so, and can be tried again", async () => {
  const page = await OpenedPage.open(small());
  page.kernel.tests = "failed";
  await page.click(page.button(NAME));
  const line = page.one(".srm-layer-test");
  assert.equal(result(page), "The test failed: not enough memory.");
  assert.ok(line.classList.contains("srm-layer-failed"));
  page.kernel.tests = "done";
  await page.click(page.button(NAME));
  assert.equal(result(page), FOUND);
  assert.ok(!line.classList.contains("srm-layer-failed"));
  assert.equal(page.kernel.heard.length, 2);
});

test("a test is of its step", async () => {
  const page = await OpenedPage.open(stepped(3));
  await page.click(page.button(NAME));
  const frame = page.trait("_test_frame") as object;
  assert.ok(result(page).startsWith("A₄: p = 0.005"));
  await page.push({ step: 1 });
  assert.equal(result(page), "");
  // Late, of the step before.
  await page.receive({ _test_frame: { ...frame } });
  assert.equal(result(page), "");
  assert.equal(page.button(NAME).getAttribute("aria-disabled"), "false");
  await page.push({ step: 2 });
  await page.receive({ _test_frame: { ...frame } });
  assert.ok(result(page).startsWith("A₄: p = 0.005"));
});

test("in a basis that is not orthonormal there is no A₄, and a test at ε", async () => {
  const basis = [
    [1, 1, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  const page = await OpenedPage.open({ ...small(3, 100), basis });
  assert.equal(facts(page), "Layer: no A₄, the basis is not orthonormal");
  assert.ok(page.one(".srm-layer-facts").classList.contains("srm-layer-unknown"));
  await page.click(page.button(NAME));
  assert.equal(result(page), FOUND.replace("A₄", "A at ε = 0.70"));
});

test("where no sample is along any direction there is no A₄ either", async () => {
  const basis = [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
  ];
  const samples = [
    [0, 0, 1, 0],
    [0, 0, 3, 4],
  ];
  const page = await OpenedPage.open({ ...small(4, 2), basis, samples });
  assert.equal(facts(page), "Layer: no A₄, no sample has a part along any direction");
});

test("while the next step is surveyed the line is of the one before, and busy", async () => {
  const page = await OpenedPage.open(stepped(3));
  const before = facts(page);
  const busy = () => page.one(".srm-layer-facts").getAttribute("aria-busy");
  assert.equal(busy(), "false");
  page.kernel.surveys = "running";
  await page.push({ step: 0 });
  assert.deepEqual([facts(page), busy()], [before, "true"]);
  page.kernel.surveys = "waiting";
  await page.push({ step: 1 });
  assert.deepEqual([facts(page), busy()], ["Layer: not surveyed yet", "false"]);
  await page.receive(page.kernel.survey.at("done"));
  assert.match(facts(page), /^Layer: A₄ /);
});

test("where counts have no samples, and where the kernel has gone, there is no button", async () => {
  const counts = await OpenedPage.open(small(4, 100, { levels: [0.5, 0.7] }));
  assert.ok(!counts.has("button", NAME));
  assert.match(facts(counts), /^Layer: A₄ /);
  assert.ok(!isShown(counts.one(".srm-layer-test")));
  const { layer, go } = mortal();
  const page = await OpenedPage.open(layer);
  page.kernel.tests = "running";
  await page.click(page.button(NAME));
  await go();
  assert.ok(!page.has("button", NAME));
  assert.equal(result(page), "The test did not come to its end.");
  assert.match(facts(page), /^Layer: A₄ /);
});

test("a page that answers from samples of its own has no button, and its line", async () => {
  const { frame, steps } = payloadOf({ n: 50, d: 4 });
  const columns = Float32Array.from(steps[0]?.columns.flatMap((column) => [...column]) ?? []);
  const [about] = frame.steps;
  assert.ok(about);
  about.columns = [0, columns.byteLength];
  about.n_all = 30_000;
  const held = { _held_frame: frame, _held: columns, layout: { comm_live: false } };
  const page = await OpenedPage.open({ ...small(4, 50), ...held } as FakeLayer);
  assert.match(facts(page), /^Layer: A₄ /);
  assert.ok(!page.has("button", NAME));
  assert.ok(page.has("application", "Map of planes"));
  assert.match(page.text(".srm-subtitle"), /^50 of 30,000 samples × 4/);
});

test("no test is offered where the kernel would refuse one", async () => {
  const page = await OpenedPage.open(small(4, 100));
  const frame = page.trait("_map_frame") as MapFrame;
  await page.receive({ _map_frame: { ...frame, testable: false } });
  assert.equal(page.has("button", NAME), false);
  await page.receive({ _map_frame: frame });
  assert.equal(page.has("button", NAME), true);
});
