import { degrees, halfAngle } from "../base/angles.ts";
import {
  alignmentInBrief,
  alignmentInWords,
  angleText,
  decimal,
  durationText,
  epsilonText,
  gainText,
  groupsText,
  halfAngleText,
  integer,
  percent,
} from "../base/format.ts";
import type { CloudFrame, CurveFrame, LayerFrame, Legend, MapFrame } from "../protocol/frames.ts";
import { MIN_VISIBLE_RADIUS, MOST_GAIN } from "../protocol/limits.ts";
import { chanceText } from "./chance.ts";
import { mostlyText } from "./classes.ts";
import type { ScopeState } from "./shown.ts";

/** A line of the readout. */
export interface ReadoutRow {
  label: string;
  value: string;
  /** whether it is too long for a line, and written on after its label */
  isLong?: boolean;
  /** what it is, for those who point at it */
  title?: string;
}

/** Whether the radial scale is in multiples of what isotropy would light. */
export interface GainScale {
  /** the fraction called 1 ×; undefined where rings are labelled in per cent */
  unit: number | undefined;
  /** why there is no such scale, "" if there is */
  problem: string;
}

/** The texts of a view, and whether they are up to date. */
export interface ViewState {
  subtitle: string;
  /** whether something asked for is not drawn yet */
  pending: boolean;
  /** whether the curve belongs to other values; θ and the order do not change it */
  curvePending: boolean;
  rows: ReadoutRow[];
  note: string;
  gain: GainScale;
  /** a sentence that says what is seen, for the picture's description and the live region */
  summary: string;
  texts: { step: string; position: string; epsilon: string; resolution: string; theta: string };
  /** what screen readers say of sliders that show more than one number */
  spoken: { epsilon: string; resolution: string };
}

/** The label of the row that says how many samples are lit. */
export const LIT = "lit";

function subtitle(layer: LayerFrame, nAll: number): string {
  const of = layer.n_samples < nAll ? ` of ${integer(nAll)}` : "";
  const parts = [`${integer(layer.n_samples)}${of} samples × ${integer(layer.n_dims)}`];
  if (layer.n_clusters) parts.push(groupsText(layer.n_clusters));
  if (layer.basis) parts.push(layer.basis);
  if (layer.n_zero > 0) {
    parts.push(`${integer(layer.n_zero)} zero ${layer.n_zero === 1 ? "row" : "rows"}`);
  }
  if (layer.n_dead > 0) {
    parts.push(
      `${integer(layer.n_dead)} ${layer.n_dead === 1 ? "direction" : "directions"} of zeros`,
    );
  }
  if (layer.preparation) parts.push(layer.preparation);
  return parts.join(" · ");
}

function litText(frame: CurveFrame): string {
  const share = percent(frame.n_lit / Math.max(1, frame.n_samples));
  const at = frame.lit_angle == null ? "" : ` at ${angleText(frame.lit_angle)}`;
  return `${integer(frame.n_lit)} of ${integer(frame.n_samples)} · ${share}${at}`;
}

/** The samples that an alignment is the mean over: so short that it fits a narrow row. */
const inPlaneText = ({ n_in_plane, n_samples }: CurveFrame): string =>
  `${integer(n_in_plane)} · ${percent(n_in_plane / Math.max(1, n_samples))}`;

function peakText({ peak, n_samples, peak_angle }: CurveFrame): string {
  if (peak === 0) return "–";
  return `${percent(peak / Math.max(1, n_samples))} at ${angleText(peak_angle)}`;
}

const ARC_TITLE =
  "How far to either side of itself a sample is lit, in the mean of those lit at any θ: less than " +
  "the cone's half-angle, and the less the nearer it is to the middle. Beyond 45° no angle is told apart.";

function pointsRow(frame: CurveFrame, cloud: CloudFrame | undefined): ReadoutRow[] {
  if (cloud?.kind !== "points" || cloud.n_points >= frame.n_samples) return [];
  const drawn = `${integer(cloud.n_points)} of ${integer(frame.n_samples)}`;
  return [{ label: "points drawn", value: drawn }];
}

/** How far a curve is counted that the kernel counts part by part. */
function countingText({ n_samples, n_total = n_samples }: CurveFrame, isOffline: boolean): string {
  const share = Math.floor((100 * n_samples) / Math.max(1, n_total));
  return `${isOffline ? "counted" : "counting …"} ${share}\u00a0%`;
}

function rows(
  frame: CurveFrame,
  {
    cloudFrame,
    ensembleCloud,
    isOffline,
    test,
  }: Pick<ScopeState, "cloudFrame" | "ensembleCloud" | "isOffline" | "test">,
): ReadoutRow[] {
  const chance = chanceText(frame, test);
  const partial = frame.is_partial === true;
  const samples = Math.max(1, frame.n_samples);
  const gain = partial ? "" : ` · gain ${gainText(frame.n_lit / samples, frame.isotropic)}`;
  const elapsed = partial ? (isOffline ? "–" : "…") : durationText(frame.elapsed_ms);
  return [
    {
      label: "spotlight",
      value: `θ = ${angleText(frame.theta)} ${halfAngleText(halfAngle(frame.epsilon))}`,
    },
    { label: LIT, value: partial ? countingText(frame, isOffline) : litText(frame) },
    { label: "isotropic", value: `${percent(frame.isotropic)}${gain}` },
    { label: "lit at any θ", value: inPlaneText(frame) },
    {
      label: "mean arc",
      value: frame.arc === null ? "–" : halfAngleText(frame.arc),
      title: ARC_TITLE,
    },
    { label: "alignment", value: alignmentInBrief(frame.alignment, frame.alignment_error) },
    { label: "peak", value: peakText(frame) },
    { label: "computed in", value: elapsed },
    ...(chance ? [{ label: "chance of alignment", value: chance, isLong: true }] : []),
    ...pointsRow(frame, ensembleCloud ? undefined : cloudFrame),
  ];
}

