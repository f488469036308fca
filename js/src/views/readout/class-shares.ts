import { watchChanges } from "../../base/memoize.ts";
import type { Frame, Legend } from "../../protocol/frames.ts";
import { colourClass, litMost, nameOf, shareText } from "../../state/classes.ts";
import { element } from "../../ui/elements.ts";

const MOST = 3;

const LETTERS = 40;

function barOf(legend: Legend, lit: readonly number[]): HTMLElement[] {
  return legend.names.map((_, group) => {
    const part = element("span", { class: colourClass(legend, group) });
    part.style.flexGrow = String(lit[group] ?? 0);
    return part;
  });
}

function rowsOf(legend: Legend, lit: readonly number[]): HTMLElement[] {
  const all = lit.reduce((sum, count) => sum + count, 0);
  return litMost(lit, MOST).map(({ group, lit: own }) => {
    const swatch = element("span", { class: "srm-class-swatch" });
    const name = element("bdi", { class: "srm-class-name" }, [nameOf(legend, group, LETTERS)]);
    const title = nameOf(legend, group, 5 * LETTERS);
    const term = element("dt", { class: colourClass(legend, group), title }, [swatch, name]);
    return element("div", { class: "srm-row" }, [term, element("dd", {}, [shareText(own, all)])]);
  });
}

/** Of which classes the lit samples are: a bar of all, and the most frequent in words. */
export function createClassLit() {
  const bar = element("div", { class: "srm-class-bar", "aria-hidden": "true" });
  const rows = element("dl", { class: "srm-class-rows" });
  const title = element("h4", { class: "srm-class-title" }, ["lit by class"]);
  const node = element("div", { class: "srm-class-lit" }, [title, bar, rows]);
  const changed = watchChanges();

  const update = (legend: Legend | undefined, frame: Frame | undefined) => {
    const lit = frame?.class_lit ?? [];
    node.hidden = !legend || lit.length !== legend.names.length;
    if (!legend || node.hidden || !changed(legend, lit.join())) return;
    // Room for all rows at all times, so that nothing below moves with the beam.
    node.style.setProperty("--srm-class-rows", String(Math.min(MOST, legend.names.length)));
    bar.replaceChildren(...barOf(legend, lit));
    rows.replaceChildren(...rowsOf(legend, lit));
  };
  return { node, update };
}
