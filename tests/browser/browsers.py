"""The browsers of the tests, Chromium and Firefox: found by the tests, installed by ``make``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

RELAY = Path(__file__).with_name("firefox_relay.py")

# A page that reaches for the network fails its test: no name resolves and no proxy is asked, or
# all that is not of this computer is sent to a port where nobody listens.
NO_NAMES = [
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--disable-quic",
    "--disable-domain-reliability",
]
NOWHERE = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1, localhost",
    "network.http.http3.enable": False,
    "network.captive-portal-service.enabled": False,
}
# The list of downloads would take the focus out of the page, and scrollbars a part of its width.
QUIET = {"browser.download.alwaysOpenPanel": False, "ui.useOverlayScrollbars": 1}


# What Debian calls the Chromium that Playwright brings along: it can open no window.
SHELL = "chromium-headless-shell"


class Kind(ABC):
    """One kind of browser: where it may be, how it is started, how it is installed."""

    name: str
    system_names: tuple[str, ...]
    apt_packages: tuple[str, ...]
    dnf_packages: tuple[str, ...]

    @property
    def missing(self) -> str:
        """What to do where none starts."""
        return (
            f"No {self.name} that starts. The browser tests need one; do one of these, "
            "then repeat:\n"
            + "".join(f"  - {way}\n" for way in self.ways())
            + f"  - put any {self.name} on PATH as one of: {', '.join(self.system_names)}"
        )

    def ways(self) -> list[str]:
        """Ways to install one by hand."""
        return [f"on Debian: apt-get install {self.apt_packages[0]}, as root"]

    def executables(self) -> list[str | None]:
        """Where one may be; `None` is Playwright's own."""
        return [*filter(None, map(shutil.which, self.system_names))]

    @abstractmethod
    def options(self, executable: str | None) -> dict[str, Any]:
        """Launch options of the one that is there."""

    @abstractmethod
    def launch(self, playwright: Playwright, **options: Any) -> Browser:
        """Start one."""

    def launch_first(self, playwright: Playwright, **more: Any) -> Browser:
        """Start the first one that starts."""
        for executable in self.executables():
            try:
                return self.launch(playwright, **{**self.options(executable), **more})
            except Error:
                continue
        raise FileNotFoundError(self.missing)

    def starts(self) -> bool:
        """Whether one is here and starts."""
        with sync_playwright() as playwright:
            try:
                self.launch_first(playwright).close()
            except FileNotFoundError:
                return False
        return True

    def attempts(self) -> list[list[str]]:
        """The commands that may install one, in the order to try."""
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        if sudo and not shutil.which("sudo"):
            return []
        if shutil.which("apt-get"):
            apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
            install = [*apt, "install", "--no-install-recommends", *self.apt_packages]
            return [[*apt, "update"], install]
        if shutil.which("dnf"):
            return [[*sudo, "dnf", "-q", "-y", "install", *self.dnf_packages]]
        return []

    def install(self) -> str | None:
        """Install one unless one starts already; what went wrong, or None."""
        if self.starts():
            return None
        failures = []
        for command in self.attempts():
            line = " ".join(command)
            print(f"no {self.name} yet, trying: {line}", flush=True)
            try:
                done = subprocess.run(
                    command, capture_output=True, text=True, timeout=300, check=False
                )
            except subprocess.TimeoutExpired:
                failures.append(f"{line}: nothing after 300 s")
                continue
            if done.returncode:
                last = (done.stderr or done.stdout).strip().splitlines()[-3:]
                failures.append("\n    ".join([f"{line}: exit status {done.returncode}", *last]))
            elif self.starts():
                return None
        return "\n".join([self.missing, "Tried:", *(f"  - {failure}" for failure in failures)])


class Chromium(Kind):
    """Playwright's own, else the system's; first one without windows, which costs half as much."""

    name = "Chromium"
    system_names = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    apt_packages = (SHELL, "fonts-dejavu-core")
    dnf_packages = ("chromium",)

    def ways(self) -> list[str]:
        own = "python -m playwright install --with-deps chromium"
        return [f"where Playwright's downloads are reached: {own}", *super().ways()]

    def executables(self) -> list[str | None]:
        return [None, *super().executables()]

    def options(self, executable: str | None) -> dict[str, Any]:
        return {"args": NO_NAMES, "executable_path": executable}

    def launch(self, playwright: Playwright, **options: Any) -> Browser:
        if options.get("headless") is False and SHELL in (options["executable_path"] or ""):
            raise Error("it has no windows")
        return playwright.chromium.launch(**options)

    def attempts(self) -> list[list[str]]:
        own = [sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"]
        system = super().attempts()
        # Not every distribution has the one without windows.
        other = [[{SHELL: "chromium"}.get(word, word) for word in line] for line in system[1:]]
        return [own, *system, *other]


class Firefox(Kind):
    """The system's, as its users have it: by WebDriver BiDi, which needs no Firefox of its own."""

    name = "Firefox"
    system_names = ("firefox-esr", "firefox")
    apt_packages = ("firefox-esr", "fonts-dejavu-core")
    dnf_packages = ("firefox",)

    def options(self, executable: str | None) -> dict[str, Any]:
        here = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {
            "channel": "moz-firefox",
            "executable_path": RELAY,
            "args": ["--remote-allow-system-access"],
            "env": {**os.environ, "PATH": here, "SRM_WIDGET_FIREFOX": executable or ""},
            "firefox_user_prefs": {**NOWHERE, **QUIET},
        }

    def launch(self, playwright: Playwright, **options: Any) -> Browser:
        return playwright.firefox.launch(**options)


CHROMIUM, FIREFOX = Chromium(), Firefox()
KINDS: dict[str, Kind] = {"chromium": CHROMIUM, "firefox": FIREFOX}


def main() -> str | None:
    """Install what is missing; what went wrong, or None."""
    return "\n".join(filter(None, (kind.install() for kind in KINDS.values()))) or None


if __name__ == "__main__":
    sys.exit(main())
