import { computed } from "@preact/signals-core";

/**
 * An object whose fields are worked out when they are read, and again only after something that
 * they were worked out from has changed.
 */
export function derived<T extends object>(read: { [K in keyof T]: () => T[K] }): T {
  const made = {} as T;
  for (const name of Object.keys(read) as (keyof T)[]) {
    const field = computed(read[name]);
    Object.defineProperty(made, name, { enumerable: true, get: () => field.value });
  }
  return made;
}
