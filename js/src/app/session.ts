/** What the views of one model share: its state, the link to the kernel, and who answers. */

import type { Answerer } from "../answers/answerer.ts";
import { OfflineKernel } from "../answers/offline-kernel.ts";
import { OptimisticAnswers } from "../answers/optimistic-answers.ts";
import { errorText } from "../base/format.ts";
import { readPayload } from "../engine/payload.ts";
import { KernelConnection } from "../kernel/kernel-connection.ts";
import { Playback } from "../kernel/playback.ts";
import { RequestQueue } from "../kernel/request-queue.ts";
import { Store } from "../kernel/store.ts";
import { TileRequests } from "../kernel/tile-requests.ts";
import { ViewCount } from "../kernel/view-count.ts";
import { payloadFrameOf } from "../protocol/readers.ts";
import type { ScopeModel } from "../protocol/traits.ts";

const INTERVAL = 170;
const CALM_INTERVAL = 1000;

/** Milliseconds between two steps of playback; longer where less motion is preferred. */
function playbackInterval(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? CALM_INTERVAL : INTERVAL;
}

/**
 * Who answers beside the kernel: the page in its place, if it holds samples that can be read, or
 * until its answers come. With why samples cannot be read, "" if they can.
 */
function answererOf(
  store: Store,
  kernel: KernelConnection,
  signal: AbortSignal,
): [answerer: Answerer, damage: string] {
  const frame = payloadFrameOf(store.heard);
  if (!frame) return [new OptimisticAnswers(store, kernel, signal), ""];
  const own = new AbortController();
  signal.addEventListener("abort", () => own.abort(), { once: true });
  try {
    const payload = readPayload(frame, store.heard.get("_held"));
    return [new OfflineKernel(store, kernel, payload, own.signal), ""];
  } catch (error) {
    own.abort();
    store.source.value = undefined;
    const damage = `The data that this page holds are damaged: ${errorText(error)}`;
    return [new OptimisticAnswers(store, kernel, signal), damage];
  }
}

/** Creates what the views of a model share. */
export function createSession(model: ScopeModel, signal: AbortSignal) {
  const store = new Store(model, signal);
  const kernel = new KernelConnection(model, signal);
  const [answerer, damage] = answererOf(store, kernel, signal);
  const requests = new RequestQueue(store, answerer.link, signal);
  return {
    store,
    /** says what the page says of a kernel that does not answer */
    kernel,
    /** why the samples that the page holds cannot be read, "" if they can */
    damage,
    hints: answerer.hints,
    requests,
    planePlayback: new Playback(store, requests, signal, playbackInterval),
    stepPlayback: new Playback(store, requests, signal, playbackInterval, "step"),
    tiles: new TileRequests(store, requests, signal),
    views: new ViewCount(kernel, signal),
  };
}

/** What all views of one model use. */
export type Session = ReturnType<typeof createSession>;
