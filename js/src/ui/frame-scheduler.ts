/** Runs a task before the next frame, or at once. */
export interface FrameScheduler {
  /** once before the next frame, however often it is called */
  soon(): void;
  /** at once, instead of before the next frame */
  now(): void;
}

/** Schedules `task`, until the signal is aborted. */
export function frameScheduler(task: () => void, signal: AbortSignal): FrameScheduler {
  let due: number | undefined;
  const cancel = () => {
    if (due !== undefined) cancelAnimationFrame(due);
    due = undefined;
  };
  signal.addEventListener("abort", cancel, { once: true });
  const now = () => {
    cancel();
    if (!signal.aborted) task();
  };
  const soon = () => {
    if (due === undefined && !signal.aborted) due = requestAnimationFrame(now);
  };
  return { soon, now };
}

/** A function that runs `task` once it has not been called for `milliseconds`. */
export function debounce(task: () => void, milliseconds: number, signal: AbortSignal): () => void {
  let timer: number | undefined;
  signal.addEventListener("abort", () => window.clearTimeout(timer), { once: true });
  return () => {
    window.clearTimeout(timer);
    if (!signal.aborted) timer = window.setTimeout(task, milliseconds);
  };
}
