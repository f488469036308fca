"""Runs commands side by side and prints what each wrote in one piece; ``make`` uses it."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed


def run(command: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        shlex.split(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )


def side_by_side(commands: Sequence[str]) -> str | None:
    """Run all commands to their ends; which of them failed, or None."""
    failures = []
    with ThreadPoolExecutor(len(commands)) as threads:
        running = {threads.submit(run, command): command for command in commands}
        for ended in as_completed(running):
            done, command = ended.result(), running[ended]
            sys.stdout.write(f"--- {command}\n{done.stdout.decode(errors='replace')}")
            sys.stdout.flush()
            if done.returncode:
                failures.append(f"{command}: exit status {done.returncode}")
    return "\n".join(["Failed:", *failures]) if failures else None


if __name__ == "__main__":
    sys.exit(side_by_side(sys.argv[1:]))
