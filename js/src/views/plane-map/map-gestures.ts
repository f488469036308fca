import type { Point } from "../../base/angles.ts";
import { CLICK_SLIP } from "../../ui/pointer.ts";

/** What pointers, wheel and keys do on the map. */
export interface MapGestures {
  /** the pointer is over a point, or has left */
  hover(place: Point | undefined): void;
  pick(place: Point): void;
  /** by shares of the map's side */
  pan(by: Point): void;
  /** the point at `from` moves to `to` */
  zoom(factor: number, from: Point, to: Point): void;
  /** moves so many rows and columns from the plane on show */
  step(rows: number, columns: number): void;
  zoomAboutPlane(factor: number): void;
  showWhole(): void;
}

/** Factor by which a button, a key or a double click zooms. */
export const ZOOM_STEP = 2;

interface Touch {
  from: Point;
  at: Point;
}

const between = (one: Point, other: Point): Point => ({
  x: (one.x + other.x) / 2,
  y: (one.y + other.y) / 2,
});

const apart = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y);

/** Zooms as one finger moves from `at` to `to` while the other stays. */
function pinch(gestures: MapGestures, other: Point, at: Point, to: Point): void {
  const factor = apart(to, other) / Math.max(1e-6, apart(at, other));
  gestures.zoom(factor, between(at, other), between(to, other));
}

function placeIn(canvas: HTMLCanvasElement, event: MouseEvent): Point {
  const box = canvas.getBoundingClientRect();
  return {
    x: (event.clientX - box.left) / Math.max(1, box.width),
    y: (event.clientY - box.top) / Math.max(1, box.height),
  };
}

/** Follows pointers: a drag pans, two fingers zoom and pan, a click picks. */
function followPointers(canvas: HTMLCanvasElement, gestures: MapGestures, signal: AbortSignal) {
  const touches = new Map<number, Touch>();
  let moved = false;
  const down = (event: PointerEvent) => {
    if (event.button !== 0 || touches.size >= 2) return;
    canvas.setPointerCapture(event.pointerId);
    const place = placeIn(canvas, event);
    moved = touches.size > 0;
    touches.set(event.pointerId, { from: place, at: place });
    gestures.hover(undefined);
  };
  const move = (event: PointerEvent) => {
    const touch = touches.get(event.pointerId);
    const to = placeIn(canvas, event);
    if (!touch) {
      if (event.pointerType !== "touch") gestures.hover(to);
      return;
    }
    moved ||= apart(touch.from, to) * canvas.clientWidth > CLICK_SLIP;
    if (!moved) return;
    const [other] = [...touches.values()].filter((each) => each !== touch);
    const { at } = touch;
    touch.at = to;
    canvas.classList.add("srm-held");
    if (other) pinch(gestures, other.at, at, to);
    else gestures.pan({ x: to.x - at.x, y: to.y - at.y });
  };
  const end = (event: PointerEvent) => {
    if (!touches.delete(event.pointerId)) return;
    const place = placeIn(canvas, event);
    if (event.type === "pointerup" && !moved) gestures.pick(place);
    if (event.type === "pointerup" && event.pointerType !== "touch") gestures.hover(place);
    if (touches.size === 0) canvas.classList.remove("srm-held");
  };
  canvas.addEventListener("pointerdown", down, { signal });
  canvas.addEventListener("pointermove", move, { signal });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
    canvas.addEventListener(name, end, { signal });
  }
  canvas.addEventListener("pointerleave", () => gestures.hover(undefined), { signal });
}

// A notch of a wheel is 100 px, a trackpad's pinch a few.
const PER_PIXEL = 0.005;
const MOST_PIXELS = 120;
const PIXELS_PER_LINE = 30;

/** Zooms with the wheel and Ctrl or Cmd; the plain wheel scrolls the page. */
function followWheel(canvas: HTMLCanvasElement, gestures: MapGestures, signal: AbortSignal) {
  const turned = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const pixels =
      event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : PIXELS_PER_LINE);
    const kept = Math.min(MOST_PIXELS, Math.max(-MOST_PIXELS, pixels));
    const place = placeIn(canvas, event);
    gestures.zoom(Math.exp(-kept * PER_PIXEL), place, place);
  };
  canvas.addEventListener("wheel", turned, { signal, passive: false });
  const twice = (event: MouseEvent) => {
    event.preventDefault();
    const place = placeIn(canvas, event);
    gestures.zoom(ZOOM_STEP, place, place);
  };
  canvas.addEventListener("dblclick", twice, { signal });
}

const LONG_STEP = 10;
const TO_THE_EDGE = Number.MAX_SAFE_INTEGER / 4;

function followKeys(canvas: HTMLCanvasElement, gestures: MapGestures, signal: AbortSignal) {
  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? LONG_STEP : 1;
    const keys: Record<string, () => void> = {
      ArrowUp: () => gestures.step(-far, 0),
      ArrowDown: () => gestures.step(far, 0),
      ArrowLeft: () => gestures.step(0, -far),
      ArrowRight: () => gestures.step(0, far),
      PageUp: () => gestures.step(-LONG_STEP, 0),
      PageDown: () => gestures.step(LONG_STEP, 0),
      Home: () => gestures.step(0, -TO_THE_EDGE),
      End: () => gestures.step(0, TO_THE_EDGE),
      "+": () => gestures.zoomAboutPlane(ZOOM_STEP),
      "=": () => gestures.zoomAboutPlane(ZOOM_STEP),
      "-": () => gestures.zoomAboutPlane(1 / ZOOM_STEP),
      "0": () => gestures.showWhole(),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  canvas.addEventListener("keydown", pressed, { signal });
}

/** Calls `gestures` for what pointers, wheel and keys do on the map. */
export function followMap(
  canvas: HTMLCanvasElement,
  gestures: MapGestures,
  signal: AbortSignal,
): void {
  followPointers(canvas, gestures, signal);
  followWheel(canvas, gestures, signal);
  followKeys(canvas, gestures, signal);
}
