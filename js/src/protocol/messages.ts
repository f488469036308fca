import type { CurveFrame, Pair } from "./frames.ts";
import type { ScopeTraits } from "./traits.ts";

/** What the kernel sends of a plane that it was not asked to show yet. */
export interface AheadMessage {
  type: "ahead";
  era: number;
  frames: Partial<ScopeTraits> & { _frame: CurveFrame };
  /** of the buffers that come with it */
  arrays: (keyof ScopeTraits)[];
}

export const isAheadMessage = (message: unknown): message is AheadMessage =>
  (message as Partial<AheadMessage> | null)?.type === "ahead";

/** What the kernel sends of the plane on show when it is asked to. */
export interface PlaneMessage {
  type: "held";
  step: number;
  pair: Pair;
  n_samples: number;
  alpha: number;
  /** largest in-plane radius of a sample that is not among those sent, or -1 if all are */
  floor: number;
  n_groups: number;
  /** position and samples of the step that is compared with, or -1 */
  compare: number;
  n_compared: number;
}

export const isPlaneMessage = (message: unknown): message is PlaneMessage =>
  (message as Partial<PlaneMessage> | null)?.type === "held";

/** What the page sends. */
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
