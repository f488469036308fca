/** Calls `changed` when the ratio of CSS pixels to screen pixels changes. */
export function watchPixelRatio(changed: () => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  const query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
  const again = () => {
    changed();
    watchPixelRatio(changed, signal);
  };
  query.addEventListener("change", again, { once: true, signal });
}

/** Calls `changed` when the node gets another size or comes into sight. */
export function watchLayout(node: Element, changed: () => void, signal: AbortSignal): void {
  const size = new ResizeObserver(changed);
  const sight = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) changed();
  });
  size.observe(node);
  sight.observe(node);
  signal.addEventListener(
    "abort",
    () => {
      size.disconnect();
      sight.disconnect();
    },
    { once: true },
  );
}
