#!/usr/bin/env python3
"""Stands between Playwright and a Firefox that does not know all of WebDriver BiDi yet.

Playwright starts this in place of the Firefox that ``SRM_WIDGET_FIREFOX`` names. Messages pass
unchanged, but for two things that Playwright relies on: the colour scheme of a page, without which
it opens none, and which Firefox can be told as its own developer tools tell it; and a name for each
download, where Firefox 153 gives none and its address will do.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from itertools import count
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve

SPEAKS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
SCHEMES = "emulation.setMediaFeaturesOverride"
DOWNLOADS = "browsingContext.download"
CREATED = "browsingContext.contextCreated"
# Far above those that Playwright counts up from 1.
OWN = count(1 << 40)

TELL_SCHEME = """(ids, scheme) => {
    const path = "chrome://remote/content/shared/NavigableManager.sys.mjs";
    const { NavigableManager } = ChromeUtils.importESModule(path);
    for (const id of ids)
        NavigableManager.getBrowsingContextById(id).top.prefersColorSchemeOverride = scheme;
}"""


class Relay:
    """One connection of Playwright's, and the one of Firefox that it goes on to."""

    def __init__(self, firefox: ClientConnection, playwright: ServerConnection) -> None:
        self._firefox, self._playwright = firefox, playwright
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._answering: set[asyncio.Task[None]] = set()
        self._heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        # Of all pages of a browser context, until one is told another.
        self._schemes: dict[str, str] = {}

    async def run(self) -> None:
        """Pass messages both ways until either side leaves."""
        ways = [asyncio.create_task(way) for way in (self._there(), self._here(), self._back())]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in [*ways, *self._answering]:
            way.cancel()
        await asyncio.gather(self._firefox.close(), self._playwright.close())

    async def _there(self) -> None:
        async for text in self._playwright:
            message = json.loads(text) if SCHEMES in str(text) else {}
            if message.get("method") != SCHEMES:
                await self._firefox.send(text)
                continue
            task = asyncio.create_task(self._answer(message["id"], message["params"]))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _here(self) -> None:
        async for text in self._firefox:
            message = json.loads(text)
            if (number := message.get("id")) in self._asked:
                self._asked.pop(number).set_result(message)
            else:
                await self._heard.put(message)

    async def _back(self) -> None:
        """Pass on what was heard in its order, a new page only when it has its colour scheme."""
        while True:
            message = await self._heard.get()
            method, params = message.get("method", ""), message.get("params", {})
            if method.startswith(DOWNLOADS):
                params.setdefault("download", params["url"])
            elif method == CREATED and (scheme := self._schemes.get(params["userContext"])):
                await self._tell([params["context"]], scheme)
            await self._playwright.send(json.dumps(message))

    async def _ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        number = next(OWN)
        self._asked[number] = asyncio.get_running_loop().create_future()
        answered = self._asked[number]
        await self._firefox.send(json.dumps({"id": number, "method": method, "params": params}))
        return await answered

    async def _answer(self, number: int, params: dict[str, Any]) -> None:
        answer: dict[str, Any] = {"type": "success", "result": {}}
        scheme = params["features"].get("prefers-color-scheme") or "none"
        self._schemes |= dict.fromkeys(params.get("userContexts", ()), scheme)
        if contexts := params.get("contexts"):
            answer = await self._tell(contexts, scheme)
        await self._playwright.send(json.dumps(answer | {"id": number}))

    async def _tell(self, contexts: list[str], scheme: str) -> dict[str, Any]:
        tree = await self._ask("browsingContext.getTree", {"moz:scope": "chrome", "maxDepth": 0})
        if tree["type"] == "error":
            return tree
        ids = {"type": "array", "value": [{"type": "string", "value": each} for each in contexts]}
        told = await self._ask(
            "script.callFunction",
            {
                "functionDeclaration": TELL_SCHEME,
                "arguments": [ids, {"type": "string", "value": scheme}],
                "target": {"context": tree["result"]["contexts"][0]["context"]},
                "awaitPromise": False,
            },
        )
        if told["type"] == "success" and told["result"]["type"] == "exception":
            text = told["result"]["exceptionDetails"]["text"]
            return {"type": "error", "error": "unknown error", "message": text}
        return told


async def main(command: list[str]) -> int:
    """Start Firefox, say in its place where it listens, and end when it does."""
    firefox = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    assert firefox.stderr
    address = ""

    async def relayed(playwright: ServerConnection) -> None:
        assert playwright.request
        path = playwright.request.path
        async with connect(address + path, compression=None, max_size=None, proxy=None) as other:
            await Relay(other, playwright).run()

    async with serve(relayed, "127.0.0.1", 0, compression=None, max_size=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async for line in firefox.stderr:
            text = line.decode(errors="replace")
            if found := SPEAKS.search(text):
                address = found[1]
                text = text.replace(address, f"ws://127.0.0.1:{port}")
            sys.stderr.write(text)
            sys.stderr.flush()
        return await firefox.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main([os.environ["SRM_WIDGET_FIREFOX"], *sys.argv[1:]])))
