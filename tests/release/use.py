"""Use the installed package as somebody would who has nothing else: make test-dist.

Runs in a venv that has the wheel and what it asks for, no extras, no Node and no checkout.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

EXTRAS = ("dask", "jupyterlab", "pytest", "sklearn", "torchmetrics", "transformers")


def main() -> None:
    """Import, show a scope, save it; tell what that took."""
    found = [name for name in EXTRAS if find_spec(name)] + list(
        filter(None, [shutil.which("node")])
    )
    if found:
        sys.exit(f"expected a venv without extras and without Node, got {', '.join(found)}")

    began, busy = time.perf_counter(), time.process_time()
    import srm_widget as srm

    took, busy = time.perf_counter() - began, time.process_time() - busy
    home = Path(srm.__file__).parent
    if not home.is_relative_to(sys.prefix):
        sys.exit(f"expected srm_widget of {sys.prefix}, got {home}")

    import numpy as np

    rows = np.random.default_rng(0).normal(size=(400, 6))
    scope = srm.SRMScope(rows, epsilon=0.7, labels=[f"class {k % 3}" for k in range(len(rows))])
    (bundle, *_) = scope._repr_mimebundle_() or ({},)
    view = "application/vnd.jupyter.widget-view+json"
    if not {view, "image/png", "text/plain"} <= set(bundle):
        sys.exit(f"expected a widget, a picture and a text to show, got {sorted(bundle)}")
    embedded = scope.embed()._repr_html_()
    if "<iframe" not in embedded:
        sys.exit(f"expected a page in a frame, got {embedded[:80]!r}")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "scope.html"
        scope.save_html(page)
        text = page.read_text(encoding="utf-8")
    if "<script" not in text or f"srm_widget {srm.__version__}" not in text:
        sys.exit("expected a page with its script and the version, got another")
    sys.stdout.write(
        f"srm_widget {srm.__version__} on Python {sys.version.split()[0]}: "
        f"imported in {took:.1f} s ({busy:.1f} s of the processor), shown, embedded, "
        f"saved ({len(text) // 1024} KiB)\n"
    )


if __name__ == "__main__":
    main()
