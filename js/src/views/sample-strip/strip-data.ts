/** Data and texts of the samples inside the spotlight. */

import { type BinaryValue, toDataView } from "../../base/binary.ts";
import { clipped, integer } from "../../base/format.ts";
import type { StripFrame, StripItem } from "../../protocol/frames.ts";

/** The samples inside the spotlight and their pictures. */
export interface StripData {
  frame: StripFrame | undefined;
  /** picture file of each item */
  pictures: Uint8Array[];
}

/** Splits a buffer into the items' files; a file that it does not hold in full is empty. */
export function splitFiles(items: readonly StripItem[], buffer: BinaryValue): Uint8Array[] {
  const { buffer: memory, byteOffset, byteLength } = toDataView(buffer);
  const all = new Uint8Array(memory, byteOffset, byteLength);
  let end = 0;
  return items.map(({ bytes }) => {
    end += bytes;
    return end <= all.length ? all.subarray(end - bytes, end) : all.subarray(0, 0);
  });
}

/** The samples inside the spotlight, of a frame and the files that came with it. */
export function stripDataOf(frame: StripFrame | undefined, buffer: BinaryValue): StripData {
  return { frame, pictures: splitFiles(frame?.items ?? [], buffer) };
}

/** Whether two files are equal. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((value, k) => value === other[k]);
}

const CHUNK = 8192;

/** A picture as a data: URL: nothing to be fetched, and nothing to be revoked later. */
export function dataUrl(mime: string, file: Uint8Array): string {
  let text = "";
  for (let k = 0; k < file.length; k += CHUNK) {
    text += String.fromCharCode(...file.subarray(k, k + CHUNK));
  }
  return `data:${mime === "image/webp" ? mime : "image/png"};base64,${btoa(text)}`;
}

/** What stands on the tile of a sample that cannot be shown: why not is seen when it is pointed at. */
export const PROBLEM_TEXT = "Cannot be shown";

/** What stands below each sample. */
export const COSINE_TITLE =
  "Below each sample its label, if it has one, and its cosine with the spotlight: 1 in the middle, ε at the rim";

/** How many of the samples inside are shown, and in which order; those that cannot be do not count. */
export function shownCountText({ n_lit, items }: StripFrame): string {
  const shown = items.filter(({ kind }) => kind !== "problem").length;
  if (shown < n_lit) {
    return `${integer(shown)} of ${integer(n_lit)} shown${shown > 1 ? ", by cosine" : ""}`;
  }
  return n_lit === 1 ? "1 sample" : `${integer(n_lit)} samples, by cosine`;
}

/** Says why no sample is shown, of `inside` samples inside the spotlight. */
export function emptyText(inside: number): string {
  if (inside === 0) return "Nothing inside the beam";
  const all = inside === 1 ? "The one sample" : `All ${integer(inside)}`;
  return `${all} inside the beam ${inside === 1 ? "is of a class" : "are of classes"} switched off.`;
}

// What a screen reader reads out has an end.
const SPOKEN = 300;

/** The marked part of the text of a sample, "" where none is. */
const markedPart = ({ kind, text, mark: [start, stop] }: StripItem): string =>
  kind === "marked" ? Array.from(text).slice(start, stop).join("") : "";

/** How far the cosine of a sample is beyond ε, from 0 at the spotlight's rim to 1 in its middle. */
export const litShare = ({ cosine }: StripItem, epsilon: number): number =>
  Math.min(1, Math.max(0, (cosine - epsilon) / Math.max(1 - epsilon, 1e-9)));

/** The cosine of a sample as text. */
export const cosineText = ({ cosine }: StripItem): string => cosine.toFixed(2).replace("-", "−");

/** The name of a sample for screen readers, with all that can be read on its tile. */
export function sampleName(item: StripItem): string {
  const said = clipped(item.text, SPOKEN);
  const marked = markedPart(item);
  const text = item.kind === "image" ? [] : [marked ? `${marked} in: ${said}` : said];
  const label = item.label === null ? [] : [clipped(item.label, SPOKEN)];
  const sample = `sample ${integer(item.index)}`;
  const read = [...label, `${cosineText(item)} cosine`];
  // What is read on the tile comes in one piece; why it cannot be shown is not.
  const parts = item.kind === "problem" ? [PROBLEM_TEXT, ...read, ...text] : [...text, ...read];
  return [sample, ...parts].join(" · ");
}
