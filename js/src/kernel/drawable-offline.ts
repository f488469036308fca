/** Tells what a page can still draw when its kernel has gone. */

import { cloudFrameOf, tableFrameOf } from "../protocol/readers.ts";
import type { ScopeModel, Told } from "../protocol/traits.ts";

/** Whether a trait's value can be drawn from what the kernel has sent before. */
export function isDrawableOffline(model: ScopeModel, name: keyof Told, value: unknown): boolean {
  switch (name) {
    case "signed":
    case "scale":
    case "by_class":
    case "hidden_classes":
      return true;
    case "cloud":
      return value === "off" || value === cloudFrameOf(model)?.kind;
    case "compare":
      return value === -1 || value === model.get("_compared_frame")?.step;
    case "navigator":
      return value === false || model.get("_map_frame")?.state === "done";
    case "table":
      return value === false || tableFrameOf(model) !== undefined;
    default:
      return false;
  }
}
