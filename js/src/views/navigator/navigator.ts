import type { NavigatorKind } from "../../protocol/frames.ts";
import { createButton, element, setAttribute } from "../../ui/elements.ts";

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
  const kinds = Object.keys(NAMES) as NavigatorKind[];
  const buttons = kinds.map((kind) => ({
    kind,
    node: createButton(NAMES[kind], () => choose(kind), signal, "srm-choice"),
  }));
  const label = { class: "srm-choices", role: "group", "aria-label": "Show planes as" };
  const choices = element(
    "div",
    label,
    buttons.map(({ node }) => node),
  );
  const named = { class: "srm-navigator", role: "group", "aria-label": "Navigator" };
  const node = element("section", named, [choices, parts.map, parts.pairs]);

  const draw = ({ isShown, kind, hasPairs }: NavigatorProps) => {
    node.hidden = !isShown;
    choices.hidden = !hasPairs;
    for (const each of buttons) setAttribute(each.node, "aria-pressed", String(each.kind === kind));
  };
  return { node, draw };
}
