/** Decodes the arrays that are drawn. */

import { type BinaryValue, decodeBytes, decodeFloats, decodeInts } from "../base/binary.ts";
import { memoizeLast } from "../base/memoize.ts";
import type { ScopeModel, ScopeTraits } from "../protocol/traits.ts";

type BufferName = {
  [name in keyof ScopeTraits]: BinaryValue extends ScopeTraits[name] ? name : never;
}[keyof ScopeTraits];

/** The arrays that are drawn. */
export interface DecodedArrays {
  counts: Int32Array;
  signedCounts: Int32Array;
  band: Float32Array;
  points: Float32Array;
  /** the class group of each point, or empty */
  pointGroups: Uint8Array;
  /** codes of the samples in each cell, row by row from the bottom */
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

/** A reader of the arrays; it decodes a buffer only when it has changed. */
export function createArrayReader(model: ScopeModel): () => DecodedArrays {
  const read = <A>(name: BufferName, decode: (buffer: BinaryValue) => A) => {
    const once = memoizeLast(decode);
    return () => once(model.get(name));
  };
  const readers: { [name in keyof DecodedArrays]: () => DecodedArrays[name] } = {
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
    Object.fromEntries(entries.map(([name, each]) => [name, each()])) as unknown as DecodedArrays;
}
