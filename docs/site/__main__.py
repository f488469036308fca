"""``python -m docs.site``: gather the sources, execute what has changed, build the site."""

import argparse
import sys
from pathlib import Path

from sphinx.cmd.build import main as sphinx

import srm_widget as srm
from docs.site import gallery, live
from docs.site.sources import BLANK, EXTRA, ROOT, Sources
from notebooks.site.execution import KEPT, all_executed

_ARTEFACTS = ROOT / "artefacts"


def build(target: Path, *, notebooks: bool = True, sources: Path | None = None) -> int:
    """Build the site; Sphinx's exit status, not 0 if there was any warning.

    Parameters
    ----------
    target
        Folder of the site.
    notebooks
        Whether it has pages of the notebooks. Those that are out of date are executed now.
    sources
        Where its sources are gathered; None is a folder beside it.
    """
    folder = sources or target.with_name(f"{target.name}-sources")
    paths = sorted((ROOT / "notebooks").glob("*.ipynb")) if notebooks else []
    gathered = Sources(folder)
    gathered.gather(all_executed(paths, KEPT))
    for name, saved in gallery.scopes():
        gathered.write(f"{live.SCOPES}/{name}.json", saved)
    for name, text in live.assets().items():
        gathered.write(f"_static/{name}", text)
    for path in sorted((Path(__file__).parent / "static").iterdir()):
        gathered.write(f"_static/{path.name}", path.read_bytes())
    blank = folder / EXTRA / BLANK
    blank.parent.mkdir(parents=True, exist_ok=True)
    srm.save_blank_page(blank)
    gathered.write(blank.relative_to(folder).as_posix(), blank.read_bytes())
    gathered.remove_others()
    # Sphinx imports its configuration's extensions from the project.
    sys.path.insert(0, str(ROOT))
    here = str(Path(__file__).parent)
    state = str(target.with_name(f"{target.name}-state"))
    beside = [f"html_extra_path={folder / EXTRA}", f"html_static_path={folder / '_static'}"]
    given = [each for value in beside for each in ("-D", value)]
    options = ["-q", "-W", "--keep-going", "-b", "html", "-c", here, "-d", state, *given]
    return sphinx([*options, str(folder), str(target)])


def main() -> None:
    """Build the site from the command line."""
    parser = argparse.ArgumentParser(description="Build the documentation.")
    parser.add_argument("--to", type=Path, default=_ARTEFACTS / "docs", help="its folder")
    parser.add_argument(
        "--without-notebooks", action="store_true", help="no pages of the notebooks"
    )
    chosen = parser.parse_args()
    status = build(chosen.to.resolve(), notebooks=not chosen.without_notebooks)
    if not status:
        print(chosen.to / "index.html")
    sys.exit(status)


if __name__ == "__main__":
    main()
