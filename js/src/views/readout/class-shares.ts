import type { Legend } from "../../protocol/frames.ts";
import { classColour, groupName, mostLitGroups, shareText } from "../../state/classes.ts";
import { element } from "../../ui/elements.ts";

const MOST_SHARES = 3;
const SHARE_NAME_LETTERS = 40;

function barOf(legend: Legend, lit: readonly number[]): HTMLElement[] {
  return legend.names.map((_, group) => {
    const part = element("span", { class: classColour(legend, group) });
    part.style.flexGrow = String(lit[group] ?? 0);
    return part;
  });
}

function shareRows(legend: Legend, lit: readonly number[]): HTMLElement[] {
  const all = lit.reduce((sum, count) => sum + count, 0);
  return mostLitGroups(lit, MOST_SHARES).map(({ group, lit: own }) => {
    const swatch = element("span", { class: "srm-class-swatch" });
    const name = element("bdi", { class: "srm-class-name" }, [
      groupName(legend, group, SHARE_NAME_LETTERS),
    ]);
    const title = groupName(legend, group, 5 * SHARE_NAME_LETTERS);
    const term = element("dt", { class: classColour(legend, group), title }, [swatch, name]);
    return element("div", { class: "srm-row" }, [term, element("dd", {}, [shareText(own, all)])]);
  });
}

/**
 * Creates the readout of the lit samples' classes: a bar of all, and the most frequent in words.
 */
export function createClassShares() {
  const bar = element("div", { class: "srm-class-bar", "aria-hidden": "true" });
  const rows = element("dl", { class: "srm-class-rows" });
  const title = element("h4", { class: "srm-class-title" }, ["lit by class"]);
  const node = element("div", { class: "srm-class-lit" }, [title, bar, rows]);

  const draw = ({ legend, lit }: { legend: Legend | undefined; lit: readonly number[] }) => {
    node.hidden = !legend || lit.length !== legend.names.length;
    if (!legend || node.hidden) return;
    // Room for all rows at all times, so that nothing below moves with the beam.
    node.style.setProperty("--srm-class-rows", String(Math.min(MOST_SHARES, legend.names.length)));
    bar.replaceChildren(...barOf(legend, lit));
    rows.replaceChildren(...shareRows(legend, lit));
  };
  return { node, draw };
}
