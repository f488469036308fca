/** Draws the polar plot once more, unseen: what is on show stays as it is while a file is made. */

import { element } from "../ui/elements.ts";
import { createPolarPlot, type PolarPicture } from "../views/polar/polar-plot.ts";

/** A polar plot that nobody sees, with the looks of the one on show. */
export interface HiddenPlot {
  /** where more may be drawn that is gone afterwards */
  room: HTMLElement;
  node: SVGSVGElement;
}

/**
 * Draws a picture in a hidden part of `root`, whose stylesheet and theme it has; once `use` is done
 * or has failed, nothing of it is left.
 */
export function withHiddenPlot<T>(
  root: HTMLElement,
  picture: PolarPicture,
  use: (plot: HiddenPlot) => T,
): T {
  const room = element("div", { hidden: "" });
  root.append(room);
  try {
    const { node, draw } = createPolarPlot(room);
    draw(picture);
    return use({ room, node });
  } finally {
    room.remove();
  }
}
