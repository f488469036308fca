/** Finds the samples inside the spotlight, and their previews. */

import { wrapAngle } from "../base/angles.ts";
import { joinBytes } from "../base/binary.ts";
import type { StripFrame, StripItem } from "../protocol/frames.ts";
import { MOST_PREVIEWS } from "../protocol/limits.ts";
import { samplesLitAt } from "./arcs.ts";
import type { Curve } from "./curve.ts";
import type { PayloadStep, SampleClasses, SamplePreview } from "./payload.ts";

/** The samples inside the spotlight at an angle. */
export interface Beam {
  theta: number;
  /** number of samples inside */
  nLit: number;
  /** number of them in each class group; empty without labels */
  byClass: number[];
  /** number of them in the groups that are switched on */
  nListed: number;
  /** the first of those, by falling cosine */
  samples: number[];
}

/** The samples of the highest values, falling, at most `most`; of equal values the first ones. */
function topBy(samples: Int32Array, value: (sample: number) => number, most: number): number[] {
  const found: { sample: number; value: number }[] = [];
  for (const sample of samples) {
    const own = value(sample);
    if (found.length === most && own <= (found.at(-1)?.value ?? own)) continue;
    const place = found.findIndex((other) => other.value < own);
    found.splice(place < 0 ? found.length : place, 0, { sample, value: own });
    if (found.length > most) found.pop();
  }
  return found.map(({ sample }) => sample);
}

/** Finds the samples inside the spotlight of a curve at an angle. */
export function beamOf(
  { arcs: found, plane }: Curve,
  angle: number,
  groups: Uint8Array,
  nGroups: number,
  hidden: readonly number[],
): Beam {
  const theta = wrapAngle(angle);
  const inside = samplesLitAt(found, theta);
  const byClass = Array.from({ length: nGroups }, () => 0);
  for (const sample of nGroups ? inside : []) {
    const group = groups[sample] ?? 0;
    byClass[group] = (byClass[group] ?? 0) + 1;
  }
  const on = hidden.length
    ? inside.filter((sample) => !hidden.includes(groups[sample] ?? 0))
    : inside;
  const [across, up] = [Math.cos(theta), Math.sin(theta)];
  const { a, c } = plane.points;
  const samples = topBy(
    on,
    (sample) => (a[sample] ?? 0) * across + (c[sample] ?? 0) * up,
    MOST_PREVIEWS,
  );
  return { theta, nLit: inside.length, byClass, nListed: on.length, samples };
}

function stripItem(
  step: PayloadStep,
  classes: SampleClasses | undefined,
  sample: number,
  shown: SamplePreview,
) {
  const code = step.codes[sample] ?? 0;
  return {
    index: step.rows[sample] ?? 0,
    label: classes?.names[code] ?? null,
    group: classes ? (classes.groupOf[code] ?? 0) : null,
    kind: shown.kind,
    text: shown.text,
    mark: shown.mark,
    mime: shown.mime,
    bytes: shown.file.length,
    width: shown.width,
    height: shown.height,
  };
}

/** The strip of samples inside the spotlight, and their picture files one after another. */
export function stripOf(
  { plane, epsilon }: Curve,
  { theta, nListed, samples }: Beam,
  step: PayloadStep,
  classes: SampleClasses | undefined,
  preview: (row: number) => SamplePreview,
): { frame: StripFrame; files: Uint8Array } {
  const files: Uint8Array[] = [];
  const { points, pair } = plane;
  const items = samples.map((sample): StripItem => {
    const shown = preview(step.rows[sample] ?? 0);
    files.push(shown.file);
    return {
      ...stripItem(step, classes, sample, shown),
      cosine: points.cosine(sample, theta),
      at: [points.a[sample] ?? 0, points.c[sample] ?? 0],
    };
  });
  const frame = { pair, theta, epsilon, n_lit: nListed, items };
  return { frame, files: joinBytes(files) };
}
