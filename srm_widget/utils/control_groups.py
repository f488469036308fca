"""Control groups of the process, by which containers and batch systems limit it (Linux)."""

from collections.abc import Iterator
from pathlib import Path

_GROUPS = Path("/sys/fs/cgroup")


def control_groups(controller: str) -> Iterator[tuple[Path, int]]:
    """Yield the folders of the process's groups under a controller, and the version of each.

    Its own group comes first, then those that this is in. There are none where nothing tells.
    """
    for line in read_text(Path("/proc/self/cgroup")).splitlines():
        _, controllers, own = line.split(":", 2)
        if controllers == "":
            root, version = _GROUPS, 2
        elif controller in controllers.split(","):
            root, version = _GROUPS / controller, 1
        else:
            continue
        path = root / own.lstrip("/")
        # A container may see its own group as the root.
        for group in (path, *path.parents):
            yield group, version
            if group == root:
                break


def read_text(path: Path) -> str:
    """Return the text of one of the system's files; "" where there is none."""
    try:
        return path.read_text()
    except OSError:
        return ""
