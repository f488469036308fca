/**
 * Replaces and reorders the children of `parent`. The child with the focus stays where it is while
 * the rest moves around it: a node that is moved loses the focus.
 */
export function reorderChildren(parent: Element, nodes: readonly Element[]): void {
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
