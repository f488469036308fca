"""The page's module as hosts import it: its script travels packed, and is loaded once."""

import base64
import gzip

LOADER = """\
const loaded = (globalThis[Symbol.for("srm_widget")] ??= new Map());

async function unpacked(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = await new Response(stream).text();
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  return import(url).finally(() => URL.revokeObjectURL(url));
}

function load(packed) {
  if (!loaded.has(packed)) {
    const module = unpacked(packed);
    module.catch(() => loaded.delete(packed));
    loaded.set(packed, module);
  }
  return loaded.get(packed);
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
beside it, imported once. It is imported as anywidget imports the widget's, from a ``blob:``
address, so that whatever host allows the one allows the other.
"""


def packed(script: str) -> str:
    """Return the text of a module as `LOADER` unpacks it, half as long: gzip in base64.

    A widget sends it to every page, and notebooks save it.
    """
    data = gzip.compress(script.encode(), mtime=0)  # the same for the same script
    return base64.b64encode(data).decode("ascii")
