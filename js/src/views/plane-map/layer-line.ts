import { createAnnouncer } from "../../ui/announcer.ts";
import { createButton, element, setAttribute, setBusy, setText } from "../../ui/elements.ts";
import { LAYER_TITLE, type LayerLineProps, layerFacts, testLine } from "./layer-text.ts";

const BUTTON_NAME = "Test against turned bases";

/** Creates the line about the layer, and the button that tests it. */
export function createLayerLine(test: () => void, signal: AbortSignal) {
  const facts = element("p", { class: "srm-layer-facts", title: LAYER_TITLE });
  let isOffered = false;
  const pressed = () => {
    if (isOffered) test();
  };
  const button = createButton("Test", pressed, signal);
  button.setAttribute("aria-label", BUTTON_NAME);
  button.title = BUTTON_NAME;
  const result = element("p", { class: "srm-layer-test" });
  const status = element("p", { class: "srm-unseen", "aria-live": "polite" });
  const node = element("div", { class: "srm-layer" }, [facts, button, result, status]);
  const announce = createAnnouncer(status, signal);

  const draw = (props: LayerLineProps) => {
    const { text, isKnown, isLate } = layerFacts(props);
    setText(facts, text);
    facts.classList.toggle("srm-layer-unknown", !isKnown);
    setBusy(facts, isLate);
    const line = testLine(props);
    isOffered = line.isOffered;
    button.hidden = !props.canTest;
    // Not disabled: it would lose the focus to a press.
    setAttribute(button, "aria-disabled", String(!isOffered));
    setText(result, line.text);
    result.title = line.title;
    result.hidden = !props.canTest && line.text === "";
    result.classList.toggle("srm-layer-failed", line.isFailed);
    announce(line.said);
  };
  return { node, draw };
}
