/** What the views of one model share. */

import type { Hand } from "../answers/move-hints.ts";
import { Frozen } from "../answers/offline-kernel.ts";
import { taskClock } from "../base/clock.ts";
import { reasonOf } from "../base/format.ts";
import { heldOf } from "../engine/payload.ts";
import type { Contact, Kernel, Notice } from "../kernel/kernel-connection.ts";
import type { Player } from "../kernel/playback.ts";
import type { Requests } from "../kernel/request-queue.ts";
import type { Tiles } from "../kernel/tile-requests.ts";
import type { HeldFrame } from "../protocol/frames.ts";
import { heldFrameOf } from "../protocol/readers.ts";
import type { ScopeModel } from "../protocol/traits.ts";

const INTERVAL = 170;

const CALM_INTERVAL = 1000;

export function interval(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? CALM_INTERVAL : INTERVAL;
}

/** Where the page can answer by itself nobody is missed. */
export function contactOf(kernel: Kernel, frozen: Frozen | undefined): Contact {
  if (!frozen) return kernel;
  const expect = () => {
    if (!frozen.source) kernel.expect();
  };
  return { gone: false, expect, watch: () => {} };
}

/** What answers from what the page holds, or what is wrong with that. */
export function frozenOf(kernel: Kernel, signal: AbortSignal): { frozen?: Frozen; damage: string } {
  const { model } = kernel;
  const frame = heldFrameOf(model);
  if (!frame) return { damage: "" };
  const own = new AbortController();
  signal.addEventListener("abort", () => own.abort(), { once: true });
  try {
    const held = heldOf(frame, model.get("_held"));
    return {
      frozen: new Frozen(model, held, own.signal, taskClock, () => kernel.gone),
      damage: "",
    };
  } catch (error) {
    own.abort();
    return { damage: `The data that this page holds are damaged: ${reasonOf(error)}` };
  }
}

export interface Session {
  /** what is said of a kernel that does not answer */
  kernel: { readonly notice: Notice; watch(watcher: () => void, signal: AbortSignal): void };
  /** the kernel's model, with what the page has worked out itself laid over it */
  model: ScopeModel;
  /** what the page answers from, where no kernel does */
  source: () => HeldFrame | undefined;
  /** why it can not answer from what the page holds, "" where it can */
  damage: string;
  /** is told what is about to be moved */
  hand: Hand;
  requests: Requests;
  player: Player;
  steps: Player;
  tiles: Tiles;
}
