import { clipped } from "../../base/format.ts";
import type { StripItem } from "../../protocol/frames.ts";
import { element, setText } from "../../ui/elements.ts";
import { litShare } from "./strip-data.ts";

/** A text of which a part may be marked. */
export interface MarkedTextView {
  node: HTMLElement;
  /**
   * Shows at most `most` letters of the text of a sample, the marked part the stronger the further
   * its cosine is beyond ε; and at most `lead` letters before that part, so that it is in view
   */
  show(item: StripItem, epsilon: number, most: number, lead?: number): void;
}

/** Creates a text of which a part may be marked, in `node`. */
export function createMarkedText(node: HTMLElement): MarkedTextView {
  const before = element("span");
  const mark = element("mark");
  const after = element("span");
  node.append(before, mark, after);
  const show = (item: StripItem, epsilon: number, most: number, lead = most) => {
    const isMarked = item.kind === "marked";
    const letters = isMarked ? Array.from(item.text) : [clipped(item.text, most)];
    const [start, stop] = isMarked ? item.mark : [letters.length, letters.length];
    const first = Math.max(0, start - lead);
    const end = first + most;
    const parts = [
      letters.slice(first, start),
      letters.slice(start, stop),
      letters.slice(stop, end),
    ];
    const [left = "", marked = "", right = ""] = parts.map((part) => part.join(""));
    setText(before, first > 0 ? `…${left}` : left);
    setText(mark, marked);
    setText(after, right);
    mark.hidden = marked === "";
    mark.style.setProperty("--_lit", litShare(item, epsilon).toFixed(2));
  };
  return { node, show };
}
