/** What one view shows beside the scope's state. */

import { type Signal, signal } from "@preact/signals-core";
import type { KernelNotice } from "../kernel/kernel-connection.ts";
import type { Session } from "./session.ts";

/** State of one view, and of what all views share but the store. */
export interface ViewSignals {
  /** why the controls refused an entry, "" if they did not */
  refusal: Signal<string>;
  /** why a file could not be saved, "" if it could */
  unsaved: Signal<string>;
  /** of the polar plot, px; 0 where it is not seen */
  width: Signal<number>;
  /** of the alignment chart */
  chartWidth: Signal<number>;
  /** coordinates in the plane of the sample that is pointed at, if one is */
  pointed: Signal<readonly [number, number] | undefined>;
  /** grows when colours may have changed */
  styles: Signal<number>;
  kernelNotice: Signal<KernelNotice>;
  isOffline: Signal<boolean>;
  playsPlanes: Signal<boolean>;
  playsSteps: Signal<boolean>;
}

/** Creates the signals of one view, which follow the session until `abort` is aborted. */
export function createViewSignals(
  { kernel, requests, planePlayback, stepPlayback }: Session,
  abort: AbortSignal,
): ViewSignals {
  const signals: ViewSignals = {
    refusal: signal(""),
    unsaved: signal(""),
    width: signal(0),
    chartWidth: signal(0),
    pointed: signal(undefined),
    styles: signal(0),
    kernelNotice: signal(kernel.notice),
    isOffline: signal(requests.isOffline),
    playsPlanes: signal(planePlayback.isPlaying),
    playsSteps: signal(stepPlayback.isPlaying),
  };
  const followKernel = () => {
    signals.kernelNotice.value = kernel.notice;
    signals.isOffline.value = requests.isOffline;
  };
  const followPlayback = () => {
    signals.playsPlanes.value = planePlayback.isPlaying;
    signals.playsSteps.value = stepPlayback.isPlaying;
  };
  kernel.subscribe(followKernel, abort);
  planePlayback.subscribe(followPlayback, abort);
  stepPlayback.subscribe(followPlayback, abort);
  return signals;
}
