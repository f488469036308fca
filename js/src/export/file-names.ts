/** Makes names and texts from data safe for files. */

import type { CurveFrame } from "../protocol/frames.ts";

// Two of them, of up to four bytes a letter, stay below what file systems take.
const MOST_LETTERS = 28;

/** A name reduced to letters, digits, "-" and "_"; may be empty. */
function safe(name: string): string {
  const kept = name.normalize("NFKC").replace(/[^\p{L}\p{N}_]+/gu, "-");
  return Array.from(kept.replace(/^-+|-+$/g, ""))
    .slice(0, MOST_LETTERS)
    .join("")
    .replace(/-+$/, "");
}

/**
 * The name of a file without its ending: "srm-<first>-<second>", by number where the names have no
 * letter or would be the same.
 */
export function fileStem({ pair, names }: Pick<CurveFrame, "pair" | "names">): string {
  const [first, second] = names.map(safe);
  const [i, j] = pair;
  if (first === second) return `srm-b${i}-b${j}`;
  return `srm-${first || `b${i}`}-${second || `b${j}`}`;
}

const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const TURNING = /[\u200E\u200F\u061C\u202A-\u202E\u2066-\u2069]/g;

/** A text that XML can hold, without characters that turn the writing direction. */
export function xmlSafeText(text: string): string {
  return text.replace(FORBIDDEN, "\uFFFD").replace(TURNING, "").replace(/\s+/g, " ").trim();
}
