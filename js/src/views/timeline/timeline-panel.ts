import type { Playback } from "../../kernel/playback.ts";
import type { RequestQueue } from "../../kernel/request-queue.ts";
import { createButton, element, setText } from "../../ui/elements.ts";
import { watchLayout } from "../../ui/layout-observers.ts";
import { createSlider } from "../../ui/range-slider.ts";
import { createSelect } from "../../ui/select.ts";
import { type AlignmentChartState, createAlignmentChart } from "./alignment-chart.ts";
import { type AlignmentData, lineNames, turnedTextAt, valueTextsAt } from "./alignment-data.ts";

/** What the panel uses, and whom it tells. */
export interface TimelineOptions {
  id: string;
  requests: RequestQueue;
  playback: Playback;
  /** the user wants to see what turned bases have */
  compareWithTurned(): void;
  /** the chart has another width, px */
  resized(width: number): void;
}

/** What the panel shows beside the chart. */
export interface TimelineProps
  extends Pick<AlignmentChartState, "alignment" | "steps" | "step" | "compare"> {
  /** the step's name and number */
  text: string;
  /** why the alignment is not known, "" if it is */
  problem: string;
  isPlaying: boolean;
  /** whether turned bases are compared with only if somebody asks, and can be */
  canCompareWithTurned: boolean;
  isLate: boolean;
}

/** The panel of a timeline's steps. */
export interface TimelinePanel {
  node: HTMLElement;
  draw(props: TimelineProps): void;
  drawChart(props: AlignmentChartState): void;
}

/** Creates the select for the step to compare with. */
function createCompare(chosen: (step: number) => void, signal: AbortSignal) {
  const name = "Compare with";
  const select = createSelect(name, { "-1": "None" }, (step) => chosen(Number(step)), signal);
  const node = element("label", { class: "srm-samples" }, [name, select.node]);
  const update = (steps: readonly string[], compare: number) => {
    // Steps are only ever added.
    for (let k = select.node.length - 1; k < steps.length; k += 1) {
      select.add(String(k), steps[k] ?? "");
    }
    select.update(String(compare));
  };
  return { node, update };
}

/** Creates the legend of the lines and of the band, with their values at the step. */
function createValueLegend() {
  const texts = [element("span"), element("span")] as const;
  const turned = element("span");
  const entry = (kind: string, text: HTMLElement) =>
    element("li", {}, [element("span", { class: `srm-swatch srm-swatch-${kind}` }), text]);
  const turnedItem = entry("null", turned);
  const items = [entry("curve", texts[0]), entry("all", texts[1]), turnedItem];
  const node = element("ul", { class: "srm-legend" }, items);
  items[0]?.setAttribute("title", "The band is ± one standard error");
  const update = (chart: AlignmentData, step: number) => {
    const band = turnedTextAt(chart, step);
    setText(turned, band);
    turnedItem.hidden = band === "";
    const names = lineNames(chart);
    valueTextsAt(chart, step).forEach((value, k) => {
      const text = texts[k];
      if (text) setText(text, `${names[k]}: ${value}`);
    });
  };
  return { node, update };
}

/** Creates the panel of a timeline: the chart, the step on show, and the one to compare with. */
export function createTimelinePanel(options: TimelineOptions, signal: AbortSignal): TimelinePanel {
  const { id, requests, playback, resized } = options;
  const choose = (step: number) => {
    playback.stop();
    requests.ask("step", step);
  };
  const toggle = () => (playback.isPlaying ? playback.stop() : playback.start());
  const play = createButton("Play steps", toggle, signal, "srm-play");
  const range = { min: 0, max: 1, step: 1, moved: choose };
  const slider = createSlider({ id: `${id}-step`, label: "Step", beside: play, ...range }, signal);
  const compare = createCompare((step) => requests.tell("compare", step), signal);
  const title = element("h3", { class: "srm-part-title" });
  const legend = createValueLegend();
  const ask = createButton("Compare with turned bases", options.compareWithTurned, signal);
  const asked = element("div", { class: "srm-steps-asked" }, [ask, compare.node]);
  const parts = [title, asked, legend.node];
  const head = element("div", { class: "srm-strip-head srm-steps-head" }, parts);
  const pane = element("div");
  const label = { class: "srm-steps", role: "group", "aria-label": "Steps" };
  const node = element("section", label, [head, pane, slider.node]);
  const chart = createAlignmentChart(pane, choose, signal);
  watchLayout(pane, () => resized(Math.round(pane.clientWidth)), signal);

  const draw: TimelinePanel["draw"] = (props) => {
    const { steps, step, isPlaying } = props;
    node.hidden = steps.length < 2;
    if (node.hidden) return;
    slider.update(step, props.text, steps.length - 1);
    setText(play, isPlaying ? "Pause steps" : "Play steps");
    play.classList.toggle("srm-playing", isPlaying);
    compare.update(steps, props.compare);
    legend.update(props.alignment, step);
    ask.hidden = !props.canCompareWithTurned;
    setText(title, props.problem || props.alignment.turned?.hint || "Alignment over steps");
    chart.mark(props.isLate, props.alignment);
  };
  return { node, draw, drawChart: chart.draw };
}
