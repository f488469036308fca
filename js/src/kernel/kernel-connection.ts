import { type Clock, wallClock } from "../base/clock.ts";
import { frameOf } from "../protocol/readers.ts";
import { listen, type ScopeModel } from "../protocol/traits.ts";

// As AnyModel types what events carry.
// biome-ignore lint/suspicious/noExplicitAny: what a message holds is its sender's affair
type Handler = (...heard: any[]) => void;

type Heard = (sender: unknown, heard: unknown) => void;

interface Signal {
  connect(slot: Heard): unknown;
  disconnect(slot: Heard): unknown;
}

/** A kernel as JupyterLab and its kin know it; other hosts have none to show. */
interface Connection {
  readonly status: string;
  readonly connectionStatus: string;
  readonly isDisposed: boolean;
  readonly statusChanged: Signal;
  readonly disposed: Signal;
  requestCommInfo?(content: { target_name: string }): Promise<{ content: CommInfo }>;
}

interface CommInfo {
  status: string;
  comms?: Record<string, unknown>;
}

/** The part of an ipywidgets model that its proxy leaves out. */
interface Live {
  /** of its comm too */
  readonly model_id?: string;
  readonly comm_live?: boolean;
  on?(event: "comm_live_update", handler: () => void): void;
  off?(event: "comm_live_update", handler: () => void): void;
}

/** What is said of a kernel that does not answer; nothing where it does. */
export interface Notice {
  text: string;
  /** how long it has been silent, where that is what is said */
  seconds: number;
}

const NOTHING: Notice = { text: "", seconds: 0 };

/** Seconds without an answer that are nothing to speak of. */
export const QUIET = 8;

/** Seconds after which the kernel is asked whether it knows the scope at all. */
const DOUBT = 2;

// After any of these the kernel knows nothing of what was made before.
const ENDS = new Set(["restarting", "autorestarting", "starting", "terminating", "dead"]);

/** The proxy does not say whether its comm is open; the layout's is of the same kernel, and does. */
function liveOf(model: ScopeModel): Live {
  const layout = (model.get as (name: string) => unknown)("layout");
  return typeof layout === "object" && layout !== null ? (layout as Live) : {};
}

function connectionOf(model: ScopeModel): Connection | undefined {
  const manager = model.widget_manager as { kernel?: Partial<Connection> | null } | undefined;
  const kernel = manager?.kernel;
  return kernel?.statusChanged && kernel.disposed ? (kernel as Connection) : undefined;
}

/**
 * Whether there is a kernel that answers. `model` is the one below; what it is to send to a kernel
 * that is gone, where a host would raise an error, goes nowhere.
 */
export class Kernel implements Contact {
  readonly model: ScopeModel;
  readonly #below: ScopeModel;
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  readonly #live: Live;
  readonly #connection: Connection | undefined;
  readonly #watchers = new Set<() => void>();
  /** it had gone before the page was there */
  readonly #absent: boolean;
  #gone = false;
  #seconds = 0;
  #timer: number | undefined;

