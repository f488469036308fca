import { createButton, element, setAttribute } from "./elements.ts";

/** Creates a switch: buttons side by side, of which one is pressed. */
export function createChoices<K extends string>(
  name: string,
  texts: Record<K, string>,
  chosen: (choice: K) => void,
  signal: AbortSignal,
) {
  const buttons = (Object.keys(texts) as K[]).map((choice) => ({
    choice,
    node: createButton(texts[choice], () => chosen(choice), signal, "srm-choice"),
  }));
  const node = element(
    "div",
    { class: "srm-choices", role: "group", "aria-label": name },
    buttons.map((button) => button.node),
  );
  const update = (choice: K) => {
    for (const each of buttons)
      setAttribute(each.node, "aria-pressed", String(each.choice === choice));
  };
  return { node, update };
}
