/** What the views of one model share: the link to the kernel, and who answers in its place. */

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

/** Milliseconds between two steps of playback; longer where less motion is preferred. */
export function playbackInterval(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? CALM_INTERVAL : INTERVAL;
}

/** What requests are told of the kernel: it is never gone where the page can answer itself. */
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

/**
 * What answers from the samples that the page holds, if it holds any, or why they cannot be read.
 */
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

/** What all views of one model use. */
export interface Session {
  /** what the page says of a kernel that does not answer */
  kernel: {
    readonly notice: KernelNotice;
    subscribe(subscriber: () => void, signal: AbortSignal): void;
  };
  /** the model that views read: the kernel's, with the page's own answers laid over it */
  model: ScopeModel;
  /** what the page holds and answers from, where no kernel does */
  source: () => PayloadFrame | undefined;
  /** why the samples that the page holds cannot be read, "" if they can */
  damage: string;
  /** told what the user is about to move */
  hints: MoveHints;
  requests: RequestQueue;
  planePlayback: Playback;
  stepPlayback: Playback;
  tiles: TileRequests;
}
