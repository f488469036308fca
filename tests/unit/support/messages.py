"""What a page might send, and whether a scope that has been sent it is still whole."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np
from hypothesis import strategies as st

import srm_widget as srm
from srm_widget.widget.model import READ_ONLY

N, D = 120, 5
ROWS = np.random.default_rng(3).standard_normal((N, D)).astype(np.float32) ** 3
Message = dict[str, Any]

ASKED: dict[str, list[Any]] = {
    "pair": [[0, 1], [4, 2], [3, 3], [0, 5], [-1, 0], [0, 1, 2], {"0": 1, "1": 2}, "01"],
    "position": [0, 9, 10, -1, 2.0, "3", 1 << 70],
    "order": ["index", "peak", "alignment", "gain", "Peak", ["peak"]],
    "step": [0, 1, 2, -1, 3, "0"],
    "compare": [-1, 0, 2, None, "auto", 3],
    "epsilon": [0.5, 0.62, -0.3, 1.0, -1.0, 1.0001, "auto", "0.5", math.nan, 1 << 2000],
    "resolution": [4, 360, 2880, 3, 2881, 360.0, None, "360"],
    "theta": [0.0, 6.28, -1.0, 1e300, math.inf, "1.0", 1 << 2000],
    "signed": [True, False, 1, "true", None],
    "scale": ["gain", "fraction", "log"],
    "navigator": [True, False, 0],
    "cloud": ["auto", "points", "density", "ratio", "off", "stars"],
    "by_class": [True, False, 0],
    "hidden_classes": [[], [0], [2, 0, 0], [3], [-1], [True], "", {}, [[0]]],
    "highlight": [[], [0, 119], [120], [-1], [True], [0.0], {}, "", [[1], [2, 3]], [1 << 64]],
    "table": [True, False, "yes"],
    "table_by": ["count", "label", "size"],
    "table_descending": [True, False, None],
    "title": ["\ud800", "", "<b>title</b>", 3, "t" * 10_000, "t" * 1_000_000],
    "_request": [
        {"id": 3, "asked": {}},
        {"id": 7, "asked": {"position": 3, "epsilon": 0.25}},
        {"id": 8, "asked": {"pair": [2, 1], "theta": "north"}},
        {"id": 0, "asked": {"order": "peak"}},
        {"id": -1, "asked": {}},
        {"id": 1 << 53, "asked": {}},
        {"id": 1, "asked": {"selected": [1]}},
        {"id": 2, "asked": {"pair": [[[[1]]]]}},
        {"id": 2, "asked": ["theta"]},
        {"id": True, "asked": {}},
        {"id": 1},
        [],
    ],
    "_window": [[], [0, 0, 3], [1, 1, 4], [4, 4, 2], [0, 0, 0], "", {}, [0, 0, True]],
}
FORBIDDEN: dict[str, Any] = {name: [] for name in sorted(READ_ONLY)} | {
    "_frame": {},
    "_names": ["a"],
    "_esm": "alert(1)",
    "_view_name": "Other",
    "n_selected": 3,
    "error": "none",
    "layout": "IPY_MODEL_none",
    "labels": [1],
    "max_selected": 1,
    "no such": 0,
}
LIKELY = [(name, value) for name, values in ASKED.items() for value in values]
NAMES = [*ASKED, *FORBIDDEN]
KINDS = "survey", "direction", "hold", "ahead", "anywidget-command", "no such"
TEXTS = "", "0", "nan", "auto", "<script>", "\0", "\ud800", "\u202e", "x" * 1_000_000

Anything: TypeAlias = st.SearchStrategy[Any]


def views(most: int) -> Anything:
    """Binary values as they come with a message."""
    return st.binary(max_size=most).map(lambda value: memoryview(value))  # noqa: PLW0108 - mypy knows no more of the class


scalars: Anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 12),
    st.sampled_from([1 << 63, -(1 << 64), 10**400, 10**4000]),
    st.floats(),
    st.floats(-1, 1),
    st.sampled_from(TEXTS),
    st.text(max_size=6),
    st.binary(max_size=6),
    views(6),
)
junk: Anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(TEXTS[:-1]), inner, max_size=3)
    ),
    max_leaves=8,
)
likely: Anything = st.lists(st.sampled_from(LIKELY), min_size=1, max_size=2).map(dict)
states: Anything = st.one_of(
    likely,
    st.tuples(likely, st.sampled_from(list(FORBIDDEN.items()))).map(
        lambda both: {**both[0], both[1][0]: both[1][1]}
    ),
    st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=9), junk, min_size=1, max_size=3),
)
fields: Anything = st.dictionaries(
    st.sampled_from(["direction", "sign", "planes", "era", "name", "id", "kind"]),
    st.sampled_from([0, 1, -1, 4, [[0, 0.5]], [[3, None]]]) | junk,
)
contents: Anything = st.builds(
    lambda kind, more: {**more, "type": kind}, st.sampled_from(KINDS) | junk, fields
)
paths: Anything = st.lists(st.lists(st.sampled_from(["theta", "pair", "x", 0, -1])) | junk)
data: Anything = st.one_of(
    likely.map(lambda state: {"method": "update", "state": state}),
    likely.map(lambda state: {"method": "update", "state": state, "buffer_paths": []}),
    states.map(lambda state: {"method": "update", "state": state, "buffer_paths": []}),
    st.builds(
        lambda state, where: {"method": "update", "state": state, "buffer_paths": where},
        states | junk,
        paths,
    ),
    contents.map(lambda content: {"method": "custom", "content": content}),
    junk.map(lambda content: {"method": "custom", "content": content}),
    st.just({"method": "request_state"}),
    st.dictionaries(st.sampled_from(["method", "state", "content"]), junk, max_size=3) | junk,
)
messages: st.SearchStrategy[Message] = st.builds(
    lambda data, buffers: {"content": {"data": data}, "buffers": buffers},
    data,
    st.just([]) | st.just([]) | st.lists(views(9), max_size=2),
)


def made(kind: str) -> srm.SRMScope:
    """A scope on an engine, a timeline or counts, with labels and pictures or without."""
    looks: dict[str, Any] = {
        "labels": np.arange(N) % 3,
        "samples": [f"sample {n}" for n in range(N)],
    }
    if kind == "counts":
        counts = srm.ResonanceCounts(epsilon=[0.5, 0.62])
        counts.append(ROWS)
        return srm.SRMScope(counts, epsilon=0.5)
    if kind == "timeline":
        timeline = srm.Timeline()
        for power in (1, 2, 3):
            timeline.record(np.sign(ROWS) * np.abs(ROWS) ** power)
        return srm.SRMScope(timeline, epsilon=0.5, **looks)
    if kind == "simplex":
        return srm.SRMScope(ROWS[:, :4], srm.basis.simplex(4), epsilon=0.5, **looks)
    return srm.SRMScope(ROWS, epsilon=0.5, **(looks if kind == "labelled" else {}))


@contextmanager
def watched() -> Iterator[list[str]]:
    """What widgets log of exceptions that nothing has served."""
    escaped: list[str] = []

    class Watch(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if str(record.msg).startswith("Exception in"):
                escaped.append(record.getMessage())

    watch, logger = Watch(), logging.getLogger("traitlets")
    handlers, propagates = logger.handlers, logger.propagate
    logger.handlers, logger.propagate = [watch], False
    try:
        yield escaped
    finally:
        logger.handlers, logger.propagate = handlers, propagates


def check_whole(scope: srm.SRMScope) -> None:
    """The traits are such as may be, and what is drawn is of them."""
    frame = scope._frame
    for name in ("step", "order", "position", "epsilon", "resolution", "theta"):
        assert frame[name] == getattr(scope, name), name
    assert tuple(frame["pair"]) == scope.pair
    assert scope.resonance.planes[0].tolist() == list(scope.pair)
    assert len(scope._counts) == 4 * scope.resolution == 4 * len(scope.resonance.angles)
    assert len(scope.error) <= 300
    m = scope.engine.n_directions
    assert all(type(k) is int and 0 <= k < m for k in scope.pair)
    assert type(scope.position) is int
    assert 0 <= scope.position < scope.engine.n_planes
    assert scope.pair == scope.ranking.plane(scope.position) or scope.pair[0] > scope.pair[1]
    assert type(scope.epsilon) is float
    assert -1 <= scope.epsilon <= 1
    assert type(scope.theta) is float
    assert 0 <= scope.theta < math.tau
    assert all(type(n) is int and 0 <= n < N for n in scope.highlight)
    # Each is as its own check would have it: of an equal value, and of its kind.
    for name in ASKED:
        value = getattr(scope, name)
        trait: Any = type(scope).class_traits()[name]
        checked = trait.validate(scope, value)
        assert checked == value, name
        assert type(checked) is type(value), name
    plain = {k: v for k, v in scope.get_state().items() if not isinstance(v, bytes)}
    json.dumps({**plain, "layout": ""}, allow_nan=False, ensure_ascii=False).encode()


def check_like_new(scope: srm.SRMScope) -> None:
    """A scope that is made with these traits shows the same."""
    shown: dict[str, Any] = {
        name: getattr(scope, name)
        for name in ASKED
        if name not in ("position", "hidden_classes", "table_by", "table_descending")
        and name not in ("_window", "_request")
    }
    if len(scope.timeline) == 1:
        shown = {k: v for k, v in shown.items() if k not in ("step", "compare")}
    labels, samples = scope.labels, scope.samples
    fresh = srm.SRMScope(scope.timeline, labels=labels, samples=samples, **shown)
    fresh.hidden_classes = scope.hidden_classes
    for name in ("_counts", "_signed_counts", "_class_counts", "_band", "_marks", "selected"):
        assert getattr(fresh, name) == getattr(scope, name), name
    fresh.close()
