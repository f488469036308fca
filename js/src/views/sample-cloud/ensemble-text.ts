/** What is said of the density of all planes. */

import { epsilonText, integer } from "../../base/format.ts";
import type { EnsembleCloudFrame, EnsembleCloudProgress } from "../../protocol/frames.ts";

/** The density of all planes: what is drawn, and how far the one asked for is counted. */
export interface EnsembleStatus {
  frame: EnsembleCloudFrame | undefined;
  progress: EnsembleCloudProgress | undefined;
  isOffline: boolean;
}

/** What a density of all planes rests on, in words. */
export function ensembleText({
  kind,
  n_planes,
  n_samples,
  n_lit,
  epsilon,
  isotropic,
}: EnsembleCloudFrame): string {
  const planes = n_planes === 1 ? "1 plane" : `${integer(n_planes)} planes laid over one another`;
  const at = epsilonText(epsilon);
  if (n_lit === 0) return `${planes}: nothing is lit at ${at}.`;
  const all = `${integer(n_lit)} of ${integer(n_planes * n_samples)}`;
  const pairs = `pairs of plane and sample lit at ${at}`;
  if (isotropic >= 1)
    return `${planes}: ${all} ${pairs}, ${integer(isotropic)} if data were isotropic.`;
  const few = "fewer than 1 if data were isotropic";
  // A ratio to next to nothing is large wherever a sample happens to be.
  const warning = kind === "ratio" ? ", so that the ratio tells only where they lie" : "";
  return `${planes}: ${all} ${pairs}, ${few}${warning}.`;
}

/** What is said of the density of all planes, and how far it is counted. */
export function ensembleStatusText({ frame, progress, isOffline }: EnsembleStatus): string {
  const said = frame ? ensembleText(frame) : "this plane.";
  if (progress?.state === "failed") return `${progress.hint} On show: ${said}`;
  if (isOffline) return frame ? said : "All planes were not counted. On show: this plane.";
  // What is counted in a moment, as while ε moves, comes and goes without a word.
  const isNews = progress?.state === "running" && (!frame || progress.progress > 0);
  if (!isNews) return frame ? said : "";
  const share = Math.floor(100 * progress.progress);
  return `Counting all planes … ${share}\u00a0%. On show: ${said}`;
}
