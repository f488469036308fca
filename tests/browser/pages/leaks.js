/** Counts what a page hangs on the browser beyond its own nodes. */
window.left = { observers: 0, timers: new Set(), frames: new Set(), listeners: [] };

for (const name of ["ResizeObserver", "IntersectionObserver", "MutationObserver"]) {
  const Original = window[name];
  window[name] = class extends Original {
    #observing = false;

    observe(...args) {
      if (!this.#observing) window.left.observers += 1;
      this.#observing = true;
      super.observe(...args);
    }

    disconnect() {
      if (this.#observing) window.left.observers -= 1;
      this.#observing = false;
      super.disconnect();
    }
  };
}

for (const [set, clear, kept] of [
  ["setTimeout", "clearTimeout", window.left.timers],
  ["requestAnimationFrame", "cancelAnimationFrame", window.left.frames],
]) {
  const [start, stop] = [window[set].bind(window), window[clear].bind(window)];
  window[set] = (callback, ...args) => {
    const id = start((...values) => {
      kept.delete(id);
      callback(...values);
    }, ...args);
    kept.add(id);
    return id;
  };
  window[clear] = (id) => {
    kept.delete(id);
    stop(id);
  };
}

const add = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (type, handler, options) {
  const outside = this === window || this === document || this instanceof MediaQueryList;
  if (outside) window.left.listeners.push({ type, signal: options?.signal });
  return add.call(this, type, handler, options);
};

window.leftover = () => ({
  observers: window.left.observers,
  timers: window.left.timers.size,
  frames: window.left.frames.size,
  listeners: window.left.listeners.filter(({ signal }) => !signal?.aborted).length,
});
