import { degrees, halfAngle } from "../base/angles.ts";
import * as format from "../base/format.ts";
import { differing } from "../protocol/asked.ts";
import type { CloudFrame, Frame, Layer, Legend } from "../protocol/frames.ts";
import { mostlyText } from "./classes.ts";
import type { Shown } from "./shown.ts";

export interface Row {
  label: string;
  value: string;
}

/** The radial scale as multiples of what isotropy would light. */
export interface Gain {
  /** what is called 1 ×, or undefined where rings are per cents */
  unit: number | undefined;
  /** why there is no such scale, "" if there is */
  problem: string;
}

export interface ViewState {
  subtitle: string;
  /** something asked for is not drawn yet */
  pending: boolean;
  /** the curve itself belongs to other values; θ and the order do not change it */
  curvePending: boolean;
  rows: Row[];
  note: string;
  gain: Gain;
  /** one sentence that says what is seen, for the picture's description and the live region */
  summary: string;
  texts: { step: string; position: string; epsilon: string; resolution: string; theta: string };
  /** what sliders say that show more than one number */
  spoken: { epsilon: string; resolution: string };
}

function subtitle(layer: Layer): string {
  const parts = [`${format.whole(layer.n_samples)} samples × ${format.whole(layer.n_dims)}`];
  if (layer.basis) parts.push(layer.basis);
  if (layer.n_zero > 0) {
    parts.push(`${format.whole(layer.n_zero)} zero ${layer.n_zero === 1 ? "row" : "rows"}`);
  }
  return parts.join(" · ");
}

function litText(frame: Frame): string {
  const share = format.percent(frame.n_lit / Math.max(1, frame.n_samples));
  const at = frame.lit_angle == null ? "" : ` at ${format.angle(frame.lit_angle)}`;
  return `${format.whole(frame.n_lit)} of ${format.whole(frame.n_samples)} · ${share}${at}`;
}

function peakText({ peak, n_samples, peak_angle }: Frame): string {
  if (peak === 0) return "–";
  return `${format.percent(peak / Math.max(1, n_samples))} at ${format.angle(peak_angle)}`;
}

function pointsRow(frame: Frame, cloud: CloudFrame | undefined): Row[] {
  if (cloud?.kind !== "points" || cloud.n_points >= frame.n_samples) return [];
  const drawn = `${format.whole(cloud.n_points)} of ${format.whole(frame.n_samples)}`;
  return [{ label: "points drawn", value: drawn }];
}

/** How far the kernel is, or came, with a curve that it counts bit by bit. */
function countingText({ n_samples, n_total = n_samples }: Frame, alone: boolean): string {
  const share = Math.floor((100 * n_samples) / Math.max(1, n_total));
  return `${alone ? "counted" : "counting …"} ${share}\u00a0%`;
}

function rows(frame: Frame, cloud: CloudFrame | undefined, alone: boolean): Row[] {
  const partial = frame.is_partial === true;
  const samples = Math.max(1, frame.n_samples);
  const gain = partial ? "" : ` · gain ${format.gain(frame.n_lit / samples, frame.isotropic)}`;
  const elapsed = partial ? (alone ? "–" : "…") : format.duration(frame.elapsed_ms);
  return [
    {
      label: "spotlight",
      value: `θ = ${format.angle(frame.theta)} ${format.spread(halfAngle(frame.epsilon))}`,
    },
    { label: "lit", value: partial ? countingText(frame, alone) : litText(frame) },
    { label: "isotropic", value: `${format.percent(frame.isotropic)}${gain}` },
    { label: "alignment", value: format.alignment(frame.alignment) },
    { label: "peak", value: peakText(frame) },
    { label: "computed in", value: elapsed },
    ...pointsRow(frame, cloud),
  ];
}

