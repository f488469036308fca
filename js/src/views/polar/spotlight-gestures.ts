import type { Point } from "../../base/angles.ts";
import { CLICK_SLIP } from "../../ui/pointer.ts";
import { angleOfPoint, dragEpsilon, dragTheta } from "./polar-geometry.ts";
import { type DragHandle, markHeld } from "./spotlight.ts";

/** What pointers do to the spotlight. */
export interface SpotlightGestures {
  theta(): number;
  turn(theta: number): void;
  widen(epsilon: number): void;
}

/** The pointer's position relative to the centre; a host may have scaled the picture. */
function fromCentre(svg: SVGSVGElement, event: MouseEvent): Point {
  const box = svg.getBoundingClientRect();
  return {
    x: event.clientX - (box.left + box.width / 2),
    y: event.clientY - (box.top + box.height / 2),
  };
}

/**
 * Makes a handle draggable: it turns the spotlight around the centre, or widens it to another ε. A
 * click within the spotlight points it there, as one outside does.
 */
export function dragHandle(
  svg: SVGSVGElement,
  { node, action }: DragHandle,
  gestures: SpotlightGestures,
  signal: AbortSignal,
): void {
  interface Drag {
    pointer: number;
    start: number;
    grabbed: number;
    from: Point;
    moved: boolean;
  }
  let drag: Drag | undefined;
  const pointerAngle = (event: PointerEvent) => angleOfPoint(fromCentre(svg, event));
  const down = (event: PointerEvent) => {
    if (event.button !== 0 || drag) return;
    event.preventDefault();
    node.setPointerCapture(event.pointerId);
    const grabbed = pointerAngle(event);
    const from = { x: event.clientX, y: event.clientY };
    drag = { pointer: event.pointerId, start: gestures.theta(), grabbed, from, moved: false };
    markHeld(node, true);
  };
  const move = (event: PointerEvent) => {
    if (drag?.pointer !== event.pointerId) return;
    const slipped = Math.hypot(event.clientX - drag.from.x, event.clientY - drag.from.y);
    drag.moved ||= slipped > CLICK_SLIP;
    if (!drag.moved) return;
    const angle = pointerAngle(event);
    if (action !== "widen") gestures.turn(dragTheta(drag.start, drag.grabbed, angle));
    else gestures.widen(dragEpsilon(angle, gestures.theta()));
  };
  const end = (event: PointerEvent) => {
    if (drag?.pointer !== event.pointerId) return;
    const clicked = !drag.moved && event.type === "pointerup";
    if (clicked && action === "aim") gestures.turn(dragTheta(0, 0, pointerAngle(event)));
    drag = undefined;
    markHeld(node, false);
  };
  node.addEventListener("pointerdown", down, { signal });
  node.addEventListener("pointermove", move, { signal });
  // Inside a picture not every browser heeds touch-action, and would scroll the page instead.
  const touched = (event: TouchEvent) => event.preventDefault();
  node.addEventListener("touchstart", touched, { signal, passive: false });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
    node.addEventListener(name, end, { signal });
  }
}

/**
 * Points the spotlight at a click on the free disc; at a tap too, while a swipe still scrolls the
 * page.
 */
export function clickDisc(
  svg: SVGSVGElement,
  disc: SVGElement,
  gestures: SpotlightGestures,
  signal: AbortSignal,
): void {
  disc.addEventListener(
    "click",
    (event) => gestures.turn(dragTheta(0, 0, angleOfPoint(fromCentre(svg, event)))),
    { signal },
  );
}
