/** Tells what a page can still draw when its kernel has gone. */

import { cloudFrameOf, type TraitSource, tableFrameOf } from "../protocol/readers.ts";
import type { Told } from "../protocol/traits.ts";

/** Whether a trait's value can be drawn from what the kernel has sent before. */
export function isDrawableOffline(traits: TraitSource, name: keyof Told, value: unknown): boolean {
  switch (name) {
    case "signed":
    case "scale":
    case "by_class":
    case "hidden_classes":
    case "navigator_as":
      return true;
    case "cloud":
      return value === "off" || value === cloudFrameOf(traits)?.kind;
    case "compare":
      return value === -1 || value === traits.get("_compared_frame")?.step;
    case "navigator":
      return value === false || traits.get("_map_frame")?.state === "done";
    case "table":
      return value === false || tableFrameOf(traits) !== undefined;
    default:
      return false;
  }
}
