import type { AnyModel } from "@anywidget/types";
import type { ASKED } from "./limits.ts";
import { type ScopeTraits, type SET_BY_KERNEL, TRAITS } from "./scope-traits.ts";

export type { ScopeTraits } from "./scope-traits.ts";

// As AnyModel types what events carry.
// biome-ignore lint/suspicious/noExplicitAny: what a message holds is its sender's affair
export type EventHandler = (...heard: any[]) => void;

/** The model that a host gives: synced traits and messages. */
export type ScopeModel = AnyModel<ScopeTraits>;

/** The name of a synced trait. */
export type TraitName = keyof ScopeTraits & string;

/** The traits that ask for another view; each change is answered by a new frame. */
export type Asked = Pick<ScopeTraits, (typeof ASKED)[number]>;

/** The traits that the page sets without asking for a frame. */
export type Told = Omit<ScopeTraits, (typeof ASKED)[number] | (typeof SET_BY_KERNEL)[number]>;

const NOT_DRAWN: readonly TraitName[] = [
  "selected",
  "n_selected",
  "_window",
  "_held_frame",
  "_held",
];

/** Names of the traits that are drawn. */
export const SHOWN: readonly TraitName[] = TRAITS.filter((name) => !NOT_DRAWN.includes(name));

/** Calls `handler` when one of the traits changes, until `signal` is aborted. */
export function listen(
  model: ScopeModel,
  names: readonly TraitName[],
  handler: () => void,
  signal: AbortSignal,
): void {
  if (signal.aborted) return;
  for (const name of names) model.on(`change:${name}`, handler);
  signal.addEventListener(
    "abort",
    () => {
      for (const name of names) model.off(`change:${name}`, handler);
    },
    { once: true },
  );
}

/** Reads several traits of the model. */
export function pick<K extends TraitName>(
  model: ScopeModel,
  names: readonly K[],
): Pick<ScopeTraits, K> {
  const entries = names.map((name) => [name, model.get(name)]);
  return Object.fromEntries(entries) as Pick<ScopeTraits, K>;
}
