/** Decodes the arrays that are drawn. */

import {
  type BinaryValue,
  decodeBytes,
  decodeFloats,
  decodeInts,
  decodeShorts,
} from "../base/binary.ts";
import type { TraitSource } from "../protocol/readers.ts";
import type { ScopeTraits } from "../protocol/traits.ts";
import { derived } from "./derived.ts";

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
  /** the same of all planes laid over one another */
  ensembleCloud: Uint8Array;
  /** counts of the first class group, then of the next; empty without labels */
  classCounts: Int32Array;
  marks: Float32Array;
  /** counts and signed counts of the step that is compared with; empty if none is */
  compared: Int32Array;
  signedCompared: Int32Array;
  /** `BAND_QUANTILES` of the lit planes at each angle, one after the other; empty if none is lit */
  ensemble: Float32Array;
  /** codes of the map's scores, the planes they are of, the samples lit in these; then its window's */
  map: Uint16Array;
  mapBest: Uint16Array;
  mapLit: Uint16Array;
  tile: Uint16Array;
  tileBest: Uint16Array;
  tileLit: Uint16Array;
  /** of the plane in each step, its standard error, and of the layer */
  course: Float32Array;
  courseError: Float32Array;
  layerCourse: Float32Array;
}

/** The arrays of the traits, each decoded once. */
export function decodedArraysOf(traits: TraitSource): DecodedArrays {
  const of =
    <A>(name: BufferName, decode: (buffer: BinaryValue) => A) =>
    () =>
      decode(traits.get(name));
  return derived<DecodedArrays>({
    counts: of("_counts", decodeInts),
    signedCounts: of("_signed_counts", decodeInts),
    band: of("_band", decodeFloats),
    points: of("_points", decodeFloats),
    pointGroups: of("_point_groups", decodeBytes),
    density: of("_density", decodeBytes),
    ensembleCloud: of("_ensemble_cloud", decodeBytes),
    classCounts: of("_class_counts", decodeInts),
    marks: of("_marks", decodeFloats),
    compared: of("_compared", decodeInts),
    signedCompared: of("_signed_compared", decodeInts),
    ensemble: of("_ensemble", decodeFloats),
    map: of("_map", decodeShorts),
    mapBest: of("_map_best", decodeShorts),
    mapLit: of("_map_lit", decodeShorts),
    tile: of("_tile", decodeShorts),
    tileBest: of("_tile_best", decodeShorts),
    tileLit: of("_tile_lit", decodeShorts),
    course: of("_course", decodeFloats),
    courseError: of("_course_error", decodeFloats),
    layerCourse: of("_course_ensemble", decodeFloats),
  });
}
