import { element } from "./dom.ts";
import type { Order } from "./traits.ts";

const ORDERS: Record<Order, string> = {
  index: "Index",
  alignment: "Alignment",
  peak: "Peak",
  gain: "Gain",
};

/** Chooses what the plane slider runs through. */
export function createOrder(chosen: (order: Order) => void, signal: AbortSignal) {
  const options = Object.entries(ORDERS).map(([value, text]) =>
    element("option", { value }, [text]),
  );
  const select = element("select", { "aria-label": "Plane order" }, options);
  const node = element("span", { class: "srm-order" }, ["by", select]);
  select.addEventListener("change", () => chosen(select.value as Order), { signal });
  const update = (order: Order) => {
    if (select.value !== order) select.value = order;
  };
  return { node, update };
}
