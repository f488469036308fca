import { reorderChildren } from "./keyed-children.ts";

/** The children of `parent` in their order on the page, for narrow and for wide scopes. */
export interface OrderByWidth {
  parent: Element;
  /** width of the scope, px, from which on `wide` holds, as in the stylesheet */
  from: number;
  /** where this holds it is `narrow` at any width */
  unless?: Pick<MediaQueryList, "matches">;
  narrow: readonly Element[];
  wide: readonly Element[];
}

/**
 * Keeps the DOM order as the visual order at any width, for Tab and screen readers. A child may
 * stand in one parent where it is narrow and in another where it is wide.
 */
export function createReadingOrder(layouts: readonly OrderByWidth[]) {
  const known = new Map<OrderByWidth, boolean>();
  return (width: number): void => {
    const isWide = ({ from, unless }: OrderByWidth) => width >= from && !unless?.matches;
    const due = layouts.filter((each) => width > 0 && known.get(each) !== isWide(each));
    const held = due.map(({ parent }) => parent.querySelector<HTMLElement>(":focus")).find(Boolean);
    for (const layout of due) {
      known.set(layout, isWide(layout));
      reorderChildren(layout.parent, isWide(layout) ? layout.wide : layout.narrow);
    }
    // What goes to another parent loses the focus on the way.
    if (held && !held.matches(":focus")) held.focus({ preventScroll: true });
  };
}
