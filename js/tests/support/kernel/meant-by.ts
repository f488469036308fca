import type { PageRequest } from "../../../src/protocol/frames.ts";

/**
 * What a page means by what its host sends with a request: what it asks for, and of plane and
 * position only that.
 */
export function meantBy<Values extends object>(request: PageRequest, sent: Values): Values {
  const { asked } = request;
  const isOfPlane = (name: string) => name === "pair" || name === "position";
  const isStale = (name: string) => isOfPlane(name) && Object.keys(asked).some(isOfPlane);
  const others = Object.entries(sent).filter(([name]) => !isStale(name));
  return { ...Object.fromEntries(others), ...asked } as Values;
}
