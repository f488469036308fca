export interface KeySteps {
  back: string;
  forth: string;
  /** how many a page key goes */
  page: number;
}

/** Where a key leads from place `from` of `count`, or undefined if it leads nowhere. */
export function nextIndex(
  key: string,
  from: number,
  count: number,
  steps: KeySteps,
): number | undefined {
  const last = count - 1;
  const places = new Map([
    [steps.back, from - 1],
    [steps.forth, from + 1],
    ["PageUp", from - steps.page],
    ["PageDown", from + steps.page],
    ["Home", 0],
    ["End", last],
  ]);
  const place = places.get(key);
  return place === undefined || count === 0 ? undefined : Math.min(last, Math.max(0, place));
}
