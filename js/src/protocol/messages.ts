import type { AheadMessage, PlaneMessage } from "./frames.ts";

export type { AheadMessage, PageMessage, PlaneMessage } from "./frames.ts";

/** Whether a message is a plane sent ahead. */
export const isAheadMessage = (message: unknown): message is AheadMessage =>
  (message as Partial<AheadMessage> | null)?.type === "ahead";

/** Whether a message is the samples of the plane on show. */
export const isPlaneMessage = (message: unknown): message is PlaneMessage =>
  (message as Partial<PlaneMessage> | null)?.type === "held";
