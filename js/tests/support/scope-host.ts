import type { InitializeProps, RenderProps } from "@anywidget/types";
import type { ScopeTraits } from "../../src/protocol/traits.ts";
import { FakeKernel, type FakeLayer } from "./kernel/fake-kernel.ts";
import { Model } from "./model.js";

type Given<Props> = Omit<Props, "experimental" | "host">;

/** What the page's module gives a host: its default export. */
export type Widget = () => {
  initialize(props: Given<InitializeProps<ScopeTraits>>): void;
  render(props: Given<RenderProps<ScopeTraits>>): void;
};

/** A host as anywidget is one: one model with its kernel, and the views of it in the document. */
export class ScopeHost {
  readonly kernel: FakeKernel;
  readonly model: Model;
  /** ends the model */
  readonly closing = new AbortController();
  readonly views: { el: HTMLElement; removal: AbortController }[] = [];
  readonly #definition: ReturnType<Widget>;

  constructor(widget: Widget, layer: FakeLayer) {
    const kernel = new FakeKernel(layer);
    const ask = (changes: Record<string, unknown>) => kernel.ask(changes);
    this.model = new Model(kernel.state(), ask, (message) => kernel.hear(message));
    this.kernel = kernel;
    kernel.model = this.model;
    this.#definition = widget();
    this.#definition.initialize({ model: this.#proxy(), signal: this.closing.signal });
  }

  /** Shows the model once more, at the end of `place`, which need not be in the document yet. */
  addView(place: ParentNode & Node = document.body): void {
    const el = place.appendChild(document.createElement("div"));
    const removal = new AbortController();
    this.#definition.render({ model: this.#proxy(), el, signal: removal.signal });
    this.views.push({ el, removal });
  }

  #proxy() {
    return this.model.proxy() as unknown as InitializeProps<ScopeTraits>["model"];
  }
}
