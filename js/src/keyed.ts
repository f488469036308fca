/**
 * Brings these nodes, and no others, into `parent` in this order. What has the focus stays where it
 * is while the rest moves around it: a node that is moved loses the focus.
 */
export function arrange(parent: Element, nodes: readonly Element[]): void {
  const kept = new Set(nodes);
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove();
  const held = parent.querySelector(":scope > :focus, :scope > :has(:focus)");
  let next = parent.firstElementChild;
  for (const node of nodes) {
    while (node === held && next && next !== held) {
      const moved: Element = next;
      next = next.nextElementSibling;
      parent.append(moved);
    }
    if (node === next) next = next.nextElementSibling;
    else parent.insertBefore(node, next);
  }
}

export interface Steps {
  back: string;
  forth: string;
  /** how many a page key goes */
  page: number;
}

/** Where a key leads from place `from` of `count`, or undefined if it leads nowhere. */
export function stepped(
  key: string,
  from: number,
  count: number,
  steps: Steps,
): number | undefined {
  const last = count - 1;
  const places = new Map([
    [steps.back, from - 1],
    [steps.forth, from + 1],
    ["PageUp", from - steps.page],
    ["PageDown", from + steps.page],
    ["Home", 0],
    ["End", last],
  ]);
  const place = places.get(key);
  return place === undefined || count === 0 ? undefined : Math.min(last, Math.max(0, place));
}
