import { reorderChildren } from "./keyed-children.ts";

/** All that is in `parent`, in the order in which it stands on the page. */
export interface OrderByWidth {
  parent: Element;
  /** width of the scope, px, from which on `wide` holds; as in the stylesheet */
  from: number;
  narrow: readonly Element[];
  wide: readonly Element[];
}

/** Keeps Tab, and whoever reads aloud, going through the parts as the eye does, at any width. */
export function createReadingOrder(layouts: readonly OrderByWidth[]) {
  const known = new Map<OrderByWidth, boolean>();
  return (width: number): void => {
    for (const layout of width > 0 ? layouts : []) {
      const isWide = width >= layout.from;
      if (known.get(layout) !== isWide)
        reorderChildren(layout.parent, isWide ? layout.wide : layout.narrow);
      known.set(layout, isWide);
    }
  };
}
