/** What the views of one model share. */

import type { MoveHints } from "../answers/move-hints.ts";
import { OfflineKernel } from "../answers/offline-kernel.ts";
import { taskClock } from "../base/clock.ts";
import { errorText } from "../base/format.ts";
import { readPayload } from "../engine/payload.ts";
import type { KernelConnection, KernelNotice, KernelStatus } from "../kernel/kernel-connection.ts";
import type { Playback } from "../kernel/playback.ts";
import type { RequestQueue } from "../kernel/request-queue.ts";
import type { TileRequests } from "../kernel/tile-requests.ts";
import type { PayloadFrame } from "../protocol/frames.ts";
import { payloadFrameOf } from "../protocol/readers.ts";
import type { ScopeModel } from "../protocol/traits.ts";

const INTERVAL = 170;
const CALM_INTERVAL = 1000;

export function playbackInterval(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? CALM_INTERVAL : INTERVAL;
}

/** Where the page can answer by itself nobody is missed. */
export function kernelStatusOf(
  kernel: KernelConnection,
  offline: OfflineKernel | undefined,
): KernelStatus {
  if (!offline) return kernel;
  const expectAnswer = () => {
    if (!offline.source) kernel.expectAnswer();
  };
  return { isGone: false, expectAnswer, subscribe: () => {} };
}

/** What answers from what the page holds, or what is wrong with that. */
export function offlineKernelOf(
  kernel: KernelConnection,
  signal: AbortSignal,
): { offline?: OfflineKernel; damage: string } {
  const { model } = kernel;
  const frame = payloadFrameOf(model);
  if (!frame) return { damage: "" };
  const own = new AbortController();
  signal.addEventListener("abort", () => own.abort(), { once: true });
  try {
    const payload = readPayload(frame, model.get("_held"));
    return {
      offline: new OfflineKernel(model, payload, own.signal, taskClock, () => kernel.isGone),
      damage: "",
    };
  } catch (error) {
    own.abort();
    return { damage: `The data that this page holds are damaged: ${errorText(error)}` };
  }
}

export interface Session {
  /** what is said of a kernel that does not answer */
  kernel: {
    readonly notice: KernelNotice;
    subscribe(subscriber: () => void, signal: AbortSignal): void;
  };
  /** the kernel's model, with what the page has worked out itself laid over it */
  model: ScopeModel;
  /** what the page answers from, where no kernel does */
  source: () => PayloadFrame | undefined;
  /** why it can not answer from what the page holds, "" where it can */
  damage: string;
  /** is told what is about to be moved */
  hints: MoveHints;
  requests: RequestQueue;
  planePlayback: Playback;
  stepPlayback: Playback;
  tiles: TileRequests;
}
