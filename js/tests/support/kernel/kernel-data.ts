import type { LayerFrame, Pair } from "../../../src/protocol/frames.ts";
import type { ScopeTraits } from "../../../src/protocol/traits.ts";
import type { FakeClasses } from "./fake-classes.ts";
import type { PlanePoint, Row } from "./vectors.ts";

/** The traits that either side may set. */
export type KernelTraits = Pick<
  ScopeTraits,
  { [K in keyof ScopeTraits]: K extends `_${string}` ? never : K }[keyof ScopeTraits] | "_window"
>;

/** What the parts of the fake kernel know of it. */
export interface KernelData {
  readonly traits: KernelTraits;
  readonly layer: LayerFrame;
  /** rows of unit length */
  readonly basis: readonly Row[];
  /** of the directions */
  readonly names: string[];
  /** of the step on show; rows of unit length */
  readonly samples: readonly Row[];
  readonly classes: FakeClasses;
  plane(pair: Pair): { alpha: number; points: readonly PlanePoint[] };
  /** all planes, in the order of their index */
  planes(): Pair[];
  /** the share of isotropic samples that is lit */
  isotropic(epsilon: number): number;
}
