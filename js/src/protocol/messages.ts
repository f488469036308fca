import type { AheadMessage, PlaneMessage } from "./frames.ts";

export type { AheadMessage, PageMessage, PlaneMessage } from "./frames.ts";

/** A message from the kernel to the page. */
export type KernelMessage = PlaneMessage | AheadMessage;

/** A message of the kernel as such, or undefined if it is of somebody else. */
export function kernelMessageOf(message: unknown): KernelMessage | undefined {
  const { type } = (message ?? {}) as Partial<KernelMessage>;
  return type === "held" || type === "ahead" ? (message as KernelMessage) : undefined;
}
