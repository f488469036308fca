import { createButton, element, setAttribute, setText } from "../../ui/elements.ts";

const PAIRS = "Pairs";

const TEXT: readonly (readonly [string, string])[] = [
  [
    "Spotlight",
    "A cone of light turns through the plane of two directions. At each angle θ it counts the samples " +
      "whose direction lies in the cone. ε is the cosine of its half-angle: a larger ε, a narrower cone.",
  ],
  [
    "Disc and dots",
    "Dots are samples in that plane. Lit are exactly those beyond the chord. All planes: " +
      "what each lights, laid together.",
  ],
  [
    "Curve and band",
    "The further out the curve, the more samples the spotlight lights there. " +
      "The band is a 95 % interval.",
  ],
  ["Dashed ring", "What the spotlight would light if samples pointed everywhere alike."],
  ["Map", "Each cell is a plane, its colour the score. Click one to see it."],
  [
    PAIRS,
    "First those with more samples between them than by chance, of whatever signs. The peak says " +
      "which: 45° both positive, 135° or 315° one against the other.",
  ],
  [
    "Find direction",
    "By name, number or label; − in front is its negative. Turn to the peak: where most are lit.",
  ],
  [
    "Layer",
    "A₄ weighs all samples, whatever ε: 1 on the directions, 0 where they point everywhere " +
      "alike, negative between. Beside it: on how many directions a sample stands.",
  ],
];

const cautionText = (canTest: boolean) =>
  `proves little. Samples may crowd there whatever the basis: ${
    canTest ? "Test alignment, a rotation test," : "a rotation test, in Python,"
  } asks whether turned bases do as well. ` +
  "At large ε few samples are lit, and few make a peak. And of many planes the " +
  "best stands out by chance.";

/** What of the scope there is on this page. */
export interface HelpProps {
  /** whether the layer can be tested against turned bases */
  canTest: boolean;
  /** whether there is a list of pairs, or may be one */
  hasPairs: boolean;
}

/** A button that opens a panel with help. */
export interface Help {
  button: HTMLButtonElement;
  panel: HTMLElement;
  draw(props: HelpProps): void;
  /** closes the panel, if it is open */
  close(): void;
}

/** Creates the help: what the scope shows, for those who see one for the first time. */
export function createHelp(id: string, signal: AbortSignal): Help {
  const row = (term: string, text: string) => ({
    term: element("dt", {}, [term]),
    text: element("dd", {}, [text]),
  });
  const rows = new Map(TEXT.map(([term, text]) => [term, row(term, text)]));
  const caution = row("A peak alone", cautionText(true));
  const all = [...rows.values(), caution].flatMap(({ term, text }) => [term, text]);
  const list = element("dl", {}, all);
  const title = element("h3", {}, ["How to read this"]);
  const names = { class: "srm-help", id: `${id}-help`, "aria-label": "How to read this" };
  const panel = element("section", names, [title, list]);
  const show = (shown: boolean) => {
    panel.hidden = !shown;
    setAttribute(button, "aria-expanded", String(shown));
  };
  const button = createButton("?", () => show(Boolean(panel.hidden)), signal, "srm-help-button");
  button.title = "How to read this";
  button.setAttribute("aria-label", "How to read this");
  button.setAttribute("aria-controls", panel.id);
  show(false);
  const draw = ({ canTest, hasPairs }: HelpProps) => {
    setText(caution.text, cautionText(canTest));
    const pairs = rows.get(PAIRS);
    if (pairs) pairs.term.hidden = pairs.text.hidden = !hasPairs;
  };
  const close = () => {
    if (panel.hidden) return;
    if (panel.matches(":focus-within")) button.focus();
    show(false);
  };
  return { button, panel, draw, close };
}
