import type { BinaryValue } from "../base/binary.ts";
import { type Clock, Timer, wallClock } from "../base/clock.ts";
import { type KernelMessage, kernelMessageOf, type PageMessage } from "../protocol/messages.ts";
import { curveFrameOf } from "../protocol/readers.ts";
import type { ScopeModel } from "../protocol/traits.ts";

type Slot = (sender: unknown, heard: unknown) => void;

interface Signal {
  connect(slot: Slot): unknown;
  disconnect(slot: Slot): unknown;
}

/** The kernel connection that JupyterLab and its kin expose; other hosts have none. */
interface JupyterKernel {
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

/** The comm of an ipywidgets model, which its proxy leaves out. */
interface WidgetComm {
  /** also the id of its comm */
  readonly model_id?: string;
  readonly comm_live?: boolean;
  on?(event: "comm_live_update", handler: () => void): void;
  off?(event: "comm_live_update", handler: () => void): void;
}

/** Takes a message of the kernel, and the binary values that came with it. */
export type MessageHandler = (message: KernelMessage, buffers: readonly BinaryValue[]) => void;

/** The way to the kernel, and whether there is one that answers. */
export interface KernelLink {
  /** no kernel will answer any more */
  readonly isGone: boolean;
  /** says that an answer is due */
  expectAnswer(): void;
  /** sends what is set on the model; nowhere, if the kernel is gone */
  save(): void;
  /** sends a message; nowhere, if the kernel is gone */
  send(message: PageMessage): void;
  /** calls `handler` with each message of the kernel */
  onMessage(handler: MessageHandler, signal: AbortSignal): void;
  /** calls `subscriber` when any of this may have changed */
  subscribe(subscriber: () => void, signal: AbortSignal): void;
}

/** What the page says of a kernel that does not answer; an empty text where it does. */
export interface KernelNotice {
  text: string;
  /** seconds without an answer, where the text is about that */
  seconds: number;
}

const NO_NOTICE: KernelNotice = { text: "", seconds: 0 };

/** Seconds without an answer after which the page says so. */
export const QUIET_SECONDS = 8;

/** Seconds after which the kernel is asked whether it knows the scope at all. */
const DOUBT_SECONDS = 2;

// After any of these the kernel knows nothing of what was made before.
const KERNEL_ENDS = new Set(["restarting", "autorestarting", "starting", "terminating", "dead"]);

/**
 * The comm of the scope's layout, which is of the same kernel: the proxy of a model does not expose
 * its own.
 */
function commOf(model: ScopeModel): WidgetComm {
  const layout = (model.get as (name: string) => unknown)("layout");
  return typeof layout === "object" && layout !== null ? (layout as WidgetComm) : {};
}

function jupyterKernelOf(model: ScopeModel): JupyterKernel | undefined {
  const manager = model.widget_manager as { kernel?: Partial<JupyterKernel> | null } | undefined;
  const kernel = manager?.kernel;
  return kernel?.statusChanged && kernel.disposed ? (kernel as JupyterKernel) : undefined;
}

/**
 * The link to the kernel, and a watch on whether it answers. What is to be sent to a kernel that is
 * gone, where a host would raise an error, goes nowhere.
 */
export class KernelConnection implements KernelLink {
  readonly #below: ScopeModel;
  readonly #signal: AbortSignal;
  readonly #timer: Timer;
  readonly #comm: WidgetComm;
  readonly #jupyter: JupyterKernel | undefined;
  readonly #subscribers = new Set<() => void>();
  /** there was no kernel when the page opened */
  readonly #wasAbsent: boolean;
  #isGone = false;
  #seconds = 0;

  constructor(below: ScopeModel, signal: AbortSignal, clock: Clock = wallClock) {
    this.#below = below;
    this.#signal = signal;
    this.#timer = new Timer(clock);
    this.#comm = commOf(below);
    this.#jupyter = jupyterKernelOf(below);
    this.#wasAbsent = this.#isGone = this.#comm.comm_live === false;
    this.#listen();
  }

  /** Whether no kernel will answer any more. */
  get isGone(): boolean {
    return this.#isGone;
  }

