/**
 * Answers of the page to what Python's tests ask: reads from the standard input a list of scopes, each
 * with what a page of it holds and the moves to make, and writes what the page shows after each.
 */

import { readFileSync } from "node:fs";
import { OfflineKernel } from "../../src/answers/offline-kernel.ts";
import { readPayload } from "../../src/engine/payload.ts";
import { KernelConnection } from "../../src/kernel/kernel-connection.ts";
import { createMemoryModel } from "../../src/kernel/memory-model.ts";
import { Store } from "../../src/kernel/store.ts";
import { payloadFrameOf } from "../../src/protocol/readers.ts";
import type { ScopeTraits, TraitName } from "../../src/protocol/traits.ts";
import { FakeClock } from "./clock.ts";

interface Asked {
  traits: Partial<ScopeTraits>;
  held: string;
  moves: Partial<ScopeTraits>[];
  answers: TraitName[];
}

const plain = (value: unknown): unknown =>
  ArrayBuffer.isView(value) ? Array.from(value as Uint8Array) : value;

function answersTo({ traits, held, moves, answers }: Asked): unknown[] {
  const queue = new FakeClock();
  const { signal } = new AbortController();
  const model = createMemoryModel({ ...traits, _held: Buffer.from(held, "base64") });
  const frame = payloadFrameOf(model);
  if (!frame) throw new Error("expected a page that holds something");
  const store = new Store(model, signal);
  const link = new KernelConnection(model, signal, new FakeClock());
  new OfflineKernel(store, link, readPayload(frame, model.get("_held")), signal, queue);
  queue.drain();
  return moves.map((move, k) => {
    store.set({ ...move, _request: { id: k + 1, asked: move } });
    queue.drain();
    return Object.fromEntries(answers.map((name) => [name, plain(store.get(name))]));
  });
}

const asked = JSON.parse(readFileSync(0, "utf8")) as Asked[];
process.stdout.write(JSON.stringify(asked.map(answersTo)));