  constructor(below: ScopeModel, signal: AbortSignal, clock: Clock = wallClock) {
    this.#below = below;
    this.#signal = signal;
    this.#clock = clock;
    this.#live = liveOf(below);
    this.#connection = connectionOf(below);
    this.#absent = this.#gone = this.#live.comm_live === false;
    this.model = {
      get: (name) => below.get(name),
      set: (name, value) => below.set(name, value),
      on: (event: string, handler: Handler) => below.on(event, handler),
      off: (event?: string | null, handler?: Handler | null) => below.off(event, handler),
      save_changes: () => {
        if (!this.#gone) below.save_changes();
      },
      send: (message) => this.#send(message),
      widget_manager: below.widget_manager,
    };
    this.#listen();
  }

  /** Nobody will answer any more. */
  get gone(): boolean {
    return this.#gone;
  }

  get notice(): Notice {
    if (this.#gone) {
      const text = !frameOf(this.#below)
        ? "There is no kernel, and no picture was saved. Run the notebook for a live scope."
        : this.#absent
          ? "There is no kernel: this is the picture that was saved. Run the notebook for a live scope."
          : "The kernel is gone: this is the last picture. Run the notebook again for a live scope.";
      return { text, seconds: 0 };
    }
    if (this.#seconds < QUIET) return NOTHING;
    const { status, connectionStatus = "connected" } = this.#connection ?? {};
    const lost = connectionStatus !== "connected";
    const why = lost ? "not connected to it" : status === "busy" ? "it is busy" : "";
    const text = `No answer from the kernel${why && ` (${why})`}`;
    return { text, seconds: this.#seconds };
  }

  /** An answer is due. */
  expect(): void {
    if (this.#gone || this.#timer !== undefined || this.#signal.aborted) return;
    this.#timer = this.#clock.set(() => this.#tick(), 1000);
  }

  watch(watcher: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#watchers.add(watcher);
    signal.addEventListener("abort", () => this.#watchers.delete(watcher), { once: true });
  }

  #listen(): void {
    const [live, connection, below] = [this.#live, this.#connection, this.#below];
    const turned = () => this.#turn(live.comm_live === false);
    const status: Heard = (_kernel, heard) => {
      if (ENDS.has(String(heard))) this.#turn(true);
    };
    const ended = () => this.#turn(true);
    const spoke = () => this.#spoke();
    live.on?.("comm_live_update", turned);
    connection?.statusChanged.connect(status);
    connection?.disposed.connect(ended);
    below.on("msg:custom", spoke);
    listen(below, ["_frame"], () => this.#answered(), this.#signal);
    const leave = () => {
      live.off?.("comm_live_update", turned);
      connection?.statusChanged.disconnect(status);
      connection?.disposed.disconnect(ended);
      below.off("msg:custom", spoke);
      this.#stop();
    };
    this.#signal.addEventListener("abort", leave, { once: true });
  }

  #send(message: unknown): void {
    if (this.#gone) return;
    // Of planes ahead only the latest wish counts: they would pile up where nobody reads them.
    const type = (message as { type?: unknown } | null)?.type;
    if (type === "ahead" && this.#seconds >= QUIET) return;
    this.#below.send(message);
  }

  // Counted and not measured: while a page is frozen, or its computer asleep, it hears no answers.
  #tick(): void {
    this.#seconds += 1;
    this.#timer = this.#clock.set(() => this.#tick(), 1000);
    if (this.#seconds === DOUBT) this.#inquire();
    if (this.#seconds >= QUIET) this.#tell();
  }

  // Of a kernel that was started anew by others no host need be told; it knows none of its widgets.
  #inquire(): void {
    const id = this.#live.model_id;
    if (id === undefined) return;
    this.#connection?.requestCommInfo?.({ target_name: "jupyter.widget" }).then(
      ({ content: { status, comms } }) => {
        const unknown = status === "ok" && comms !== undefined && !(id in comms);
        if (unknown && !this.#signal.aborted) this.#turn(true);
      },
      // The connection ended before the answer: of that `disposed` tells, and a restart its status.
      () => {},
    );
  }

  #stop(): void {
    if (this.#timer !== undefined) this.#clock.clear(this.#timer);
    this.#timer = undefined;
  }

  #turn(gone: boolean): void {
    if (gone === this.#gone) return;
    this.#gone = gone;
    this.#stop();
    this.#seconds = 0;
    this.#tell();
  }

  #answered(): void {
    // Of a curve that is still counted the rest is due.
    if (frameOf(this.#below)?.is_partial !== true) this.#stop();
    this.#spoke();
  }

  #spoke(): void {
    // The last words of a kernel may be heard when it has gone.
    const ended = this.#live.comm_live === false || this.#connection?.isDisposed === true;
    const was = this.#seconds;
    this.#seconds = 0;
    if (this.#gone && !ended) this.#turn(false);
    else if (was >= QUIET) this.#tell();
  }

  #tell(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}

/** What is known of who is to answer. */
export interface Contact {
  /** nobody will answer any more */
  readonly gone: boolean;
  /** an answer is due */
  expect(): void;
  /** calls `watcher` when any of this may have changed */
  watch(watcher: () => void, signal: AbortSignal): void;
}

export const SURE: Contact = { gone: false, expect: () => {}, watch: () => {} };
