import type { MoveHints } from "../../answers/move-hints.ts";
import { degrees, radians } from "../../base/angles.ts";
import type { RequestQueue } from "../../kernel/request-queue.ts";
import type { Order, Pair } from "../../protocol/frames.ts";
import { LEADING, PER_DIRECTION, RESOLUTIONS } from "../../protocol/limits.ts";
import type { Asked } from "../../protocol/traits.ts";
import type { ScopeState } from "../../state/shown.ts";
import type { ViewState } from "../../state/view-state.ts";
import { createButton, element } from "../../ui/elements.ts";
import { createNumberField } from "../../ui/number-field.ts";
import { createSlider, type SliderOptions } from "../../ui/range-slider.ts";
import { createSelect } from "../../ui/select.ts";
import { createFindField, type FindFieldProps } from "./find-field.ts";

/** What the controls use, and whom they tell. */
export interface ControlPanelOptions {
  id: string;
  requests: RequestQueue;
  hints: MoveHints;
  pair(): Pair;
  /** the user uses a control that chooses the plane */
  planeTouched(): void;
  refused(refusal: string): void;
  /** the user has left an entry that the kernel refused */
  withdrawn(): void;
  /** the name of a direction among those that are named */
  nameOf(names: readonly string[], direction: number): string;
  /** the user chose a direction, and with it a plane */
  directionChosen(direction: number, sign: 1 | -1): void;
  /** the user wants the spotlight where the curve is largest */
  peakWanted(): void;
}

/** What the controls show. */
export interface ControlPanelProps
  extends Pick<
      ScopeState,
      "pair" | "order" | "position" | "epsilon" | "resolution" | "theta" | "layer"
    >,
    Pick<ViewState, "texts" | "spoken"> {
  /** whether an answer is waited for, so that an entry is not wrong yet */
  isBusy: boolean;
  /** whether anything is lit in the plane on show */
  hasPeak: boolean;
  /** what was asked for last; a control may show that though something else is on show */
  wanted: Partial<Asked>;
}

/** The sliders and fields that choose the view. */
export interface ControlPanel {
  node: HTMLElement;
  draw(props: ControlPanelProps): void;
  /** shows nothing: what is found is among these */
  drawFinder(props: FindFieldProps): void;
}

const PEAK_TITLE = "Point the spotlight where most samples of this plane are lit, the first such θ";

/** Creates the field that finds directions, and beside it the button that turns to the peak. */
function createAiming(options: ControlPanelOptions, signal: AbortSignal) {
  const { id, nameOf, directionChosen, peakWanted } = options;
  const find = createFindField({ id, nameOf, chosen: directionChosen }, signal);
  const peak = createButton("Turn to the peak", peakWanted, signal, "srm-to-peak");
  peak.title = PEAK_TITLE;
  const node = element("div", { class: "srm-aiming" }, [find.node, peak]);
  return { node, find, peak };
}

function sliders(
  { id, requests, hints, planeTouched }: ControlPanelOptions,
  orderSelect: HTMLElement,
  known: { levels: readonly number[] },
  signal: AbortSignal,
) {
  const make = (
    name: "position" | "epsilon" | "resolution" | "theta",
    label: string,
    range: [min: number, max: number, step: number],
    more: Partial<SliderOptions> = {},
  ) => {
    const [min, max, step] = range;
    const own: SliderOptions = {
      id: `${id}-${name}`,
      label,
      min,
      max,
      step,
      moved: (value: number) => requests.ask(name, value),
      near: () => hints.beamTouched(),
    };
    return createSlider({ ...own, ...more }, signal);
  };
  const toPosition = (value: number) => {
    planeTouched();
    requests.ask("position", hints.nearestReady(value));
  };
  const near = (stride: number) => hints.planeSliderTouched(stride);
  return {
    position: make("position", "Rotation plane", [0, 0, 1], {
      beside: orderSelect,
      moved: toPosition,
      near,
    }),
    epsilon: make("epsilon", "Epsilon", [-1, 1, 0.01]),
    level: make("epsilon", "Epsilon", [0, 0, 1], {
      id: `${id}-level`,
      moved: (place) => requests.ask("epsilon", known.levels[place] ?? 0),
    }),
    resolution: make("resolution", "Angular resolution", [...RESOLUTIONS, 4]),
    theta: make("theta", "Spotlight angle", [0, 359, 1], {
      moved: (value) => requests.ask("theta", radians(value)),
    }),
  };
}

