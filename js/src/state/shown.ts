import { sameValue } from "../base/equality.ts";
import type {
  CloudFrame,
  CloudKind,
  CurveFrame,
  LayerFrame,
  Legend,
  RadialScale,
} from "../protocol/frames.ts";
import { ASKED } from "../protocol/limits.ts";
import type { Asked } from "../protocol/traits.ts";

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
  cloud: CloudKind;
  cloudFrame: CloudFrame | undefined;
  /** undefined without labels */
  legend: Legend | undefined;
  by_class: boolean;
  hidden_classes: readonly number[];
  table: boolean;
  error: string;
  layer: LayerFrame;
  frame: CurveFrame | undefined;
  /** no kernel answers any more: what is under way will not come */
  isOffline: boolean;
}

/**
 * The state as the kernel has answered it: with the values that the curve belongs to, not with
 * those asked for since, and without samples of another plane.
 */
export function asAnswered(shown: ScopeState): ScopeState {
  const { frame, cloudFrame, cloud } = shown;
  if (!frame) return shown;
  const values = Object.fromEntries(ASKED.map((name) => [name, frame[name]])) as unknown as Asked;
  const fits = cloudFrame !== undefined && sameValue(cloudFrame.pair, frame.pair);
  const kind = fits && cloud !== "off" ? cloudFrame.kind : cloud;
  return { ...shown, ...values, cloud: kind, cloudFrame: fits ? cloudFrame : undefined };
}
