/** What the page takes at most: it counts in one thread, and holds all of it in memory. */

const MEGABYTE = 1e6;

/** Bytes of the files that are dropped together. */
export const MOST_BYTES = 64 * MEGABYTE;

/** Numbers of the activations, and of the basis; also where a file has them packed. */
export const MOST_NUMBERS = 16e6;

/** Samples: more are counted too slowly to turn a spotlight over. */
export const MOST_SAMPLES = 1e6;

/** Dimensions, and directions. */
export const MOST_DIRECTIONS = 4096;

/** A number of bytes in words, as `bytes_text` in Python. */
export const bytesText = (bytes: number): string => {
  const value = bytes / MEGABYTE;
  if (value < 1) return `${bytes.toLocaleString("en-US")} bytes`;
  return value < 9.95
    ? `${value.toFixed(1)} MB`
    : `${Math.round(value).toLocaleString("en-US")} MB`;
};
