/**
 * The polar picture and the chart of the alignment, compared with those in `tests/stored/`. Where a
 * picture is meant to be another, write them anew, and look at what has changed:
 *
 *     js/npm exec -- node --test --test-update-snapshots tests/page/pictures.test.ts
 */

import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { layout } from "../support/dom.ts";
import type { FakeLayer } from "../support/kernel/fake-kernel.ts";
import { small, stepped } from "../support/layers.ts";
import { OpenedPage } from "../support/opened-page.ts";

const round = (number: string): string => String(Number(Number(number).toFixed(1)) + 0);

const isGeometry = (name: string): boolean => name !== "class" && !name.startsWith("aria-");

/** A picture as text, an element a line; its numbers to a tenth of a pixel. */
function written(node: Element, depth = 0): string {
  const attributes = [...node.attributes].map(({ name, value }) => {
    const text = isGeometry(name) ? value.replaceAll(/-?\d*\.\d+(?:e-?\d+)?/g, round) : value;
    return ` ${name}="${text}"`;
  });
  const indent = "  ".repeat(depth);
  const open = `${indent}<${node.localName}${attributes.join("")}`;
  if (node.children.length === 0) return `${open}>${node.textContent}</${node.localName}>`;
  const children = [...node.children].map((child) => written(child, depth + 1));
  return [`${open}>`, ...children, `${indent}</${node.localName}>`].join("\n");
}

async function matches(
  t: TestContext,
  name: string,
  selector: string,
  layer: FakeLayer,
  width: number,
): Promise<void> {
  layout.width = width;
  const page = await OpenedPage.open(layer);
  const file = fileURLToPath(new URL(`../stored/${name}.svg`, import.meta.url));
  const picture = `${written(page.one(selector))}\n`;
  t.assert.fileSnapshot(picture, file, { serializers: [String] });
}

const beam = (more: Partial<FakeLayer> = {}): FakeLayer =>
  small(4, 60, { resolution: 36, theta: 0.8, epsilon: 0.5, ...more });

function skewed(): FakeLayer {
  const layer = beam();
  const [first = [], , ...others] = layer.basis;
  return { ...layer, basis: [first, [Math.cos(0.6), Math.sin(0.6), 0, 0], ...others] };
}

const LABELS = Array.from({ length: 60 }, (_, k) => ["cat", "dog", "owl"][k % 3] ?? "");

const POLAR: Record<string, FakeLayer> = {
  plain: beam(),
  "nothing-lit": beam({ epsilon: 1 }),
  "everything-lit": beam({ epsilon: -1 }),
  "without-samples": beam({ cloud: "off" }),
  signed: beam({ signed: true }),
  gain: beam({ scale: "gain" }),
  classes: beam({ labels: LABELS, by_class: true, hidden_classes: [1] }),
  marked: beam({ highlight: [3, 50] }),
  "two-directions": small(2, 60, { resolution: 36, theta: 4, epsilon: 0.9 }),
  skewed: skewed(),
  compared: stepped(3, { resolution: 36, compare: 0 }),
  "compared-signed": stepped(3, { resolution: 36, compare: 0, signed: true, scale: "gain" }),
};

for (const [name, layer] of Object.entries(POLAR)) {
  test(`the picture "${name}" is the stored one`, async (t) => {
    await matches(t, `polar-${name}`, ".srm-polar", layer, 480);
  });
}

test("the narrow picture is the stored one", async (t) => {
  await matches(
    t,
    "polar-narrow",
    ".srm-polar",
    beam({ names: ["a name of many letters", "b", "c", "d"] }),
    296,
  );
});

const CHARTS: Record<string, FakeLayer> = {
  steps: stepped(5, { resolution: 36, step: 3, compare: 1 }),
  "two-steps": stepped(2, { resolution: 36, compare: -1 }),
};

for (const [name, layer] of Object.entries(CHARTS)) {
  test(`the chart "${name}" is the stored one`, async (t) => {
    await matches(t, `alignment-${name}`, ".srm-course", layer, 480);
  });
}
