import type { CurveFrame, Pair } from "./frames.ts";
import type { ScopeTraits } from "./traits.ts";

/** The kernel's answer for a plane that may be asked for next. */
export interface AheadMessage {
  type: "ahead";
  era: number;
  frames: Partial<ScopeTraits> & { _frame: CurveFrame };
  /** traits that the buffers are for, in their order */
  arrays: (keyof ScopeTraits)[];
}

/** Whether a message is a plane sent ahead. */
export const isAheadMessage = (message: unknown): message is AheadMessage =>
  (message as Partial<AheadMessage> | null)?.type === "ahead";

/** The samples of the plane on show. */
export interface PlaneMessage {
  type: "held";
  step: number;
  pair: Pair;
  n_samples: number;
  alpha: number;
  /** largest in-plane radius of the samples left out, or -1 if none is */
  floor: number;
  n_groups: number;
  /** the step that is compared with, or -1, and its samples */
  compare: number;
  n_compared: number;
}

/** Whether a message is the samples of the plane on show. */
export const isPlaneMessage = (message: unknown): message is PlaneMessage =>
  (message as Partial<PlaneMessage> | null)?.type === "held";

/** A message from the page to the kernel. */
export type PageMessage =
  /** send the samples of the plane on show, so that the page can count itself; answered by "held" */
  | { type: "hold" }
  /** send planes that may be asked for next; answered by an "ahead" for each */
  | {
      type: "ahead";
      era: number;
      planes: readonly (readonly [position: number, epsilon: number])[];
    }
  /** survey all planes, however long it takes */
  | { type: "survey" }
  /** show a plane through a direction, and turn the spotlight to it */
  | { type: "direction"; direction: number; sign: 1 | -1 };
