/** The list without `one` if it is there, else with it at the end. */
export function toggled<Value>(all: readonly Value[], one: Value): Value[] {
  const others = all.filter((each) => each !== one);
  return others.length < all.length ? others : [...all, one];
}
