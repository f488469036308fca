import { element } from "../../ui/elements.ts";
import { type MapGestures, ZOOM_STEP } from "./map-gestures.ts";
import { closest, isWholeMap, type Viewport } from "./viewport.ts";

/** Creates the buttons that zoom the map. */
export function createZoomButtons(
  gestures: Pick<MapGestures, "zoomAboutPlane" | "showWhole">,
  signal: AbortSignal,
) {
  const make = (sign: string, name: string, act: () => void) => {
    const attributes = { type: "button", class: "srm-button srm-zoom", "aria-label": name };
    const button = element("button", { ...attributes, title: name }, [sign]);
    button.addEventListener("click", act, { signal });
    return button;
  };
  const closer = make("+", "Zoom in", () => gestures.zoomAboutPlane(ZOOM_STEP));
  const farther = make("−", "Zoom out", () => gestures.zoomAboutPlane(1 / ZOOM_STEP));
  const all = make("Whole", "Whole map", () => gestures.showWhole());
  const node = element("div", { class: "srm-zooms" }, [closer, farther, all]);
  const update = (viewport: Viewport, nDirections: number) => {
    const least = closest(nDirections);
    node.hidden = nDirections <= least;
    closer.disabled = viewport.span <= least;
    farther.disabled = all.disabled = isWholeMap(viewport, nDirections);
  };
  return { node, update };
}
