"""Runs commands side by side; ``make`` uses it.

What the last of them writes is seen as it comes, what each of the others wrote in one piece.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed


def run(command: str, *, is_shown: bool) -> subprocess.CompletedProcess[bytes]:
    out, err = (None, None) if is_shown else (subprocess.PIPE, subprocess.STDOUT)
    return subprocess.run(shlex.split(command), stdout=out, stderr=err, check=False)


def side_by_side(commands: Sequence[str]) -> str | None:
    """Run all commands to their ends; which of them failed, or None."""
    failures = []
    with ThreadPoolExecutor(len(commands)) as threads:
        running = {
            threads.submit(run, command, is_shown=command is commands[-1]): command
            for command in commands
        }
        for ended in as_completed(running):
            done, command = ended.result(), running[ended]
            if done.stdout is not None:
                sys.stdout.write(f"\n--- {command}\n{done.stdout.decode(errors='replace')}")
                sys.stdout.flush()
            if done.returncode:
                failures.append(f"{command}: exit status {done.returncode}")
    return "\n".join(["Failed:", *failures]) if failures else None


if __name__ == "__main__":
    sys.exit(side_by_side(sys.argv[1:]))
