import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { labelled, small, stepped } from "../support/layers.ts";
import { isShown, OpenedPage, plain } from "../support/opened-page.ts";

const field = (page: OpenedPage, name: string) => page.get("spinbutton", name) as HTMLInputElement;
const alertOf = (page: OpenedPage) => page.one(".srm-error");
const said = (page: OpenedPage) =>
  isShown(alertOf(page)) ? plain(alertOf(page).textContent) || "an empty alert" : "";
const curve = (page: OpenedPage) => page.one(".srm-curve").getAttribute("d");

const SLIDERS = [
  ["Rotation plane", "position", 0, 5],
  ["Epsilon", "epsilon", -1, 1],
  ["Spotlight angle", "theta", 0, (359 * Math.PI) / 180],
  ["Angular resolution", "resolution", 4, 2880],
] as const;

for (const [name, trait, low, high] of SLIDERS) {
  test(`the slider of ${trait} goes from ${low} to ${high}`, async () => {
    const page = await OpenedPage.open(small(4, 60, { pair: [0, 2], theta: 0.5 }));
    const slider = page.slider(name);
    const value = () => page.trait(trait) as number;
    for (const [key, end] of [
      ["End", high],
      ["Home", low],
    ] as const) {
      await page.press(key, slider);
      assert.ok(Math.abs(value() - end) < 1e-9, `${value()}`);
      assert.equal(page.kernel.traits[trait], value());
    }
    await page.press("ArrowRight", slider);
    assert.ok(value() > low);
    const spoken = slider.getAttribute("aria-valuetext") ?? "";
    const shown = slider.nextElementSibling?.textContent ?? "";
    assert.deepEqual(
      shown.split(" · ").filter((part) => !spoken.includes(part)),
      [],
    );
    assert.equal(slider.getAttribute("data-lm-suppress-shortcuts"), "true");
  });
}

test("the slider walks through the planes", async () => {
  const page = await OpenedPage.open(small());
  const seen = [];
  for (let k = 0; k < 5; k += 1) {
    await page.press("ArrowRight", page.slider("Rotation plane"));
    seen.push(page.trait("pair"));
  }
  assert.deepEqual(seen, [
    [0, 2],
    [0, 3],
    [1, 2],
    [1, 3],
    [2, 3],
  ]);
  assert.equal(page.text(".srm-plane"), "b2 ∧ b3");
  assert.equal(field(page, "First direction").value, "2");
});

test("number fields choose a plane, and it can be turned round", async () => {
  const page = await OpenedPage.open(small());
  await page.fill(field(page, "Second direction"), 3);
  await page.press("Enter");
  assert.deepEqual(page.trait("pair"), [0, 3]);
  await page.click(page.button("Swap"));
  assert.deepEqual([page.trait("pair"), page.trait("position")], [[3, 0], 2]);
  assert.equal(field(page, "First direction").value, "3");
});

/** Types an entry and presses Enter; a slow kernel answers after the page has been drawn. */
async function commit(page: OpenedPage, entry: string, slow: boolean): Promise<void> {
  const input = field(page, "First direction");
  page.kernel.held = slow;
  await page.fill(input, entry);
  await page.press("Enter");
  while (page.kernel.waiting > 0) {
    assert.equal(input.value, entry);
    await page.answer();
  }
  page.kernel.held = false;
}

const REFUSED = [
  ["1.5", "expected a whole number from 0 to 3, got 1.5"],
  ["", "expected a whole number from 0 to 3, got none"],
  ["9", "expected directions from 0 to 3, got (9, 1)"],
  ["1", "expected two different directions, got (1, 1)"],
] as const;

describe("a refused entry", () => {
  for (const [entry, refusal] of REFUSED) {
    for (const slow of [false, true]) {
      test(`"${entry}" is said and put right, ${slow ? "later" : "at once"}`, async () => {
        const page = await OpenedPage.open(small());
        const [before, input] = [curve(page), field(page, "First direction")];
        assert.equal(said(page), "");
        await commit(page, entry, slow);
        assert.equal(said(page), refusal);
        assert.equal(alertOf(page).getAttribute("role"), "alert");
        assert.equal(input.value, entry);
        assert.equal(input.getAttribute("aria-invalid"), "true");
        assert.deepEqual(page.trait("pair"), [0, 1]);
        assert.equal(curve(page), before);
        await page.fill(input, 2);
        await page.press("Enter");
        assert.equal(said(page), "");
        assert.deepEqual(page.trait("pair"), [2, 1]);
        assert.notEqual(input.getAttribute("aria-invalid"), "true");
      });
    }
  }

  for (const entry of ["1.5", "9"]) {
    test(`"${entry}" is forgotten where the field is left`, async () => {
      const page = await OpenedPage.open(small());
      await commit(page, entry, true);
      assert.notEqual(said(page), "");
      field(page, "First direction").blur();
      await page.push({});
      assert.equal(said(page), "");
      assert.equal(field(page, "First direction").value, "0");
      assert.equal(page.trait("error"), "");
    });
  }
});

test("an error of the kernel is shown until it is over", async () => {
  const page = await OpenedPage.open(small());
  await page.push({ pair: [0, 7] });
  assert.equal(said(page), "expected directions from 0 to 3, got (0, 7)");
  assert.notEqual(curve(page), "");
  await page.press("ArrowLeft", page.slider("Epsilon"));
  assert.equal(said(page), "");
});

