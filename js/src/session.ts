/** What the views of one model share. */

import type { Notice } from "./kernel.ts";
import type { Player } from "./player.ts";
import type { Requests } from "./requests.ts";
import type { Tiles } from "./tiles.ts";
import type { ScopeModel } from "./traits.ts";
import type { HeldFrame } from "./twin/held.ts";
import type { Hand } from "./twin/local.ts";

export interface Session {
  /** what is said of a kernel that does not answer */
  kernel: { readonly notice: Notice; watch(watcher: () => void, signal: AbortSignal): void };
  /** the kernel's model, with what the page has worked out itself laid over it */
  model: ScopeModel;
  /** what the page answers from, where no kernel does */
  source: () => HeldFrame | undefined;
  /** why it can not answer from what the page holds, "" where it can */
  damage: string;
  /** is told what is about to be moved */
  hand: Hand;
  requests: Requests;
  player: Player;
  steps: Player;
  tiles: Tiles;
}
