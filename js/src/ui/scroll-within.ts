import { frameScheduler } from "./frame-scheduler.ts";
import { watchLayout } from "./layout-observers.ts";

/**
 * Scrolls `root`, which the stylesheet makes no higher than its host, where `content` is higher.
 * Only there: whatever scrolls cuts off the lists and menus that reach beyond its edge.
 */
export function scrollWithin(root: HTMLElement, content: HTMLElement, signal: AbortSignal): void {
  const { soon } = frameScheduler(() => {
    // Both are rounded.
    root.classList.toggle("srm-scrolls", content.offsetHeight > root.clientHeight + 1);
  }, signal);
  for (const node of [root, content]) watchLayout(node, soon, signal);
}
