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
  const options = Object.entries(KINDS).map(([value, text]) =>
    element("option", { value }, [text]),
  );
  const select = element("select", { "aria-label": "Samples as" }, options);
  const node = element("label", { class: "srm-samples" }, ["Samples as", select]);
  select.addEventListener("change", () => chosen(select.value as CloudKind), { signal });
  const update = (kind: CloudKind) => {
    if (select.value !== kind) select.value = kind;
  };
  return { node, update };
}
