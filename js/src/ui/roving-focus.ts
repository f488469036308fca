/** The keys that move the focus in a list. */
export interface KeySteps {
  back: string;
  forth: string;
  /** by how many a page key moves */
  page: number;
}

/**
 * The index that a key moves the focus to from index `from` of `count`, or undefined if it does
 * not.
 */
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
