"""The Chromium of the browser tests: found by the tests, installed by ``make``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Any

from playwright.sync_api import Error, Playwright, sync_playwright

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# No name resolves and no proxy is asked: a page that reaches for the network fails its test.
ARGUMENTS = [
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--disable-quic",
    "--disable-domain-reliability",
]

MISSING = """\
No Chromium that starts. The browser tests need one; do one of these, then repeat:
  - where Playwright's downloads are reached: python -m playwright install --with-deps chromium
  - on Debian: apt-get install chromium, as root
  - put any Chromium or Chrome on PATH as one of: """ + ", ".join(SYSTEM_NAMES)


def launch_args(playwright: Playwright) -> dict[str, Any]:
    """Launch options of the first Chromium that starts: Playwright's own, else the system's."""
    for executable in (None, *filter(None, map(shutil.which, SYSTEM_NAMES))):
        options: dict[str, Any] = {"args": ARGUMENTS, "executable_path": executable}
        try:
            playwright.chromium.launch(**options).close()
        except Error:
            continue
        return options
    raise FileNotFoundError(MISSING)


def starts() -> bool:
    """Whether a Chromium is here and starts."""
    with sync_playwright() as playwright:
        try:
            launch_args(playwright)
        except FileNotFoundError:
            return False
    return True


def attempts() -> list[list[str]]:
    """The commands that may install a Chromium, in the order to try."""
    commands = [[sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"]]
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if sudo and not shutil.which("sudo"):
        return commands
    if shutil.which("apt-get"):
        apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
        commands.append([*apt, "update"])
        packages = ["chromium", "fonts-dejavu-core"]
        commands.append([*apt, "install", "--no-install-recommends", *packages])
    elif shutil.which("dnf"):
        commands.append([*sudo, "dnf", "-q", "-y", "install", "chromium"])
    return commands


def install() -> str | None:
    """Install a Chromium unless one starts already; what went wrong, or None."""
    if starts():
        return None
    failures = []
    for command in attempts():
        line = " ".join(command)
        print(f"no Chromium yet, trying: {line}", flush=True)
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        except subprocess.TimeoutExpired:
            failures.append(f"{line}: nothing after 300 s")
            continue
        if done.returncode:
            last = (done.stderr or done.stdout).strip().splitlines()[-3:]
            failures.append("\n    ".join([f"{line}: exit status {done.returncode}", *last]))
        elif starts():
            return None
    return "\n".join([MISSING, "Tried:", *(f"  - {failure}" for failure in failures)])


if __name__ == "__main__":
    sys.exit(install())
