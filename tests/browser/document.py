"""A document that shows widgets as books made by MyST do: files, JSON, and no kernel."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.page_errors import collect_errors

HOST = Path(__file__).parent / "pages" / "document.html"
ADDRESS = "http://book.test/"

_DIRECTIVE = re.compile(r"^```\{anywidget\} (\S+)\n:css: (\S+)\n(.*)\n```$", re.MULTILINE)


def node_of(text: str) -> dict[str, Any]:
    """What MyST makes of the one directive in a text."""
    [(esm, css, body)] = _DIRECTIVE.findall(text)
    return {"esm": f"/{esm}", "css": f"/{css}", "model": json.loads(body)}


class Document:
    """A page whose files are those of a folder, and what it asks for or complains of besides."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self._folder = page, folder
        self.problems: list[str] = []
        collect_errors(page, self.problems)
        page.on("console", lambda message: self.problems.append(message.text))
        page.route("**/*", self._answer)
        page.goto(ADDRESS)

    def show(self, node: dict[str, Any]) -> Locator:
        """Show a widget as the host does; the scope in it, drawn."""
        scopes = self.page.locator(".srm-scope")
        scope = scopes.nth(scopes.count())
        self.page.evaluate("node => show(node)", node)
        expect(scope.locator("path.srm-curve")).to_have_attribute("d", re.compile("^M"))
        return scope

    def _answer(self, route: Route) -> None:
        url = route.request.url
        name = url.removeprefix(ADDRESS)
        if name == "":
            route.fulfill(path=HOST, content_type="text/html")
        elif url != name and (self._folder / name).is_file():
            kind = "text/css" if name.endswith(".css") else "text/javascript"
            route.fulfill(path=self._folder / name, content_type=kind)
        else:
            self.problems.append(f"request: {url}")
            route.abort()