function planeFields(options: ControlPanelOptions, signal: AbortSignal) {
  const { id, requests, pair, planeTouched, refused, withdrawn } = options;
  const choose = (chosen: Pair) => {
    planeTouched();
    requests.ask("pair", chosen);
  };
  const field = (name: string, label: string, plane: (value: number) => Pair) =>
    createNumberField(
      {
        id: `${id}-${name}`,
        label: `${label} direction`,
        committed: (value) => choose(plane(value)),
        refused,
        left: withdrawn,
      },
      signal,
    );
  const first = field("first", "First", (value) => [value, pair()[1]]);
  const second = field("second", "Second", (value) => [pair()[0], value]);
  const swapped = () => choose([pair()[1], pair()[0]]);
  const swap = createButton("Swap", swapped, signal, "srm-swap");
  swap.title = "Show the mirror image: second direction first";
  const node = element("div", { class: "srm-fields" }, [first.node, swap, second.node]);
  return { node, first, second };
}

const ORDER_NAMES: Record<Order, string> = {
  index: "Index",
  alignment: "Alignment",
  coactivation: "Coactivation",
  peak: "Peak",
};

const ORDER_TITLE = `Best first; of the first ${LEADING} at most ${PER_DIRECTION} share a direction`;

/** Creates the select for the order of the planes. */
function createOrderSelect(chosen: (order: Order) => void, signal: AbortSignal) {
  const select = createSelect(
    "Plane order",
    ORDER_NAMES,
    (order) => chosen(order as Order),
    signal,
  );
  const node = element("span", { class: "srm-order", title: ORDER_TITLE }, ["by", select.node]);
  return { node, update: select.update };
}

/** Creates the sliders and fields that choose the view. */
export function createControlPanel(
  options: ControlPanelOptions,
  signal: AbortSignal,
): ControlPanel {
  // Of ε, where only some are counted.
  const known: { levels: readonly number[] } = { levels: [] };
  const planeOrder = createOrderSelect((chosen) => {
    options.planeTouched();
    options.requests.ask("order", chosen);
  }, signal);
  const { position, epsilon, level, resolution, theta } = sliders(
    options,
    planeOrder.node,
    known,
    signal,
  );
  const { node: fields, first, second } = planeFields(options, signal);
  const aiming = createAiming(options, signal);
  const inOrder = [
    position.node,
    fields,
    aiming.node,
    epsilon.node,
    level.node,
    theta.node,
    resolution.node,
  ];
  const node = element("div", { class: "srm-controls" }, inOrder);

  const draw: ControlPanel["draw"] = ({ texts, spoken, isBusy, hasPeak, ...shown }) => {
    aiming.peak.disabled = !hasPeak;
    planeOrder.update(shown.order);
    position.update(shown.position, texts.position, shown.layer.n_planes - 1);
    const { levels } = shown.layer;
    known.levels = levels;
    epsilon.node.hidden = levels.length > 0;
    level.node.hidden = !epsilon.node.hidden;
    epsilon.update(shown.epsilon, texts.epsilon, undefined, spoken.epsilon);
    const top = levels.length - 1;
    level.update(levels.indexOf(shown.epsilon), texts.epsilon, top, spoken.epsilon);
    const only = levels.length ? 0 : undefined;
    resolution.update(shown.resolution, texts.resolution, only, spoken.resolution);
    theta.update(Math.round(degrees(shown.theta)) % 360, texts.theta);
    first.update(shown.pair[0], shown.layer.n_directions, isBusy);
    second.update(shown.pair[1], shown.layer.n_directions, isBusy);
  };
  return { node, draw, drawFinder: (props) => aiming.find.update(props) };
}
