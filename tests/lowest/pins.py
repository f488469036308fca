"""The oldest versions that pyproject.toml allows, as constraints for pip: make test-lowest."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

TESTED = ("dask", "metrics")
"""The extras that are tested so; the others are for notebooks and tests."""


def pins(project: dict[str, dict[str, list[str]]]) -> list[str]:
    """`name==version` for each `name>=version` of the package and of its tested extras."""
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *(line for extra in TESTED for line in extras[extra])]
    return [
        line.partition("[")[0].partition(">=")[0] + "==" + line.partition(">=")[2]
        for line in needed
    ]


if __name__ == "__main__":
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    sys.stdout.write("\n".join(pins(tomllib.loads(text)["project"])) + "\n")
