import { setText } from "./elements.ts";
import { debounce } from "./frame-scheduler.ts";

// Long enough to be silent during a drag or a sweep, short enough to answer a key press.
const QUIET_MS = 700;

/** A function that announces a text in a live region, once it has stayed the same for a while. */
export function createAnnouncer(region: Element, signal: AbortSignal): (text: string) => void {
  let latest = "";
  const write = debounce(() => setText(region, latest), QUIET_MS, signal);
  return (text) => {
    if (text === latest) return;
    latest = text;
    write();
  };
}
