/**
 * Answers of the page to what Python's tests ask: reads from the standard input a list of scopes, each
 * with what a page of it holds and the moves to make, and writes what the page shows after each.
 */

import { readFileSync } from "node:fs";
import { OfflineKernel } from "../../src/answers/offline-kernel.ts";
import { readPayload } from "../../src/engine/payload.ts";
import { createMemoryModel } from "../../src/kernel/memory-model.ts";
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
  const below = createMemoryModel({ ...traits, _held: Buffer.from(held, "base64") });
  const frame = payloadFrameOf(below);
  if (!frame) throw new Error("expected a page that holds something");
  const { model } = new OfflineKernel(below, readPayload(frame, below.get("_held")), signal, queue);
  queue.drain();
  return moves.map((move) => {
    for (const [name, value] of Object.entries(move)) model.set(name as TraitName, value as never);
    model.save_changes();
    queue.drain();
    return Object.fromEntries(answers.map((name) => [name, plain(model.get(name))]));
  });
}

const asked = JSON.parse(readFileSync(0, "utf8")) as Asked[];
process.stdout.write(JSON.stringify(asked.map(answersTo)));
