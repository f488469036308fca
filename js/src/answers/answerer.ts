import type { KernelLink } from "../kernel/kernel-connection.ts";
import type { MoveHints } from "./move-hints.ts";

/**
 * Who answers beside the kernel or in its place: it watches what the store asks for, and lays its
 * answers over the kernel's.
 */
export interface Answerer {
  /** told what the user is about to move */
  readonly hints: MoveHints;
  /** the way to who has the last word: what the page sends goes here */
  readonly link: KernelLink;
}
