import { createChoice } from "./choice.ts";
import type { CloudKind } from "./cloud-data.ts";
import { element } from "./dom.ts";

const KINDS: Record<CloudKind, string> = {
  off: "Off",
  points: "Points",
  density: "Density",
  ratio: "Density ÷ isotropic",
};

/** Chooses how the samples are drawn. */
export function createCloudChoice(chosen: (kind: CloudKind) => void, signal: AbortSignal) {
  const choice = createChoice("Samples as", KINDS, (kind) => chosen(kind as CloudKind), signal);
  const node = element("label", { class: "srm-samples" }, ["Samples as", choice.node]);
  return { node, update: choice.update };
}
