import { element, setAttribute, setText } from "./elements.ts";

/** What a slider is, and whom it tells. */
export interface SliderOptions {
  id: string;
  label: string;
  min: number;
  max: number;
  step: number;
  /** a control beside the caption */
  beside?: HTMLElement;
  /** the user moved it */
  moved(value: number): void;
  /** the user is about to move it; `stride` is by how much for a pixel or a key */
  near?(stride: number): void;
}

/** A slider with a caption and a text for its value. */
export interface Slider {
  node: HTMLElement;
  /** `text` is shown beside it; screen readers say `spoken` */
  update(value: number, text: string, max?: number, spoken?: string): void;
}

/** Width of the thumb, px: the pointer's way is shorter by it. */
const THUMB = 18;

/**
 * Creates a native range input that never writes back what it is shown: a value between its steps
 * is shown in full beside it, while the thumb goes to the nearest step.
 */
export function createSlider(options: SliderOptions, signal: AbortSignal): Slider {
  const { id, label, min, max, step } = options;
  const input = element("input", {
    id,
    type: "range",
    min: String(min),
    max: String(max),
    step: String(step),
  });
  const output = element("span", { class: "srm-value", "aria-hidden": "true" });
  const caption = element("label", { for: id }, [label]);
  const head = element("div", { class: "srm-caption" }, [caption]);
  if (options.beside) head.append(options.beside);
  const node = element("div", { class: "srm-slider" }, [head, input, output]);
  input.addEventListener("input", () => options.moved(input.valueAsNumber), { signal });
  const { near } = options;
  if (near) {
    const pixels = () => (Number(input.max) - min) / Math.max(1, input.clientWidth - THUMB);
    input.addEventListener("pointerenter", () => near(pixels()), { signal });
    input.addEventListener("pointerdown", () => near(pixels()), { signal });
    // By a key: the press of a pointer brings the focus too.
    const focused = () => input.matches(":focus-visible") && near(step);
    input.addEventListener("focus", focused, { signal });
    input.addEventListener("keydown", () => near(step), { signal });
  }

  const update = (value: number, text: string, most = max, spoken = text) => {
    const top = Math.max(min, most);
    setAttribute(input, "max", String(top));
    input.disabled = top === min;
    if (input.valueAsNumber !== value) input.value = String(value);
    const filled = top > min ? (Math.min(top, Math.max(min, value)) - min) / (top - min) : 0;
    input.style.setProperty("--srm-filled", filled.toFixed(4));
    setAttribute(input, "aria-valuetext", spoken);
    setText(output, text);
  };
  return { node, update };
}
