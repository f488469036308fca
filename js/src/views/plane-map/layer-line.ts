import { createAnnouncer } from "../../ui/announcer.ts";
import { createButton, element, setAttribute, setBusy, setText } from "../../ui/elements.ts";
import { LAYER_TITLE, type LayerLineProps, layerFacts, testLine } from "./layer-text.ts";

const BUTTON_NAMES = {
  test: "Test alignment against turned bases",
  stop: "Stop the test",
} as const;
const BUTTON_TITLES = {
  test: "Whether turned bases are aligned as well: layer and planes, not their coactivation or peak",
  stop: BUTTON_NAMES.stop,
} as const;
const TEST = "Test alignment";

/** Creates the line about the layer, and the button that tests it, or ends the test. */
export function createLayerLine(ask: (type: "test" | "stop") => void, signal: AbortSignal) {
  const facts = element("p", { class: "srm-layer-facts", title: LAYER_TITLE });
  let isOffered = false;
  let type: "test" | "stop" = "test";
  const pressed = () => {
    if (isOffered) ask(type);
  };
  const button = createButton(TEST, pressed, signal);
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
    isOffered = line.isOffered || line.isRunning;
    type = line.isRunning ? "stop" : "test";
    button.hidden = !props.canTest;
    setText(button, line.isRunning ? "Stop" : TEST);
    setAttribute(button, "aria-label", BUTTON_NAMES[type]);
    button.title = BUTTON_TITLES[type];
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
