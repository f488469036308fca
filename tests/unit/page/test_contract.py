"""What scopes send is what it is declared as: the page's types are written from that."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, get_args

import numpy as np
import pytest

import srm_widget as srm
from js.wire_types import synced, trait_type
from srm_widget.view import wire
from tests.unit.support.conforming import misfits

N = 60


def _samples(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((N, 4))


def everything() -> srm.SRMScope:
    timeline = srm.Timeline()
    for seed, label in enumerate(("before", "after")):
        timeline.record(_samples(seed), label=label)
    scope = srm.SRMScope(
        timeline,
        labels=[k % 3 for k in range(N)],
        samples=np.random.default_rng(2).random((N, 5, 7)),
        epsilon=0.3,
        compare=0,
        cloud="density",
        cloud_of="all",
        table=True,
        highlight=[1, 5],
        directions=list("abcd"),
    )
    assert scope.survey is not None  # without a loop it is computed when it is asked for
    scope._window = [0, 0, 2]
    scope._handle_custom_msg({"type": "test"}, [])
    scope.navigator_as = "pairs"
    scope.freeze()
    return scope


def nothing_lit() -> srm.SRMScope:
    return srm.SRMScope(_samples(), epsilon=1.0, cloud="ratio", cloud_of="all", samples=["a"] * N)


def counts() -> srm.SRMScope:
    made = srm.ResonanceCounts(epsilon=(0.3, 0.5), resolution=36)
    made.append(_samples())
    return srm.SRMScope(made, cloud="off")


SCOPES: list[Callable[[], srm.SRMScope]] = [
    everything,
    nothing_lit,
    counts,
    lambda: srm.SRMScope(_samples(), navigator=False, groups=np.arange(N) % 7),
    lambda: srm.SRMScope(_samples(), samples=lambda _: srm.MarkedText("a cat", 1, 5)),
]


def travelled(value: Any) -> Any:
    return json.loads(json.dumps(value, allow_nan=False))


@pytest.mark.parametrize("make", SCOPES)
def test_traits_hold_what_they_are_declared_to(make: Callable[[], srm.SRMScope]) -> None:
    scope = make()
    state, traits = scope.get_state(), synced()
    sizes = {
        "K": scope.resolution,
        "groups": len(scope._legend.get("names", ())),
        "marks": len(scope.highlight),
        "points": scope._cloud_frame["n_points"],
        "bins": scope._cloud_frame["bins"],
        "resolution": scope._map_frame.get("resolution"),
        "steps": len(scope._steps),
    }
    for name, trait in traits.items():
        hint, value = trait_type(name, trait), state[name]
        if not isinstance(value, bytes):
            assert misfits(travelled(value), hint, name) == []
        elif hint is not bytes and value:
            frame = scope._tile_frame if name.startswith("_tile") else scope._map_frame
            axes = {**sizes, "size": frame.get("size")}
            shape = [int(axes.get(axis, axis)) for axis in hint.dim_str.split()]
            assert len(value) == math.prod(shape) * np.dtype(hint.dtypes[0]).itemsize, name
    scope.close()


def test_no_frame_is_held_against_its_type_while_it_is_empty() -> None:
    scope = everything()
    empty = [
        name
        for name, trait in synced().items()
        if wire.EmptyFrame in get_args(trait_type(name, trait)) and not getattr(scope, name)
    ]
    assert empty == []
    scope.close()


def test_messages_are_what_they_are_declared_as(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(srm.SRMScope, "send", lambda _, message, _buffers: sent.append(message))
    scope = everything()
    planes = [[1, scope.epsilon]]
    requests: list[dict[str, Any]] = [
        {"type": "hold"},
        {"type": "ahead", "era": scope._frame["era"], "planes": planes},
        {"type": "survey"},
        {"type": "test"},
        {"type": "direction", "direction": 2, "sign": -1},
        {"type": "pairs"},
        {"type": "stop_pairs"},
        {"type": "pair", "pair": [3, 1]},
        {"type": "views", "page": "x7", "shown": True, "asked": False},
    ]
    for request in requests:
        assert misfits(request, wire.PageMessage) == []
        scope._handle_custom_msg(request, [])
    assert [message["type"] for message in sent] == ["held", "ahead", "who_shows"]
    assert misfits(travelled(sent[0]), wire.PlaneMessage) == []
    assert misfits(travelled(sent[1]), wire.AheadMessage) == []
    assert misfits(travelled(sent[2]), wire.WhoShowsMessage) == []
    scope.close()


@pytest.mark.parametrize(
    ("value", "hint", "expected"),
    [
        ({"step": 1}, wire.ComparedFrame, "v.n_samples: missing in ComparedFrame"),
        ({"pair": [0, 1]}, wire.EmptyFrame, "v.pair: EmptyFrame has no such field"),
        ([0, 1.5], wire.Pair, "v[1]: 1.5 is no <class 'int'>"),
        ([0, 1, 2], wire.Pair, "v: [0, 1, 2] is none of 2 values"),
        (True, int, "v: True is no <class 'int'>"),
        ("up", wire.Order, "v: 'up' is none of ('index', 'alignment', 'coactivation', 'peak')"),
        (True, wire.Sign, "v: True is none of (1, -1)"),
        (7, str | None, "v: 7 is no <class 'str'>"),
        ({"a": 1, "b": 1.5}, Mapping[str, int], "v['b']: 1.5 is no <class 'int'>"),
        ([["a", 1]], Mapping[str, int], "v: [['a', 1]] is no mapping"),
    ],
)
def test_misfits_are_found(value: Any, hint: Any, expected: str) -> None:
    assert expected in misfits(value, hint, "v")
