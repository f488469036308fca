"""``python -m notebooks.site``: execute what has changed, and write the site."""

import argparse
import time
from pathlib import Path

from notebooks.site.build import build
from notebooks.site.document import Document, documents
from notebooks.site.execution import KEPT


def main() -> None:
    """Build the site, and say how large it is."""
    parser = argparse.ArgumentParser(description="Export the notebooks as a static site.")
    parser.add_argument("--to", type=Path, default=KEPT.parent / "site", help="its folder")
    parser.add_argument("--executed", type=Path, default=KEPT, help="of executed notebooks")
    chosen = parser.parse_args()
    files = build(_told(chosen.executed), chosen.to)
    sizes = {path: path.stat().st_size / 1000 for path in files}
    for path, size in sizes.items():
        print(f"{size:8,.0f} KB  {path.relative_to(chosen.to)}")
    print(f"{sum(sizes.values()):8,.0f} KB  {chosen.to}")


def _told(kept: Path) -> list[Document]:
    found = []
    begun = time.perf_counter()
    for document in documents(kept):
        found.append(document)
        print(f"{time.perf_counter() - begun:8.1f} s   {document.source.name}", flush=True)
        begun = time.perf_counter()
    return found


if __name__ == "__main__":
    main()
