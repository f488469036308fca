import { sameValue } from "../base/equality.ts";
import type { Frame } from "./frames.ts";
import { ASKED, type Asked, pick, type ScopeModel } from "./traits.ts";

export const askedOf = (model: ScopeModel): Asked => pick(model, ASKED);

/** Which of the asked values the frame does not show yet. */
export function differing(asked: Asked, frame: Frame | undefined): (keyof Asked)[] {
  return frame ? ASKED.filter((name) => !sameValue(asked[name], frame[name])) : [...ASKED];
}