test("a single plane leaves nothing to slide", async () => {
  const page = await OpenedPage.open(small(2));
  const slider = page.slider("Rotation plane");
  assert.ok(slider.disabled);
  assert.ok((page.button("Play") as HTMLButtonElement).disabled);
  assert.equal(slider.getAttribute("aria-valuetext"), "1 of 1");
});

test("every control has a name", async () => {
  const page = await OpenedPage.open(small());
  for (const [name] of SLIDERS) assert.ok(page.slider(name));
  for (const name of ["First direction", "Second direction"]) assert.ok(field(page, name));
  assert.ok(page.button("Signed"));
  assert.ok(page.button("Play"));
  assert.ok(page.get("img", "Polar scope"));
  const controls = "input, button, select, canvas";
  for (const control of page.all(controls)) {
    assert.equal(control.getAttribute("data-lm-suppress-shortcuts"), "true", control.outerHTML);
  }
});

test("every switch switches its trait, and back", async () => {
  const page = await OpenedPage.open(labelled());
  for (const [name, trait, value] of [
    ["Signed", "signed", true],
    ["Gain", "scale", "gain"],
    ["Classes", "by_class", true],
    ["Map", "navigator", false],
    ["Directions", "table", true],
  ] as const) {
    const before = page.trait(trait);
    const button = page.button(name);
    const pressed = button.getAttribute("aria-pressed");
    await page.press(" ", button);
    assert.equal(page.kernel.traits[trait], value);
    assert.notEqual(button.getAttribute("aria-pressed"), pressed);
    await page.press("Enter");
    assert.equal(page.kernel.traits[trait], before);
    assert.equal(button.getAttribute("aria-pressed"), pressed);
  }
});

test("sliders say what their numbers are", async () => {
  const page = await OpenedPage.open(small(6, 60, { epsilon: 0.4, theta: 1 }));
  for (const [name, text] of [
    ["Rotation plane", "1 of 15"],
    ["Epsilon", "0.40, a cone of ±66°"],
    ["Spotlight angle", "57.3°"],
    ["Angular resolution", "360 angles, 1° apart"],
  ] as const) {
    assert.equal(plain(page.slider(name).getAttribute("aria-valuetext")), text);
  }
  const steps = await OpenedPage.open(stepped(4));
  assert.equal(steps.slider("Step").getAttribute("aria-valuetext"), "epoch 3 (4 of 4)");
});

describe("the order of planes", () => {
  test("is what the slider runs through", async () => {
    const page = await OpenedPage.open(small(6, 300, { epsilon: 0.5, pair: [2, 4] }));
    const select = page.get("combobox", "Plane order") as HTMLSelectElement;
    const names = [...select.options].map((option) => option.textContent);
    assert.deepEqual(names, ["Index", "Alignment", "Coactivation", "Peak"]);
    const slider = page.slider("Rotation plane");
    for (const order of ["alignment", "coactivation", "peak"] as const) {
      await page.fill(select, order);
      assert.deepEqual(page.trait("pair"), [2, 4]);
      const ranked = page.kernel.survey.ranked(order);
      const rank = 1 + ranked.findIndex(([i, j]) => i === 2 && j === 4);
      assert.equal(slider.getAttribute("aria-valuetext"), `${rank} of 15`);
      assert.equal(page.text(".srm-map-title"), `Planes by ${order}`);
      assert.ok(page.text(".srm-map-line").includes(`rank ${rank} of 15`));
    }
    const ranked = page.kernel.survey.ranked("peak");
    await page.press("Home", slider);
    assert.deepEqual(page.trait("pair"), ranked[0]);
    await page.press("ArrowRight", slider);
    assert.deepEqual(page.trait("pair"), ranked[1]);
    await page.fill(select, "index");
    assert.deepEqual(page.trait("pair"), ranked[1]);
  });

  test("ends a sweep when it changes", async () => {
    const page = await OpenedPage.open(small(6, 60, { epsilon: 0.5 }));
    await page.click(page.button("Play"));
    assert.ok(page.has("button", "Pause"));
    await page.fill(page.get("combobox", "Plane order"), "peak");
    assert.ok(page.has("button", "Play"));
  });
});

test("over counts ε goes in levels", async () => {
  const levels = [0.5, 0.7, 0.9];
  const page = await OpenedPage.open(small(4, 300, { epsilon: 0.7, resolution: 72, levels }));
  assert.ok(page.slider("Angular resolution").disabled);
  assert.ok(!page.has("button", "Directions"));
  assert.ok(!page.has("combobox", "Samples as"));
  const slider = page.slider("Epsilon");
  assert.equal(slider.getAttribute("aria-valuetext"), "0.70, a cone of ±46°");
  await page.press("ArrowRight", slider);
  assert.equal(page.trait("epsilon"), 0.9);
  await page.press("ArrowRight", slider);
  await page.press("Home", slider);
  assert.deepEqual(page.kernel.requests, [{ epsilon: 0.9 }, { epsilon: 0.5 }]);
  await page.receive({ _frame: { ...(page.trait("_frame") as object), lit_angle: 1 } });
  assert.ok(page.text(".srm-rows").includes("% at 57.3°"));
});
