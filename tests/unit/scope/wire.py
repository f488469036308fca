"""What a scope sends, kept to be looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
from comm.base_comm import BaseComm

import srm_widget as srm

Message = dict[str, Any]


class Wire(BaseComm):
    """A comm that keeps what is sent."""

    def __init__(self, **arguments: Any) -> None:
        self.sent: list[Message] = []
        super().__init__(**arguments)

    def publish_msg(self, msg_type: str, data: Any = None, *_: Any, **__: Any) -> None:
        self.sent.append({"type": msg_type, **(data or {})})

    def updates(self) -> list[Message]:
        """States sent since the last call, without echoes of what the page sent."""
        states = [message["state"] for message in self.sent if message.get("method") == "update"]
        self.sent.clear()
        return states


def packed(scope: srm.SRMScope, name: str, dtype: str) -> np.ndarray:
    return np.frombuffer(getattr(scope, f"_{name}"), dtype)


def state_of(scope: srm.SRMScope) -> dict[str, Any]:
    return {key: value for key, value in scope.get_state().items() if key != "_frame"} | {
        "_frame": {k: v for k, v in scope._frame.items() if k not in ("serial", "elapsed_ms")}
    }
