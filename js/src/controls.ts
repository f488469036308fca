import { createField } from "./direction-field.ts";
import { element } from "./dom.ts";
import { degrees, radians } from "./geometry.ts";
import { createOrder } from "./plane-order.ts";
import type { Requests } from "./requests.ts";
import { createSlider, type SliderOptions } from "./slider.ts";
import type { Pair } from "./traits.ts";
import type { Shown, ViewState } from "./view-state.ts";

export interface ControlsOptions {
  id: string;
  requests: Requests;
  pair(): Pair;
  /** the user took hold of what chooses the plane */
  planeTouched(): void;
  refused(refusal: string): void;
  /** what the kernel refused is not there any more */
  withdrawn(): void;
}

export interface Controls {
  node: HTMLElement;
  update(shown: Shown, state: ViewState): void;
}

function sliders(
  { id, requests, planeTouched }: ControlsOptions,
  order: HTMLElement,
  signal: AbortSignal,
) {
  const make = (
    name: "position" | "epsilon" | "resolution" | "theta",
    label: string,
    range: [min: number, max: number, step: number],
    more: Partial<SliderOptions> = {},
  ) => {
    const [min, max, step] = range;
    const moved = (value: number) => requests.ask(name, value);
    return createSlider({ id: `${id}-${name}`, label, min, max, step, moved, ...more }, signal);
  };
  const toPosition = (value: number) => {
    planeTouched();
    requests.ask("position", value);
  };
  return {
    position: make("position", "Rotation plane", [0, 0, 1], { beside: order, moved: toPosition }),
    epsilon: make("epsilon", "Epsilon", [-1, 1, 0.01]),
    resolution: make("resolution", "Angular resolution", [4, 2880, 4]),
    theta: make("theta", "Spotlight angle", [0, 359, 1], {
      moved: (value) => requests.ask("theta", radians(value)),
    }),
  };
}

function planeFields(options: ControlsOptions, signal: AbortSignal) {
  const { id, requests, pair, planeTouched, refused, withdrawn } = options;
  const choose = (chosen: Pair) => {
    planeTouched();
    requests.ask("pair", chosen);
  };
  const first = createField(
    {
      id: `${id}-first`,
      label: "First direction",
      committed: (value) => choose([value, pair()[1]]),
      refused,
      left: withdrawn,
    },
    signal,
  );
  const second = createField(
    {
      id: `${id}-second`,
      label: "Second direction",
      committed: (value) => choose([pair()[0], value]),
      refused,
      left: withdrawn,
    },
    signal,
  );
  const swap = element("button", { type: "button", class: "srm-button srm-swap" }, ["Swap"]);
  swap.title = "Show the mirror image: second direction first";
  swap.addEventListener("click", () => choose([pair()[1], pair()[0]]), { signal });
  const node = element("div", { class: "srm-fields" }, [first.node, swap, second.node]);
  return { node, first, second };
}

export function createControls(options: ControlsOptions, signal: AbortSignal): Controls {
  const order = createOrder((chosen) => {
    options.planeTouched();
    options.requests.ask("order", chosen);
  }, signal);
  const { position, epsilon, resolution, theta } = sliders(options, order.node, signal);
  const { node: fields, first, second } = planeFields(options, signal);
  const inOrder = [position.node, fields, epsilon.node, theta.node, resolution.node];
  const node = element("div", { class: "srm-controls" }, inOrder);

  const update = (shown: Shown, { texts }: ViewState) => {
    order.update(shown.order);
    position.update(shown.position, texts.position, shown.layer.n_planes - 1);
    epsilon.update(shown.epsilon, texts.epsilon);
    resolution.update(shown.resolution, texts.resolution);
    theta.update(Math.round(degrees(shown.theta)) % 360, texts.theta);
    const asking = options.requests.busy;
    first.update(shown.pair[0], shown.layer.n_directions, asking);
    second.update(shown.pair[1], shown.layer.n_directions, asking);
  };
  return { node, update };
}