function summary(frame: Frame, legend: Legend | undefined, alone: boolean): string {
  const [first, second] = frame.names;
  if (frame.is_partial) {
    const all = format.whole(frame.n_total ?? frame.n_samples);
    return (
      `Plane ${first} ∧ ${second}: ${countingText(frame, alone)} of ${all} samples; ` +
      "the curve is that of the samples counted so far."
    );
  }
  const lit = `${format.whole(frame.n_lit)} of ${format.whole(frame.n_samples)} samples lit`;
  const mostly = mostlyText(legend, frame.class_lit ?? []);
  const shape =
    note(frame) || `Alignment ${format.alignment(frame.alignment)}, peak ${peakText(frame)}.`;
  return (
    `Plane ${first} ∧ ${second}: spotlight at ${format.angle(frame.theta)} ` +
    `${format.spread(halfAngle(frame.epsilon))}, ${lit}${mostly && `, ${mostly}`}; ` +
    `isotropic data would light ${format.percent(frame.isotropic)}. ` +
    `${shape} Computed in ${format.duration(frame.elapsed_ms)}.`
  );
}

// In-plane radius below which a sample is nowhere to be seen.
const ORIGIN = 0.01;

function note({ peak, epsilon, reach, is_partial }: Frame): string {
  if (peak > 0 || is_partial) return "";
  if (reach === null || reach < ORIGIN) return "No sample has a component in this plane.";
  const tried = format.decimal(epsilon, 2, 4);
  const least = format.decimal(Math.floor(100 * reach) / 100, 2);
  return `Nothing is lit in this plane at ε\u00a0=\u00a0${tried}: lower ε to ${least} or less.`;
}

// Beyond this all the gain says is that isotropy would light nothing.
const MOST_GAIN = 1e15;

const missing = (alone: boolean): string =>
  alone ? "There is no picture." : "Waiting for the kernel.";

function gain({ scale, frame, alone }: Shown): Gain {
  if (!frame) return { unit: undefined, problem: missing(alone) };
  const { isotropic } = frame;
  if (isotropic > 0 && 1 / isotropic <= MOST_GAIN) {
    return { unit: scale === "gain" ? isotropic : undefined, problem: "" };
  }
  const share = format.percent(isotropic);
  return { unit: undefined, problem: `No gain: isotropic data would light ${share} at this ε` };
}

/** A step by its name and number. */
export function stepText(steps: readonly string[], step: number): string {
  return `${steps[step] ?? ""} (${format.whole(step + 1)} of ${format.whole(steps.length)})`;
}

function texts({
  step: at,
  steps,
  position,
  epsilon,
  resolution,
  theta,
  layer,
}: Shown): ViewState["texts"] {
  const step = format.decimal(360 / Math.max(1, resolution), 0, 3);
  const half = Math.round(degrees(halfAngle(epsilon)));
  return {
    step: stepText(steps, at),
    position: `${format.whole(position + 1)} of ${format.whole(layer.n_planes)}`,
    epsilon: `${format.decimal(epsilon, 2, 4)} · ±${half}°`,
    resolution: `${format.whole(resolution)} · ${step}°`,
    theta: format.angle(theta),
  };
}

function spoken({ epsilon, resolution }: Shown): ViewState["spoken"] {
  const half = Math.round(degrees(halfAngle(epsilon)));
  const apart = format.decimal(360 / Math.max(1, resolution), 0, 3);
  return {
    epsilon: `${format.decimal(epsilon, 2, 4)}, a cone of ±${half}°`,
    resolution: `${format.whole(resolution)} angles, ${apart}° apart`,
  };
}

function named({ steps }: Shown, frame: Frame): string {
  return steps.length > 1 ? `Step ${stepText(steps, frame.step)}. ` : "";
}

export function viewState(shown: Shown): ViewState {
  const { frame, alone } = shown;
  const late = differing(shown, frame);
  const partial = frame?.is_partial === true && !alone;
  return {
    subtitle: subtitle(shown.layer),
    pending: partial || late.length > 0,
    curvePending: partial || late.some((name) => name !== "theta" && name !== "order"),
    rows: frame ? rows(frame, shown.cloudFrame, alone) : [],
    note: frame ? note(frame) : missing(alone),
    summary: frame
      ? `${named(shown, frame)}${summary(frame, shown.legend, alone)}`
      : missing(alone),
    gain: gain(shown),
    texts: texts(shown),
    spoken: spoken(shown),
  };
}
