import type { ComparedFrame } from "../../protocol/frames.ts";
import type { DecodedArrays } from "../../state/decoded-arrays.ts";

/**
 * The curve of the step that is compared with, in counts, and what a count is on the radial scale.
 */
export interface ComparisonCurve {
  values: Int32Array;
  perCount: number;
}

/**
 * The curve to compare with, or undefined if there is none; where rings are gains, each curve has
 * its own isotropy.
 */
export function comparisonCurveOf(
  frame: Partial<ComparedFrame> | null,
  { compared, signedCompared }: Pick<DecodedArrays, "compared" | "signedCompared">,
  signed: boolean,
  unit: number | undefined,
): ComparisonCurve | undefined {
  const { n_samples = 0, isotropic = 0 } = frame ?? {};
  const values = signed ? signedCompared : compared;
  if (values.length === 0 || n_samples === 0) return undefined;
  const scale = unit === undefined || isotropic === 0 ? 1 : unit / isotropic;
  return { values, perCount: scale / n_samples };
}

/** The largest value of the curve. */
export function comparisonPeak(compared: ComparisonCurve | undefined): number {
  if (!compared) return 0;
  return (
    compared.perCount * compared.values.reduce((top, value) => Math.max(top, Math.abs(value)), 0)
  );
}
