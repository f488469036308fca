import { sameValue } from "../base/equality.ts";
import type {
  CloudFrame,
  CloudKind,
  CloudOf,
  CurveFrame,
  EnsembleCloudFrame,
  LayerFrame,
  Legend,
  NavigatorKind,
  RadialScale,
  TestFrame,
  TestProgress,
} from "../protocol/frames.ts";
import type { Late } from "../protocol/late.ts";
import { ASKED } from "../protocol/limits.ts";
import {
  cloudFrameOf,
  curveFrameOf,
  ensembleCloudFrameOf,
  layerFrameOf,
  legendOf,
  payloadFrameOf,
  type TraitSource,
  testFrameOf,
} from "../protocol/readers.ts";
import type { Asked, TraitName } from "../protocol/traits.ts";
import { derived } from "./derived.ts";

/** The state of the scope as plain data: what is asked for, and what the kernel has answered. */
export interface ScopeState extends Asked {
  /** labels of the steps; empty where there is only one */
  steps: readonly string[];
  /** position of the step to compare with, or -1 */
  compare: number;
  title: string;
  signed: boolean;
  scale: RadialScale;
  navigator: boolean;
  /** what the navigator shows */
  navigatorKind: NavigatorKind;
  cloud: CloudKind;
  cloudFrame: CloudFrame | undefined;
  cloudOf: CloudOf;
  /** the density of all planes, if it is what is drawn */
  ensembleCloud: EnsembleCloudFrame | undefined;
  /** undefined without labels */
  legend: Legend | undefined;
  by_class: boolean;
  hidden_classes: readonly number[];
  table: boolean;
  error: string;
  layer: LayerFrame;
  /** samples of the activations, of which a saved page may hold some only */
  nAll: number;
  frame: CurveFrame | undefined;
  test: TestFrame | TestProgress | undefined;
  /** what of it does not belong to the values asked for */
  late: Late;
  /** no kernel answers any more: what is under way will not come */
  isOffline: boolean;
}

/** The state of a scope as it is at the moment it is read. */
export function scopeStateOf(
  traits: TraitSource,
  late: () => Late,
  isOffline: () => boolean,
): ScopeState {
  const own =
    <K extends TraitName>(name: K) =>
    () =>
      traits.get(name);
  return derived<ScopeState>({
    step: own("step"),
    pair: own("pair"),
    order: own("order"),
    position: own("position"),
    epsilon: own("epsilon"),
    resolution: own("resolution"),
    theta: own("theta"),
    steps: () => traits.get("_steps") ?? [],
    compare: own("compare"),
    title: own("title"),
    signed: own("signed"),
    scale: own("scale"),
    navigator: own("navigator"),
    navigatorKind: () => traits.get("navigator_as") ?? "map",
    cloud: own("cloud"),
    cloudFrame: () => cloudFrameOf(traits),
    // Of pages saved before there was one.
    cloudOf: () => traits.get("cloud_of") ?? "plane",
    ensembleCloud: () =>
      traits.get("cloud_of") === "all" && traits.get("cloud") !== "off"
        ? ensembleCloudFrameOf(traits)
        : undefined,
    legend: () => legendOf(traits),
    by_class: own("by_class"),
    hidden_classes: () => traits.get("hidden_classes") ?? [],
    table: own("table"),
    error: own("error"),
    layer: () => layerFrameOf(traits),
    nAll: () => {
      const { n_samples } = layerFrameOf(traits);
      const held = payloadFrameOf(traits)?.steps[traits.get("step")];
      return held?.n === n_samples ? held.n_all : n_samples;
    },
    frame: () => curveFrameOf(traits),
    test: () => testFrameOf(traits),
    late,
    isOffline,
  });
}

const NOT_LATE: Late = {
  asked: [],
  cloud: false,
  strip: false,
  table: false,
  timeline: false,
  pairs: "",
};

/**
 * The state as the kernel has answered it: with the values that the curve belongs to, not with
 * those asked for since, and without samples of another plane or, of all planes, at another ε.
 */
export function asAnswered(shown: ScopeState): ScopeState {
  const { frame, cloudFrame, cloud, ensembleCloud } = shown;
  if (!frame) return shown;
  const values = Object.fromEntries(ASKED.map((name) => [name, frame[name]])) as unknown as Asked;
  const fits = cloudFrame !== undefined && sameValue(cloudFrame.pair, frame.pair);
  const kind = fits && cloud !== "off" ? cloudFrame.kind : cloud;
  const isOfFrame = ensembleCloud?.epsilon === frame.epsilon && ensembleCloud.step === frame.step;
  const samples = {
    cloud: kind,
    cloudFrame: fits ? cloudFrame : undefined,
    ensembleCloud: isOfFrame ? ensembleCloud : undefined,
  };
  return { ...shown, ...values, ...samples, late: NOT_LATE };
}
