/** The traits that a kernel would send for one plane, made from the samples that the page holds. */

import { memoizeByKey } from "../base/memoize.ts";
import { type Beam, stripOf } from "../engine/beam.ts";
import { type Clusters, effectiveNumbers } from "../engine/cluster-errors.ts";
import { type Curve, curveOf, meanArc, type PlaneArcs, planeArcs } from "../engine/curve.ts";
import type { LayerSamples, Plane } from "../engine/layer-samples.ts";
import type { Payload } from "../engine/payload.ts";
import { samplesInPlane } from "../engine/samples-in-plane.ts";
import { wilsonInterval } from "../engine/wilson-interval.ts";
import type { AheadFrame, CloudKind, LayerFrame, Pair } from "../protocol/frames.ts";
import type { ScopeTraits } from "../protocol/traits.ts";

const NO_BYTES = new Uint8Array();

/** Facts of a frame that depend on the spotlight's angle, and how long it all took. */
export interface BeamFacts {
  beam: Beam;
  isotropic: number;
  elapsed: number;
  nSamples: number;
}

type CurveFacts = Omit<AheadFrame, "step" | "names" | "order" | "position">;

/** The fields of a frame that say what a curve and the spotlight in it show. */
export function frameFacts(
  curve: Curve,
  { beam, isotropic, elapsed, nSamples }: BeamFacts,
): CurveFacts {
  const { plane, epsilon, resolution, peak } = curve;
  return {
    pair: plane.pair,
    epsilon,
    resolution,
    theta: beam.theta,
    alpha: plane.alpha,
    n_samples: nSamples,
    n_total: nSamples,
    is_partial: false,
    n_lit: beam.nLit,
    lit_angle: null,
    isotropic,
    n_in_plane: curve.arcs.samples.length,
    arc: meanArc(curve.counts, curve.arcs.samples.length),
    alignment: curve.alignment,
    alignment_error: curve.alignmentError,
    peak,
    peak_angle: curve.peakAngle,
    elapsed_ms: elapsed,
    reach: peak === 0 ? plane.points.reach : null,
    class_lit: beam.byClass,
  };
}

/** The traits of the curve that is compared with. */
export function comparedTraits(curve: Curve, step: number, nSamples: number, isotropic: number) {
  return {
    _compared_frame: { step, n_samples: nSamples, isotropic, peak: curve.peak },
    _compared: curve.counts,
    _signed_compared: curve.signed,
  } satisfies Partial<ScopeTraits>;
}

/** The traits where no step is compared with. */
export const NOT_COMPARED = {
  _compared_frame: {},
  _compared: NO_BYTES,
  _signed_compared: NO_BYTES,
} satisfies Partial<ScopeTraits>;

/** The `_layer` trait: what the samples and directions of a step are. */
export function layerFrame(
  { frame }: Payload,
  { step, nSamples, nDirections, dead }: LayerSamples,
): LayerFrame {
  return {
    n_samples: nSamples,
    n_dims: frame.n_dims,
    n_directions: nDirections,
    n_planes: (nDirections * (nDirections - 1)) / 2,
    n_zero: step.nZero,
    n_dead: dead.size,
    n_clusters: step.clusters?.sizes.length ?? null,
    basis: step.basisName,
    preparation: step.preparation,
    levels: [],
    isotropic_series: frame.isotropic_series,
  };
}

/** The traits of the samples in the plane: points or a density. */
export function samplesTraits(
  { isotropicCells }: Payload,
  layer: LayerSamples,
  pair: Pair,
  kind: CloudKind,
) {
  const { groups } = layer.step;
  const samples = samplesInPlane(layer.plane(pair), kind, groups, isotropicCells);
  return {
    _cloud_frame: samples.frame,
    _points: samples.points,
    _point_groups: samples.groups,
    _density: samples.density,
  } satisfies Partial<ScopeTraits>;
}

/** The index of a number in a rising array, -1 if it is not there. */
function indexInRising(rising: Int32Array, number: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return rising[low] === number ? low : -1;
}

/** Coordinates in the plane of the highlighted rows that the page holds. */
export function markPositions(
  layer: LayerSamples,
  pair: Pair,
  rows: readonly number[],
): Float32Array {
  if (rows.length === 0) return new Float32Array();
  const { points } = layer.plane(pair);
  const found: number[] = [];
  for (const row of rows) {
    const place = indexInRising(layer.step.rows, row);
    if (place >= 0) found.push(points.a[place] ?? 0, points.c[place] ?? 0);
  }
  return Float32Array.from(found);
}

/** The traits of the samples in the spotlight and their pictures. */
export function stripTraits(
  { preview, classes }: Payload,
  layer: LayerSamples,
  curve: Curve,
  beam: Beam,
) {
  if (!preview) return { _strip_frame: {}, _strip: NO_BYTES } satisfies Partial<ScopeTraits>;
  const { frame, files } = stripOf(curve, beam, layer.step, classes, preview);
  return { _strip_frame: frame, _strip: files } satisfies Partial<ScopeTraits>;
}

/** The `_legend` trait: the class groups and their sizes. */
export function legendTraits({ classes }: Payload, { step }: LayerSamples) {
  if (!classes) return { _legend: {} } satisfies Partial<ScopeTraits>;
  const sizes = classes.groups.map(() => 0);
  for (const group of step.groups) sizes[group] = (sizes[group] ?? 0) + 1;
  const { groups: names, other, nClasses } = classes;
  const legend = { names, sizes, other, n_classes: nClasses };
  return { _legend: legend } satisfies Partial<ScopeTraits>;
}

/** The cone and the angles at which a curve is counted. */
export interface Cone {
  epsilon: number;
  resolution: number;
}

/** A curve with its traits, and the time it took. */
export interface TimedCurve {
  curve: Curve;
  /** its arrays, as the traits they are sent in */
  traits: Partial<ScopeTraits>;
  /** milliseconds it took to compute */
  elapsed: number;
}

/** Computes curves, and of the next one only what another ε or resolution changes. */
export class CurveCache {
  readonly #arcs = memoizeByKey<PlaneArcs>();
  readonly #curves = memoizeByKey<TimedCurve>();

  /**
   * `key` identifies the plane; its samples fall into `nGroups` groups, or into none, and hang
   * together in clusters, if there are any.
   */
  curve(
    key: unknown,
    plane: Plane,
    { epsilon, resolution }: Cone,
    nSamples: number,
    groups: Uint8Array = NO_BYTES,
    nGroups = 0,
    clusters?: Clusters,
  ): TimedCurve {
    return this.#curves([key, epsilon, resolution], () => {
      const began = performance.now();
      const arcs = this.#arcs([key, epsilon], () => planeArcs(plane, epsilon, clusters));
      const curve = curveOf(arcs, resolution, groups, nGroups);
      const effective = clusters && effectiveNumbers(arcs.arcs, curve.counts, nSamples, clusters);
      const elapsed = performance.now() - began;
      const traits = {
        _counts: curve.counts,
        _signed_counts: curve.signed,
        _band: wilsonInterval(curve.counts, nSamples, effective),
        _class_counts: curve.byClass,
      };
      return { curve, traits, elapsed };
    });
  }
}