  get notice(): KernelNotice {
    if (this.#isGone) {
      const text = !curveFrameOf(this.#below)
        ? "There is no kernel, and no picture was saved. Run the notebook for a live scope."
        : this.#wasAbsent
          ? "There is no kernel: this is the picture that was saved. Run the notebook for a live scope."
          : "The kernel is gone: this is the last picture. Run the notebook again for a live scope.";
      return { text, seconds: 0 };
    }
    if (this.#seconds < QUIET_SECONDS) return NO_NOTICE;
    const { status, connectionStatus = "connected" } = this.#jupyter ?? {};
    const lost = connectionStatus !== "connected";
    const why = lost ? "not connected to it" : status === "busy" ? "it is busy" : "";
    const text = `No answer from the kernel${why && ` (${why})`}`;
    return { text, seconds: this.#seconds };
  }

  /** Says that an answer is due: from now on the seconds without one are counted. */
  expectAnswer(): void {
    if (this.#isGone || this.#timer.isSet || this.#signal.aborted) return;
    this.#timer.set(() => this.#tick(), 1000);
  }

  subscribe(subscriber: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#subscribers.add(subscriber);
    signal.addEventListener("abort", () => this.#subscribers.delete(subscriber), { once: true });
  }

  save(): void {
    if (!this.#isGone) this.#below.save_changes();
  }

  send(message: PageMessage): void {
    if (this.#isGone) return;
    // Of planes ahead only the latest request counts: they would pile up where nobody reads them.
    if (message.type === "ahead" && this.#seconds >= QUIET_SECONDS) return;
    this.#below.send(message);
  }

  onMessage(handler: MessageHandler, signal: AbortSignal): void {
    if (signal.aborted) return;
    const heard = (message: unknown, buffers: readonly BinaryValue[]) => {
      const known = kernelMessageOf(message);
      if (known) handler(known, buffers);
    };
    this.#below.on("msg:custom", heard);
    signal.addEventListener("abort", () => this.#below.off("msg:custom", heard), { once: true });
  }

  #listen(): void {
    const [comm, jupyter, below] = [this.#comm, this.#jupyter, this.#below];
    const turned = () => this.#setGone(comm.comm_live === false);
    const status: Slot = (_kernel, heard) => {
      if (KERNEL_ENDS.has(String(heard))) this.#setGone(true);
    };
    const ended = () => this.#setGone(true);
    const spoke = () => this.#heard();
    const answered = () => this.#answered();
    comm.on?.("comm_live_update", turned);
    jupyter?.statusChanged.connect(status);
    jupyter?.disposed.connect(ended);
    below.on("msg:custom", spoke);
    below.on("change:_frame", answered);
    const leave = () => {
      comm.off?.("comm_live_update", turned);
      jupyter?.statusChanged.disconnect(status);
      jupyter?.disposed.disconnect(ended);
      below.off("msg:custom", spoke);
      below.off("change:_frame", answered);
      this.#timer.clear();
    };
    this.#signal.addEventListener("abort", leave, { once: true });
  }

  // Counted and not measured: while a page is frozen, or its computer asleep, it hears no answers.
  #tick(): void {
    this.#seconds += 1;
    this.#timer.set(() => this.#tick(), 1000);
    if (this.#seconds === DOUBT_SECONDS) this.#askForComm();
    if (this.#seconds >= QUIET_SECONDS) this.#notify();
  }

  // Of a kernel that was started anew by others no host need be told; it knows none of its widgets.
  #askForComm(): void {
    const id = this.#comm.model_id;
    if (id === undefined) return;
    this.#jupyter?.requestCommInfo?.({ target_name: "jupyter.widget" }).then(
      ({ content: { status, comms } }) => {
        const unknown = status === "ok" && comms !== undefined && !(id in comms);
        if (unknown && !this.#signal.aborted) this.#setGone(true);
      },
      // The connection ended before the answer: of that `disposed` tells, and a restart its status.
      () => {},
    );
  }

  #setGone(gone: boolean): void {
    if (gone === this.#isGone) return;
    this.#isGone = gone;
    this.#timer.clear();
    this.#seconds = 0;
    this.#notify();
  }

  #answered(): void {
    // Of a curve that is still counted the rest is due.
    if (curveFrameOf(this.#below)?.is_partial !== true) this.#timer.clear();
    this.#heard();
  }

  #heard(): void {
    // The last words of a kernel may be heard when it has gone.
    const ended = this.#comm.comm_live === false || this.#jupyter?.isDisposed === true;
    const was = this.#seconds;
    this.#seconds = 0;
    if (this.#isGone && !ended) this.#setGone(false);
    else if (was >= QUIET_SECONDS) this.#notify();
  }

  #notify(): void {
    for (const subscriber of [...this.#subscribers]) subscriber();
  }
}
