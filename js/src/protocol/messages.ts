import type { AheadMessage, PlaneMessage, StepsMessage, WhoShowsMessage } from "./frames.ts";

export type { AheadMessage, PageMessage, PlaneMessage, StepsMessage } from "./frames.ts";

const TYPES: readonly unknown[] = ["held", "ahead", "steps", "who_shows"];

/** A message from the kernel to the page. */
export type KernelMessage = PlaneMessage | AheadMessage | StepsMessage | WhoShowsMessage;

/** A message of the kernel as such, or undefined if it is of somebody else. */
export function kernelMessageOf(message: unknown): KernelMessage | undefined {
  const { type } = (message ?? {}) as Partial<KernelMessage>;
  return TYPES.includes(type) ? (message as KernelMessage) : undefined;
}
