"""The module that hosts import for a scope: it loads the page's script once for all scopes."""

LOADER = """\
const loaded = (globalThis[Symbol.for("srm_widget")] ??= new Map());

function load(script) {
  if (!loaded.has(script)) {
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const module = import(url).finally(() => URL.revokeObjectURL(url));
    module.catch(() => loaded.delete(script));
    loaded.set(script, module);
  }
  return loaded.get(script);
}

export default () => {
  let scope;
  return {
    initialize: async (given) => {
      scope = (await load(given.model.get("_script"))).default();
      return scope.initialize(given);
    },
    render: (given) => scope.render(given),
  };
};
"""
"""Module of ECMAScript that a host imports anew for each scope.

A browser keeps what it imported for as long as the document lives, so that each run of a cell would
leave another copy of the whole script. This leaves some hundred bytes; the script itself is a trait
beside it, imported once.
"""
