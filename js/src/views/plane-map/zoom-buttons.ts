import { element } from "../../ui/elements.ts";
import { CLOSER, type MapGestures } from "./map-gestures.ts";
import { closest, isWhole, type View } from "./viewport.ts";

/** The buttons that zoom the map. */
export function createZoom(
  gestures: Pick<MapGestures, "zoomAboutPlane" | "whole">,
  signal: AbortSignal,
) {
  const make = (sign: string, name: string, act: () => void) => {
    const attributes = { type: "button", class: "srm-button srm-zoom", "aria-label": name };
    const button = element("button", { ...attributes, title: name }, [sign]);
    button.addEventListener("click", act, { signal });
    return button;
  };
  const closer = make("+", "Zoom in", () => gestures.zoomAboutPlane(CLOSER));
  const farther = make("−", "Zoom out", () => gestures.zoomAboutPlane(1 / CLOSER));
  const all = make("Whole", "Whole map", () => gestures.whole());
  const node = element("div", { class: "srm-zooms" }, [closer, farther, all]);
  const update = (view: View, nDirections: number) => {
    const least = closest(nDirections);
    node.hidden = nDirections <= least;
    closer.disabled = view.span <= least;
    farther.disabled = all.disabled = isWhole(view, nDirections);
  };
  return { node, update };
}
