/** Whether two values are equal; arrays by their elements. */
export function sameValue(one: unknown, other: unknown): boolean {
  if (one !== other && Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, k) => value === other[k]);
  }
  return Object.is(one, other);
}
