import { element } from "./elements.ts";

// Some browsers read the file only after they have asked where to put it.
const KEPT = 60_000;

/** Downloads a file under a name; the memory it takes is released later. */
export function download(file: Blob, name: string, signal: AbortSignal): void {
  if (signal.aborted) return;
  const href = URL.createObjectURL(file);
  const release = () => {
    window.clearTimeout(timer);
    URL.revokeObjectURL(href);
  };
  const timer = window.setTimeout(() => {
    signal.removeEventListener("abort", release);
    release();
  }, KEPT);
  signal.addEventListener("abort", release, { once: true });
  element("a", { href, download: name }).click();
}
