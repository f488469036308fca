"""What a scope sends, kept to be looked at."""

from __future__ import annotations

import functools
import json
import operator
from typing import Any

import numpy as np
from comm.base_comm import BaseComm

import srm_widget as srm

Message = dict[str, Any]

VOLATILE = "request", "era", "elapsed_ms"
"""What a frame says beside the picture."""


class Wire(BaseComm):
    """A comm that keeps what is sent, with the binary values where they belong."""

    def __init__(self, **arguments: Any) -> None:
        self.sent: list[Message] = []
        super().__init__(**arguments)

    def publish_msg(self, msg_type: str, data: Any = None, *_: Any, **more: Any) -> None:
        message = {"type": msg_type, **(data or {})}
        if "state" in message:
            message["state"] = {**message["state"]}
            paths = zip(message["buffer_paths"], more.get("buffers") or (), strict=True)
            for (*above, name), buffer in paths:  # below other names in figures of bqplot
                holder = functools.reduce(operator.getitem, above, message["state"])
                holder[name] = bytes(buffer)
        elif more.get("buffers"):
            message["buffers"] = [bytes(buffer) for buffer in more["buffers"]]
        self.sent.append(message)

    def updates(self) -> list[Message]:
        """States sent since the last call, without echoes of what the page sent."""
        states = [message["state"] for message in self.sent if message.get("method") == "update"]
        self.sent.clear()
        return states


def size(update: Message) -> int:
    """Bytes of a message: what is binary as it is, the rest as JSON."""
    binary = [value for value in update.values() if isinstance(value, bytes)]
    rest = {name: value for name, value in update.items() if not isinstance(value, bytes)}
    return len(json.dumps(rest, allow_nan=False).encode()) + sum(map(len, binary))


def packed(scope: srm.SRMScope, name: str, dtype: str) -> np.ndarray:
    return np.frombuffer(getattr(scope, f"_{name}"), dtype)


def state_of(scope: srm.SRMScope) -> dict[str, Any]:
    return {key: value for key, value in scope.get_state().items() if key != "_frame"} | {
        "_frame": {k: v for k, v in scope._frame.items() if k not in VOLATILE}
    }
