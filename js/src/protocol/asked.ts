import { sameValue } from "../base/equality.ts";
import type { CurveFrame } from "./frames.ts";
import { ASKED } from "./limits.ts";
import { type Asked, pick, type ScopeModel } from "./traits.ts";

/** The values that the model asks for. */
export const askedOf = (model: ScopeModel): Asked => pick(model, ASKED);

/** Which of the values asked for the frame does not show yet. */
export function unanswered(asked: Asked, frame: CurveFrame | undefined): (keyof Asked)[] {
  return frame ? ASKED.filter((name) => !sameValue(asked[name], frame[name])) : [...ASKED];
}
