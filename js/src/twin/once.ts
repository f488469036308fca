/** Keeps what was made last, and makes it anew for another key. */
export function once<T>(): (key: unknown, make: () => T) => T {
  let last: { key: string; value: T } | undefined;
  return (key, make) => {
    const own = JSON.stringify(key);
    if (last?.key !== own) last = { key: own, value: make() };
    return last.value;
  };
}