function summary(
  frame: CurveFrame,
  legend: Legend | undefined,
  isOffline: boolean,
  planes: Planes,
): string {
  const [first, second] = frame.names;
  if (frame.is_partial) {
    const all = integer(frame.n_total ?? frame.n_samples);
    return (
      `Plane ${first} ∧ ${second}: ${countingText(frame, isOffline)} of ${all} samples; ` +
      "the curve is that of the samples counted so far."
    );
  }
  const lit = `${integer(frame.n_lit)} of ${integer(frame.n_samples)} samples lit`;
  const mostly = mostlyText(legend, frame.class_lit ?? []);
  const alignment = alignmentInWords(frame.alignment, frame.alignment_error, frame.n_in_plane);
  const shape = note(frame, planes) || `Alignment ${alignment}, peak ${peakText(frame)}.`;
  return (
    `Plane ${first} ∧ ${second}: spotlight at ${angleText(frame.theta)} ` +
    `${halfAngleText(halfAngle(frame.epsilon))}, ${lit}${mostly && `, ${mostly}`}; ` +
    `isotropic data would light ${percent(frame.isotropic)}. ` +
    `${shape} Computed in ${durationText(frame.elapsed_ms)}.`
  );
}

/** The last survey of all planes, if there is one. */
type Planes = () => MapFrame | undefined;

/** Which other planes there are to see, where the survey knows of some at this ε. */
function otherPlanesText({ epsilon, step }: CurveFrame, planes: MapFrame | undefined): string {
  if (!planes?.n_lit || planes.epsilon !== epsilon || planes.surveyed !== step) return "";
  return planes.n_lit === 1
    ? "show the one plane that is lit"
    : `show one of the ${integer(planes.n_lit)} lit planes`;
}

function note(frame: CurveFrame, planes: Planes): string {
  const { peak, epsilon, reach, is_partial } = frame;
  if (peak > 0 || is_partial) return "";
  const others = otherPlanesText(frame, planes());
  if (reach === null || reach < MIN_VISIBLE_RADIUS)
    return `No sample has a component in this plane${others && `: ${others}`}.`;
  const least = decimal(Math.floor(100 * reach) / 100, 2);
  const lower = `lower ε to ${least} or less${others && `, or ${others}`}`;
  return `Nothing is lit in this plane at ${epsilonText(epsilon)}: ${lower}.`;
}

const missing = (isOffline: boolean): string =>
  isOffline ? "There is no picture." : "Waiting for the kernel.";

function gainScale({ scale, frame, isOffline }: ScopeState): GainScale {
  if (!frame) return { unit: undefined, problem: missing(isOffline) };
  const { isotropic } = frame;
  if (isotropic > 0 && 1 / isotropic <= MOST_GAIN) {
    return { unit: scale === "gain" ? isotropic : undefined, problem: "" };
  }
  const share = percent(isotropic);
  return { unit: undefined, problem: `No gain: isotropic data would light ${share} at this ε` };
}

/** The name and number of a step. */
export function stepText(steps: readonly string[], step: number): string {
  return `${steps[step] ?? ""} (${integer(step + 1)} of ${integer(steps.length)})`;
}

function texts({
  step: at,
  steps,
  position,
  epsilon,
  resolution,
  theta,
  layer,
}: ScopeState): ViewState["texts"] {
  const step = decimal(360 / Math.max(1, resolution), 0, 3);
  const half = Math.round(degrees(halfAngle(epsilon)));
  return {
    step: stepText(steps, at),
    position: `${integer(position + 1)} of ${integer(layer.n_planes)}`,
    epsilon: `${decimal(epsilon, 2, 4)} · ±${half}°`,
    resolution: `${integer(resolution)} · ${step}°`,
    theta: angleText(theta),
  };
}

function spokenTexts({ epsilon, resolution }: ScopeState): ViewState["spoken"] {
  const half = Math.round(degrees(halfAngle(epsilon)));
  const apart = decimal(360 / Math.max(1, resolution), 0, 3);
  return {
    epsilon: `${decimal(epsilon, 2, 4)}, a cone of ±${half}°`,
    resolution: `${integer(resolution)} angles, ${apart}° apart`,
  };
}

function stepPrefix({ steps }: ScopeState, frame: CurveFrame): string {
  return steps.length > 1 ? `Step ${stepText(steps, frame.step)}. ` : "";
}

/** Computes the texts of a view from the scope's state and the last survey. */
export function viewState(shown: ScopeState, planes: Planes = () => undefined): ViewState {
  const { frame, isOffline } = shown;
  const late = shown.late.asked;
  const partial = frame?.is_partial === true && !isOffline;
  return {
    subtitle: subtitle(shown.layer, shown.nAll),
    pending: partial || late.length > 0,
    curvePending: partial || late.some((name) => name !== "theta" && name !== "order"),
    rows: frame ? rows(frame, shown) : [],
    note: frame ? note(frame, planes) : missing(isOffline),
    summary: frame
      ? `${stepPrefix(shown, frame)}${summary(frame, shown.legend, isOffline, planes)}`
      : missing(isOffline),
    gain: gainScale(shown),
    texts: texts(shown),
    spoken: spokenTexts(shown),
  };
}
