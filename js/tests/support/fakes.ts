import { KernelConnection } from "../../src/kernel/kernel-connection.ts";
import { Store } from "../../src/kernel/store.ts";
import type { AheadFrame, CloudFrame, CurveFrame, PageRequest } from "../../src/protocol/frames.ts";
import { ASKED } from "../../src/protocol/limits.ts";
import type { ScopeModel } from "../../src/protocol/traits.ts";
import { FakeClock } from "./clock.ts";
import { meantBy } from "./kernel/meant-by.ts";
import { Model } from "./model.js";
import { KERNEL_DEFAULTS, PAGE_DEFAULTS } from "./trait-defaults.js";

/** What is sent ahead of a plane; such frames have no numbers of answers. */
export const AHEAD: AheadFrame = {
  step: 0,
  pair: [0, 1],
  names: ["b0", "b1"],
  order: "index",
  position: 0,
  epsilon: 0.6,
  resolution: 360,
  theta: 0,
  alpha: Math.PI / 2,
  n_samples: 1000,
  n_total: 1000,
  is_partial: false,
  n_lit: 50,
  lit_angle: null,
  isotropic: 0.01,
  n_in_plane: 200,
  arc: 0.5,
  alignment: -0.5,
  alignment_error: 0.05,
  peak: 80,
  peak_angle: Math.PI / 4,
  elapsed_ms: 0.42,
  reach: null,
  class_lit: [],
};

export const FRAME: CurveFrame = { ...AHEAD, request: 0, era: 1 };

export const CLOUD: CloudFrame = {
  pair: [0, 1],
  kind: "points",
  bins: 128,
  n_points: 1000,
};

export const LAYER = {
  n_samples: 1000,
  n_dims: 4,
  n_directions: 4,
  n_planes: 6,
  n_zero: 0,
  n_dead: 0,
  n_clusters: null,
  levels: [],
  isotropic_series: [],
  basis: "standard basis",
  preparation: "",
};

const PAIRS = Array.from({ length: 3 }, (_, i) =>
  Array.from({ length: 3 - i }, (_, k) => [i, i + 1 + k] as [number, number]),
).flat();

/** A model and a kernel that answers when it is told to. */
export function connected() {
  const inbox: Record<string, unknown>[] = [];
  const sent: Record<string, unknown>[] = [];
  const first = Object.fromEntries(ASKED.map((name) => [name, FRAME[name]]));
  const state = { ...PAGE_DEFAULTS, ...KERNEL_DEFAULTS, ...first, _layer: LAYER, _frame: FRAME };
  const heard: unknown[] = [];
  const asked: PageRequest[] = [];
  const take = ({ _request, ...changes }: Record<string, unknown>) => {
    const request = _request as PageRequest | undefined;
    // As the kernel: what a request asks for counts.
    const meant = request ? meantBy(request, changes) : changes;
    inbox.push(request ? { ...meant, request: request.id } : meant);
    sent.push(meant);
    if (request) asked.push(request);
  };
  const model = new Model(state, take, (message) => heard.push(message));
  let frame = FRAME;
  const receive = (message: Record<string, unknown>) => {
    frame = { ...frame, ...message };
    const values = Object.fromEntries(ASKED.map((name) => [name, frame[name]]));
    model.receive({ ...values, error: "", _frame: frame });
  };
  const answer = () => {
    const changes = inbox.shift() ?? {};
    // What the kernel has already is no change to it.
    const moved = changes.position !== undefined && changes.position !== frame.position;
    receive(moved ? { ...changes, pair: PAIRS[changes.position as number] } : changes);
    // An answer is acted on once its last event is over.
    return Promise.resolve();
  };
  const refuse = (error: string) => {
    const { request } = inbox.shift() ?? {};
    receive({ request });
    model.receive({ error });
    return Promise.resolve();
  };
  const typed = model.proxy() as unknown as ScopeModel;
  /** A change of the kernel's that is no answer. */
  const push = (message: Record<string, unknown>) => model.receive(message);
  return {
    model: typed,
    handlers: () => model.handlers,
    inbox,
    sent,
    asked,
    heard,
    receive,
    answer,
    refuse,
    push,
  };
}

/** What requests go through, over a model: its store, and the link to its kernel. */
export function wired(model: ScopeModel, signal: AbortSignal) {
  const store = new Store(model, signal);
  return { store, link: new KernelConnection(model, signal, new FakeClock()) };
}

/** A model to which messages of the kernel come by themselves, and who takes them. */
export function hearing(below: Model) {
  const takers = new Set<(message: unknown, buffers: unknown[]) => void>();
  const proxy = below.proxy();
  const on = (event: string, handler: () => void) =>
    event === "msg:custom" ? takers.add(handler) : proxy.on(event, handler);
  const off = (event: string, handler: () => void) =>
    event === "msg:custom" ? takers.delete(handler) : proxy.off(event, handler);
  return { model: { ...proxy, on, off } as unknown as ScopeModel, takers };
}
