import { effect } from "@preact/signals-core";
import { sameValue } from "../base/equality.ts";
import { frameScheduler } from "./frame-scheduler.ts";

/** Draws parts of a view from what they need, each when that has changed. */
export interface Binder {
  /** draws `props` in the next frame after any of them has become another */
  bind<P extends object>(props: () => P, draw: (props: P) => void): void;
  /** draws in the next frame what is due */
  soon(): void;
  /** draws at once what is due */
  now(): void;
}

function sameProps<P extends object>(one: P, other: P): boolean {
  return (Object.keys(one) as (keyof P)[]).every((name) => sameValue(one[name], other[name]));
}

/**
 * Creates a binder: nothing is drawn as long as `isSeen` says that nobody would see it, nor once
 * the signal is aborted.
 */
export function createBinder(isSeen: () => boolean, signal: AbortSignal): Binder {
  // In the order in which they were bound.
  const bindings: { isDue: boolean; draw(): void }[] = [];
  const drawAll = () => {
    if (!isSeen()) return;
    for (const binding of bindings) {
      if (!binding.isDue) continue;
      binding.isDue = false;
      binding.draw();
    }
  };
  const frames = frameScheduler(drawAll, signal);
  const bind: Binder["bind"] = (props, draw) => {
    if (signal.aborted) return;
    let last = props();
    const binding = { isDue: true, draw: () => draw(last) };
    bindings.push(binding);
    const end = effect(() => {
      const next = props();
      if (sameProps(last, next)) return;
      last = next;
      binding.isDue = true;
      frames.soon();
    });
    signal.addEventListener("abort", end, { once: true });
    frames.soon();
  };
  return { bind, ...frames };
}
