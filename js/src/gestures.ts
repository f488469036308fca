import { angleOf, dragEpsilon, dragTheta, type Point } from "./geometry.ts";
import { type Grip, markHeld } from "./polar-beam.ts";

export interface Gestures {
  theta(): number;
  turn(theta: number): void;
  widen(epsilon: number): void;
}

/** Pointer position relative to the centre; a host may have scaled the picture. */
function fromCentre(svg: SVGSVGElement, event: MouseEvent): Point {
  const box = svg.getBoundingClientRect();
  return {
    x: event.clientX - (box.left + box.width / 2),
    y: event.clientY - (box.top + box.height / 2),
  };
}

/** Drags one grip: the whole beam around the centre, or one of its edges to another ε. */
export function dragGrip(
  svg: SVGSVGElement,
  { node, grip }: { node: SVGElement; grip: Grip },
  gestures: Gestures,
  signal: AbortSignal,
): void {
  let drag: { pointer: number; start: number; grabbed: number } | undefined;
  const pointerAngle = (event: PointerEvent) => angleOf(fromCentre(svg, event));
  const down = (event: PointerEvent) => {
    if (event.button !== 0 || drag) return;
    event.preventDefault();
    node.setPointerCapture(event.pointerId);
    const grabbed = pointerAngle(event);
    drag = { pointer: event.pointerId, start: gestures.theta(), grabbed };
    markHeld(node, true);
  };
  const move = (event: PointerEvent) => {
    if (drag?.pointer !== event.pointerId) return;
    const angle = pointerAngle(event);
    if (grip === "turn") gestures.turn(dragTheta(drag.start, drag.grabbed, angle));
    else gestures.widen(dragEpsilon(angle, gestures.theta()));
  };
  const end = (event: PointerEvent) => {
    if (drag?.pointer !== event.pointerId) return;
    drag = undefined;
    markHeld(node, false);
  };
  node.addEventListener("pointerdown", down, { signal });
  node.addEventListener("pointermove", move, { signal });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
    node.addEventListener(name, end, { signal });
  }
}

/** A click on the free disc turns the beam there; a tap too, while a swipe still scrolls the page. */
export function clickDisc(
  svg: SVGSVGElement,
  disc: SVGElement,
  gestures: Gestures,
  signal: AbortSignal,
): void {
  disc.addEventListener(
    "click",
    (event) => gestures.turn(dragTheta(0, 0, angleOf(fromCentre(svg, event)))),
    { signal },
  );
}
