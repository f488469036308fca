import type { Order } from "../../protocol/frames.ts";
import { element } from "../../ui/elements.ts";
import { createSelect } from "../../ui/select.ts";

const ORDERS: Record<Order, string> = {
  index: "Index",
  alignment: "Alignment",
  peak: "Peak",
  gain: "Gain",
};

/** Chooses what the plane slider runs through. */
export function createOrder(chosen: (order: Order) => void, signal: AbortSignal) {
  const choice = createSelect("Plane order", ORDERS, (order) => chosen(order as Order), signal);
  const node = element("span", { class: "srm-order" }, ["by", choice.node]);
  return { node, update: choice.update };
}
