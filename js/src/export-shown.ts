import { ASKED, type Asked } from "./traits.ts";
import { type Shown, sameValue } from "./view-state.ts";

/**
 * What is on show as the kernel has answered it: with the values that the curve belongs to, not with
 * those asked for since, and without samples of another plane.
 */
export function answered(shown: Shown): Shown {
  const { frame, cloudFrame, cloud } = shown;
  if (!frame) return shown;
  const values = Object.fromEntries(ASKED.map((name) => [name, frame[name]])) as unknown as Asked;
  const fits = cloudFrame !== undefined && sameValue(cloudFrame.pair, frame.pair);
  const kind = fits && cloud !== "off" ? cloudFrame.kind : cloud;
  return { ...shown, ...values, cloud: kind, cloudFrame: fits ? cloudFrame : undefined };
}
