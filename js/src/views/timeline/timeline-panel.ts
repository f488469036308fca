import { sameValue } from "../../base/equality.ts";
import type { Player } from "../../kernel/playback.ts";
import type { Requests } from "../../kernel/request-queue.ts";
import type { ScopeModel } from "../../protocol/traits.ts";
import type { Shown } from "../../state/shown.ts";
import type { ViewState } from "../../state/view-state.ts";
import { createButton, element, setText } from "../../ui/elements.ts";
import { watchLayout } from "../../ui/layout-observers.ts";
import { createSlider } from "../../ui/range-slider.ts";
import { createChoice } from "../../ui/select.ts";
import { createCourse } from "./alignment-chart.ts";
import { type Course, courseReader, valuesAt } from "./alignment-data.ts";

export interface StepsOptions {
  id: string;
  model: ScopeModel;
  requests: Requests;
  player: Player;
  /** the panel has another width */
  resized(): void;
}

export interface StepsView {
  node: HTMLElement;
  update(shown: Shown, state: ViewState): void;
}

/** Chooses the step that is drawn beside the one on show. */
function createCompare(chosen: (step: number) => void, signal: AbortSignal) {
  const name = "Compare with";
  const choice = createChoice(name, { "-1": "None" }, (step) => chosen(Number(step)), signal);
  const node = element("label", { class: "srm-samples" }, [name, choice.node]);
  const update = (steps: readonly string[], compare: number) => {
    // Steps are only ever added.
    for (let k = choice.node.length - 1; k < steps.length; k += 1) {
      choice.add(String(k), steps[k] ?? "");
    }
    choice.update(String(compare));
  };
  return { node, update };
}

/** Names and colours of the two lines, with their values at the step. */
function createKey() {
  const texts = [element("span"), element("span")] as const;
  const entry = (kind: string, text: HTMLElement) =>
    element("li", {}, [element("span", { class: `srm-swatch srm-swatch-${kind}` }), text]);
  const items = [entry("curve", texts[0]), entry("all", texts[1])];
  const node = element("ul", { class: "srm-legend" }, items);
  const update = (course: Course, step: number) => {
    const [plane, all] = valuesAt(course, step);
    setText(texts[0], `this plane ${plane}`);
    setText(texts[1], `all planes ${all}`);
  };
  return { node, update };
}

/** The steps of a timeline: which one is on show, with which it is compared, what becomes of all. */
export function createSteps(options: StepsOptions, signal: AbortSignal): StepsView {
  const { id, model, requests, player, resized } = options;
  const choose = (step: number) => {
    player.stop();
    requests.ask("step", step);
  };
  const toggle = () => (player.playing ? player.stop() : player.start());
  const play = createButton("Play steps", toggle, signal, "srm-play");
  const range = { min: 0, max: 1, step: 1, moved: choose };
  const slider = createSlider({ id: `${id}-step`, label: "Step", beside: play, ...range }, signal);
  const compare = createCompare((step) => requests.tell("compare", step), signal);
  const title = element("h3", { class: "srm-part-title" });
  const key = createKey();
  const head = element("div", { class: "srm-strip-head" }, [title, key.node, compare.node]);
  const chart = element("div");
  const label = { class: "srm-steps", role: "group", "aria-label": "Steps" };
  const node = element("section", label, [head, chart, slider.node]);
  const course = createCourse(chart, choose, signal);
  const read = courseReader(model);
  let width: number | undefined;
  const relaid = () => {
    width = undefined;
    resized();
  };
  watchLayout(chart, relaid, signal);

  const update = (shown: Shown, { texts }: ViewState) => {
    const { steps, step } = shown;
    node.hidden = steps.length < 2;
    if (node.hidden) return;
    width ??= Math.round(chart.clientWidth);
    const now = read();
    const { frame } = now;
    slider.update(step, texts.step, steps.length - 1);
    setText(play, player.playing ? "Pause steps" : "Play steps");
    play.classList.toggle("srm-playing", player.playing);
    compare.update(steps, shown.compare);
    key.update(now, step);
    setText(title, frame.problem || "Alignment over steps");
    const pending = !sameValue(frame.pair, shown.pair) || frame.epsilon !== shown.epsilon;
    course.draw({ course: now, steps, step, compare: shown.compare, width, pending });
  };
  return { node, update };
}
