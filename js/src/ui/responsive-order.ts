import { reorderChildren } from "./keyed-children.ts";

/** The children of `parent` in their order on the page, for narrow and for wide scopes. */
export interface OrderByWidth {
  parent: Element;
  /** width of the scope, px, from which on `wide` holds, as in the stylesheet */
  from: number;
  narrow: readonly Element[];
  wide: readonly Element[];
}

/** Keeps the DOM order as the visual order at any width, for Tab and screen readers. */
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
