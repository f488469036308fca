/** What the page takes at most: it counts in one thread, and holds all of it in memory. */

const MEGABYTE = 1e6;

/** Size of the files that are dropped together, beside their headers, in words. */
export const MOST_FILE_TEXT = "64 MB";

export const MOST_FILE_BYTES = 64 * MEGABYTE + 65_536;

/** Numbers of the activations, and of the basis; also where a file has them packed. */
export const MOST_NUMBERS = 16e6;

/** Samples: more are counted too slowly to turn a spotlight over. */
export const MOST_SAMPLES = 1e6;

/** Dimensions, and directions. */
export const MOST_DIRECTIONS = 4096;

/** A number of bytes in words: "64 MB", "64.1 MB". */
export function bytesText(bytes: number): string {
  if (bytes < MEGABYTE) return `${bytes.toLocaleString("en-US")} bytes`;
  const value = Number((bytes / MEGABYTE).toFixed(1));
  return `${value.toLocaleString("en-US")} MB`;
}
