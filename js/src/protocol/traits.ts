import type { AnyModel } from "@anywidget/types";
import type { ASKED } from "./limits.ts";
import type { ScopeTraits, SET_BY_KERNEL } from "./scope-traits.ts";

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
