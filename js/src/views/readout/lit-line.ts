import { LIT, type ReadoutRow } from "../../state/view-state.ts";
import { element, setBusy, setText } from "../../ui/elements.ts";

/** What the line says. */
export interface LitLineProps {
  rows: readonly ReadoutRow[];
  /** whether it is of values asked for before */
  pending: boolean;
}

/**
 * Creates the line under the picture that says how many samples are lit, for places so narrow that
 * the readout is far below. Screen readers have the readout.
 */
export function createLitLine() {
  const value = element("span");
  const label = element("span", { class: "srm-lit-label" }, [LIT]);
  const node = element("p", { class: "srm-lit", "aria-hidden": "true" }, [label, " ", value]);
  const draw = ({ rows, pending }: LitLineProps) => {
    const text = rows.find((row) => row.label === LIT)?.value ?? "";
    node.hidden = text === "";
    setText(value, text);
    setBusy(node, pending);
  };
  return { node, draw };
}
