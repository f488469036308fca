import type { NavigatorKind } from "../../protocol/frames.ts";
import { createChoices } from "../../ui/choices.ts";
import { element } from "../../ui/elements.ts";

/** What the navigator shows. */
export interface NavigatorProps {
  isShown: boolean;
  kind: NavigatorKind;
  /** whether pairs can be listed */
  hasPairs: boolean;
}

const NAMES: Record<NavigatorKind, string> = { map: "Planes", pairs: "Pairs" };

/** Creates the navigator of all planes: its parts, and what chooses between them. */
export function createNavigator(
  parts: Record<NavigatorKind, HTMLElement>,
  choose: (kind: NavigatorKind) => void,
  signal: AbortSignal,
) {
  const choices = createChoices("Show planes as", NAMES, choose, signal);
  const named = { class: "srm-navigator", role: "group", "aria-label": "Navigator" };
  const node = element("section", named, [choices.node, parts.map, parts.pairs]);

  const draw = ({ isShown, kind, hasPairs }: NavigatorProps) => {
    node.hidden = !isShown;
    choices.node.hidden = !hasPairs;
    choices.update(kind);
  };
  return { node, draw };
}
