import { integer } from "../../base/format.ts";
import type { PayloadFrame } from "../../protocol/frames.ts";
import { element, setText } from "../../ui/elements.ts";

const date = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

function dateText(day: string): string {
  const time = Date.parse(day);
  return Number.isNaN(time) ? day : date.format(time);
}

/** Says which samples a page without a kernel holds, and where they are from. */
export function provenanceText(frame: PayloadFrame, step: number): string {
  const { n = 0, n_all = 0 } = frame.steps[step] ?? {};
  const samples =
    n < n_all
      ? `a uniform random subsample of ${integer(n)} of ${integer(n_all)} samples (seed ${frame.seed})`
      : n === 1
        ? "the only sample"
        : `all ${integer(n)} samples`;
  const held = `${samples} in ${integer(frame.n_dims)} dimensions`;
  const came = frame.saved ? `saved ${dateText(frame.saved)}` : "read from a file";
  const source = `${came} with srm_widget ${frame.version}`;
  return `Counted by this page itself, from ${held}; ${source}.`;
}

/** Creates the line that says which samples the page holds; hidden where a kernel answers. */
export function createProvenance() {
  const node = element("p", { class: "srm-provenance", hidden: "" });
  const draw = ({ source, step }: { source: PayloadFrame | undefined; step: number }) => {
    node.hidden = !source;
    if (source) setText(node, provenanceText(source, step));
  };
  return { node, draw };
}
