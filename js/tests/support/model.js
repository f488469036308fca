/** What a notebook's frontend gives a widget: a Backbone-like model, and a proxy of it for each view. */

/** @type {(one: unknown, other: unknown) => boolean} */
const same = (one, other) =>
  one === other || (!ArrayBuffer.isView(one) && JSON.stringify(one) === JSON.stringify(other));

export class Model {
  /** @type {Record<string, unknown>} */
  #state;
  /** @type {Map<string, (() => void)[]>} */
  #handlers = new Map();
  /** @type {Record<string, unknown>} */
  #unsaved = {};

  /**
   * @param {Record<string, unknown>} state
   * @param {(changes: Record<string, any>) => void} sent called with what each save_changes holds
   * @param {(message: any) => void} heard called with each custom message
   */
  constructor(state, sent, heard = (_message) => {}) {
    this.#state = { ...state };
    this.sent = sent;
    this.heard = heard;
  }

  /** @param {unknown} message */
  send = (message) => this.heard(message);

  /** @param {string} name */
  get = (name) => this.#state[name];

  /** @type {(name: string, value: unknown) => void} */
  set = (name, value) => {
    if (same(this.#state[name], value)) return;
    this.#state[name] = value;
    this.#unsaved[name] = value;
    this.#emit(name);
  };

  save_changes = () => {
    const changes = this.#unsaved;
    this.#unsaved = {};
    if (Object.keys(changes).length > 0) this.sent(changes);
  };

  /** @type {(event: string, handler: () => void) => void} */
  on = (event, handler) => {
    this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), handler]);
  };

  /** @type {(event: string, handler: () => void) => void} */
  off = (event, handler) => {
    const left = (this.#handlers.get(event) ?? []).filter((each) => each !== handler);
    this.#handlers.set(event, left);
  };

  get handlers() {
    return [...this.#handlers.values()].flat().length;
  }

  /**
   * One message of the kernel: all values first, then their events. As in ipywidgets, what was set
   * here and not saved stays to be saved.
   * @param {Record<string, unknown>} message
   */
  receive(message) {
    const changed = Object.keys(message).filter((name) => !same(this.#state[name], message[name]));
    Object.assign(this.#state, message);
    for (const name of changed) this.#emit(name);
  }

  proxy() {
    const { get, set, save_changes, on, off, send } = this;
    return { get, set, save_changes, on, off, send };
  }

  /** @param {string} name */
  #emit(name) {
    for (const handler of this.#handlers.get(`change:${name}`) ?? []) handler();
  }
}
