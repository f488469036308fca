/** What is drawn as arrays of numbers. */

import { type Buffer, decodeBytes, decodeFloats, decodeInts } from "../base/binary.ts";
import { remembering } from "../base/memoize.ts";
import type { ScopeModel, ScopeTraits } from "../protocol/traits.ts";

type BufferName = {
  [name in keyof ScopeTraits]: Buffer extends ScopeTraits[name] ? name : never;
}[keyof ScopeTraits];

export interface Arrays {
  counts: Int32Array;
  signedCounts: Int32Array;
  band: Float32Array;
  points: Float32Array;
  /** the class group of each point, or empty */
  pointGroups: Uint8Array;
  /** samples a cell, coded; row by row from the bottom */
  density: Uint8Array;
  /** counts of the first class group, then of the next; empty without labels */
  classCounts: Int32Array;
  marks: Float32Array;
  /** counts and signed counts of the step that is compared with; empty if none is */
  compared: Int32Array;
  signedCompared: Int32Array;
  /** mean of all planes at each angle, then their standard deviation; empty if none */
  ensemble: Float32Array;
}

/** A reader that decodes a buffer once and then hands out the same array until another one comes. */
export function arrayReader(model: ScopeModel): () => Arrays {
  const read = <A>(name: BufferName, decode: (buffer: Buffer) => A) => {
    const once = remembering(decode);
    return () => once(model.get(name));
  };
  const readers: { [name in keyof Arrays]: () => Arrays[name] } = {
    counts: read("_counts", decodeInts),
    signedCounts: read("_signed_counts", decodeInts),
    band: read("_band", decodeFloats),
    points: read("_points", decodeFloats),
    pointGroups: read("_point_groups", decodeBytes),
    density: read("_density", decodeBytes),
    classCounts: read("_class_counts", decodeInts),
    marks: read("_marks", decodeFloats),
    compared: read("_compared", decodeInts),
    signedCompared: read("_signed_compared", decodeInts),
    ensemble: read("_ensemble", decodeFloats),
  };
  const entries = Object.entries(readers);
  return () =>
    Object.fromEntries(entries.map(([name, each]) => [name, each()])) as unknown as Arrays;
}
