/** A function that tells whether any of its arguments differs from those of the call before. */
export function changeDetector(): (...values: unknown[]) => boolean {
  let last: unknown[] = [];
  return (...values) => {
    const same = values.length === last.length && values.every((v, k) => Object.is(v, last[k]));
    last = values;
    return !same;
  };
}

/** A function that keeps what it made last, and makes it anew for another key. */
export function memoizeByKey<T>(): (key: unknown, make: () => T) => T {
  let last: { key: string; value: T } | undefined;
  return (key, make) => {
    const own = JSON.stringify(key);
    if (last?.key !== own) last = { key: own, value: make() };
    return last.value;
  };
}
