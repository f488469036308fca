"""How long scopes live: while somebody holds them, or a page shows them; without the collector."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import comm
import ipywidgets
import numpy as np
import pytest
from ipywidgets.widgets import widget as registry

import srm_widget as srm
from srm_widget.widget import lifetime
from tests.unit.support.event_loop import turns
from tests.unit.support.wire import Wire

ROWS = np.random.default_rng(5).standard_normal((300, 5)).astype(np.float32) ** 3


class Jupyter(Wire):
    """A comm of a Jupyter kernel, as far as a widget can tell."""


Jupyter.__module__ = "ipykernel.comm"


@pytest.fixture(autouse=True)
def by_references_alone(monkeypatch: pytest.MonkeyPatch, quiet: None) -> Iterator[None]:
    monkeypatch.setattr(comm, "create_comm", Jupyter)
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def say(shown: srm.SRMScope, page: str, *, opened: bool, asked: bool = False) -> None:
    content = {"type": "views", "page": page, "shown": opened, "asked": asked}
    data = {"method": "custom", "content": content}
    shown.comm.handle_msg({"content": {"data": data}, "buffers": []})


def displayed(shown: Any) -> None:
    """Show something as IPython does."""
    assert shown._repr_mimebundle_()
    gc.collect()  # Matplotlib leaves frames that hold one another, and what they draw


def weak(scope: srm.SRMScope) -> list[weakref.ref[Any]]:
    return [weakref.ref(scope), weakref.ref(scope.engine), weakref.ref(scope._view)]


def alive(watched: weakref.ref[Any]) -> Any:
    """What is watched, which is there."""
    found = watched()
    assert found is not None
    return found


def gone(watched: list[weakref.ref[Any]]) -> list[bool]:
    return [each() is None for each in watched]


@pytest.mark.parametrize(
    "options",
    [{}, {"labels": np.arange(300) % 3, "samples": ["a"] * 300, "table": True, "order": "peak"}],
)
def test_a_scope_that_was_not_shown_goes_with_its_last_reference(options: dict[str, Any]) -> None:
    before = set(registry._instances)
    scope = srm.SRMScope(ROWS, **options)
    watched = weak(scope)
    assert registry._instances[scope.model_id].model_id == scope.model_id
    del scope
    assert all(gone(watched))
    assert set(registry._instances) == before


def test_scopes_in_a_loop() -> None:
    before, engines = set(registry._instances), weakref.WeakSet[Any]()
    comms = len(comm.get_comm_manager().comms)
    for k in range(30):
        scope = srm.SRMScope(ROWS[:20] + k, navigator=False)
        engines.add(scope.engine)
        assert len(engines) <= 2
    del scope
    assert not engines
    assert set(registry._instances) == before
    assert len(comm.get_comm_manager().comms) == comms


def test_a_scope_that_is_shown_stays_until_no_page_shows_it() -> None:
    scope = srm.SRMScope(ROWS)
    watched, channel = weak(scope), scope.comm
    displayed(scope)
    del scope
    assert not any(gone(watched))
    say(alive(watched[0]), "a", opened=True)
    say(alive(watched[0]), "b", opened=True)
    asked = [each for each in channel.sent if each.get("content") == {"type": "who_shows"}]
    assert len(asked) == 2
    say(alive(watched[0]), "a", opened=True, asked=True)
    say(alive(watched[0]), "b", opened=False)
    assert not any(gone(watched))
    say(alive(watched[0]), "a", opened=False)
    assert all(gone(watched))
    assert channel.sent[-1]["type"] == "comm_close"


def test_a_page_that_was_loaded_anew_is_not_waited_for() -> None:
    scope = srm.SRMScope(ROWS)
    watched = weak(scope)
    displayed(scope)
    say(scope, "before", opened=True)
    say(scope, "after", opened=True)  # and nobody else answers
    del scope
    say(alive(watched[0]), "after", opened=False)
    assert all(gone(watched))


def test_a_scope_that_somebody_holds_comes_back() -> None:
    scope = srm.SRMScope(ROWS)
    for page in ("a", "b"):
        displayed(scope)
        say(scope, page, opened=True)
        scope.pair = (1, 3)
        say(scope, page, opened=False)
        assert scope.comm is not None
        scope.set_state({"position": 2})
        assert scope.pair == (0, 3)
    watched = weak(scope)
    displayed(scope)
    del scope
    assert not any(gone(watched))  # shown again
    alive(watched[0]).close()
    assert all(gone(watched))


def test_what_a_page_may_say(caplog: pytest.LogCaptureFixture) -> None:
    scope = srm.SRMScope(ROWS)
    for content in ({}, {"page": 1, "shown": True}, {"page": "a", "shown": 1}):
        data = {"method": "custom", "content": {"type": "views", **content}}
        scope.comm.handle_msg({"content": {"data": data}, "buffers": []})
        assert "expected the page and whether it shows the scope" in scope.error
    for k in range(1000):
        say(scope, f"{k}", opened=True, asked=True)
    assert len(scope._viewers._pages) == 100


def test_a_container_holds_what_is_in_it() -> None:
    box = ipywidgets.HBox([srm.SRMScope(ROWS)])
    watched = weak(box.children[0])
    say(box.children[0], "a", opened=True)
    say(box.children[0], "a", opened=False)
    assert not any(gone(watched))
    box.close()
    del box
    assert all(gone(watched))


def test_an_output_widget_keeps_what_it_may_show_again() -> None:
    scope, output = srm.SRMScope(ROWS), ipywidgets.Output()
    watched = weak(scope)
    bundle = scope._repr_mimebundle_()
    gc.collect()
    output.outputs = (
        {"output_type": "stream", "name": "stdout", "text": "beside it"},
        {"output_type": "display_data", "data": bundle, "metadata": {}},
    )
    del scope
    say(alive(watched[0]), "a", opened=True)
    say(alive(watched[0]), "a", opened=False)  # in a part of the page that is not shown now
    assert not any(gone(watched))
    output.outputs = ()
    say(alive(watched[0]), "a", opened=True)
    say(alive(watched[0]), "a", opened=False)
    assert all(gone(watched))


def test_all_widgets_can_be_closed() -> None:
    held, shown = srm.SRMScope(ROWS), srm.SRMScope(ROWS)
    displayed(shown)
    ipywidgets.Widget.close_all()
    assert held.comm is shown.comm is None
    held.close()
    assert len(held.engine.listeners) == 0


def test_a_container_that_nobody_holds_goes_with_what_is_in_it() -> None:
    tab = ipywidgets.Tab([ipywidgets.HBox([srm.SRMScope(ROWS)]), ipywidgets.IntSlider()])
    watched = [weakref.ref(tab), *weak(tab.children[0].children[0])]
    slider = tab.children[1]
    scope = alive(watched[1])
    say(scope, "a", opened=True)
    say(scope, "a", opened=False)
    say(scope, "b", opened=True)  # shown again: the page needs the tab, too
    del tab, scope
    gc.collect()
    assert not any(gone(watched))
    say(alive(watched[1]), "b", opened=False)
    gc.collect()  # layouts and boxes of ipywidgets hold one another
    assert all(gone(watched))
    assert registry._instances[slider.model_id] is slider  # it may be shown by itself


def test_a_stack_shows_one_of_those_in_it_and_holds_all() -> None:
    stack = ipywidgets.Stack([srm.SRMScope(ROWS), srm.SRMScope(ROWS)], selected_index=0)
    watched = [weakref.ref(stack), *weak(stack.children[0])]
    say(stack.children[0], "a", opened=True)
    stack.selected_index = 1
    say(stack.children[0], "a", opened=False)
    del stack
    gc.collect()
    assert not any(gone(watched))


def view_of(shown: ipywidgets.Widget) -> dict[str, Any]:
    view = {"model_id": shown.model_id, "version_major": 2, "version_minor": 0}
    data = {"text/plain": "…", "application/vnd.jupyter.widget-view+json": view}
    return {"output_type": "display_data", "data": data, "metadata": {}}


@pytest.mark.parametrize("within", [False, True])
def test_an_output_holds_what_is_in_it(*, within: bool) -> None:
    output, scope = ipywidgets.Output(), srm.SRMScope(ROWS)
    watched = weak(scope)
    displayed(scope)
    say(scope, "a", opened=True)
    shown = ipywidgets.HBox([scope]) if within else scope
    output.outputs = [{"output_type": "stream", "name": "stdout", "text": "…"}, view_of(shown)]
    del scope, shown
    say(alive(watched[0]), "a", opened=False)
    say(alive(watched[0]), "b", opened=True)  # the output is shown elsewhere
    say(alive(watched[0]), "b", opened=False)
    gc.collect()
    assert not any(gone(watched))
    assert alive(watched[0]).comm is not None
    output.outputs = []
    gc.collect()
    assert all(gone(watched))


def test_an_output_that_nobody_holds_goes_with_what_is_in_it() -> None:
    output, scope = ipywidgets.Output(), srm.SRMScope(ROWS)
    watched = [weakref.ref(output), *weak(scope)]
    displayed(scope)
    output.outputs = [view_of(scope)]
    say(scope, "a", opened=True)
    del output, scope
    say(alive(watched[1]), "a", opened=False)
    gc.collect()
    assert all(gone(watched))


def test_memory_is_given_back_once_a_scope_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    engine, given_back = srm.ResonanceEngine(ROWS), list[bool]()
    watched = weakref.ref(engine)
    monkeypatch.setattr(lifetime, "give_back", lambda: given_back.append(watched() is None))
    scope = srm.SRMScope(engine)
    say(scope, "a", opened=True)
    say(scope, "a", opened=False)  # and is held
    displayed(scope)
    channel = scope.comm
    say(scope, "b", opened=True)
    del scope, engine
    assert given_back == []
    content = {"type": "views", "page": "b", "shown": False, "asked": False}
    message = {"content": {"data": {"method": "custom", "content": content}}, "buffers": []}
    channel.handle_msg(message)
    assert given_back == [True]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of bqplot, when it is imported
def test_an_explorer_goes_with_its_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comm, "create_comm", comm.DummyComm)
    before = set(registry._instances)
    explorer = srm.SRMExplorer(ROWS)
    watched = [weakref.ref(explorer), *weak(explorer.scope)]
    displayed(explorer)
    say(explorer.scope, "a", opened=True)
    del explorer
    assert not any(gone(watched))
    say(alive(watched[1]), "a", opened=False)
    assert all(gone(watched))
    assert set(registry._instances) == before


def test_a_scope_that_was_refused_leaves_nothing() -> None:
    before = set(registry._instances)
    engine = srm.ResonanceEngine(ROWS)
    for refused in ({"epsilon": 3}, {"labels": [1]}, {"pair": (9, 9)}, {"epsilom": 1}):
        with pytest.raises((ValueError, TypeError, IndexError)):
            srm.SRMScope(engine, **refused)
    gc.collect()  # of tracebacks
    assert set(registry._instances) <= before
    assert len(engine.listeners) == 0


def test_a_scope_in_an_event_loop_goes_too() -> None:
    async def main() -> list[weakref.ref[Any]]:
        scope = srm.SRMScope(ROWS, labels=np.arange(300) % 3, table=True)
        watched = weak(scope)
        await turns(2)
        del scope
        assert watched[0]() is None
        await turns(50)
        return watched

    watched = asyncio.run(main())
    gc.collect()
    assert all(gone(watched))


class Shell(SimpleNamespace):
    """IPython's shell, as far as outputs are remembered."""

    __hash__ = object.__hash__  # type: ignore[assignment]

    def show(self, number: int, output: Any) -> None:
        hook = self.displayhook
        hook.___, hook.__, hook._ = hook.__, hook._, output
        for names in (self.user_ns, self.user_ns_hidden):
            names |= {"_": hook._, "__": hook.__, "___": hook.___, f"_{number}": output}
        self.user_ns["_oh"][number] = output
        self.last_execution_result.result = output


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Shell:
    made = Shell(
        user_ns={"_oh": {}, "mine": 1},
        user_ns_hidden={},
        events=SimpleNamespace(trigger=lambda _name: None),
        displayhook=SimpleNamespace(_="", __="", ___=""),
        last_execution_result=SimpleNamespace(result=None),
    )
    monkeypatch.setattr("IPython.get_ipython", lambda: made)
    return made


def test_outputs_that_are_not_shown_are_forgotten(shell: Shell) -> None:
    scope = srm.SRMScope(ROWS)
    watched = weak(scope)
    shell.show(1, "before")
    shell.show(2, scope)
    displayed(scope)
    say(scope, "a", opened=True)
    shell.show(3, "after")
    shell.show(4, scope)
    del scope
    say(alive(watched[0]), "a", opened=False)
    assert all(gone(watched))
    assert shell.user_ns["_oh"] == {1: "before", 3: "after"}
    assert {name: shell.user_ns.get(name) for name in ("_", "__", "___", "_1", "_2", "_4")} == {
        "_": "",
        "__": "after",
        "___": "",
        "_1": "before",
        "_2": None,
        "_4": None,
    }


def test_names_that_the_user_gave_are_left_alone(shell: Shell) -> None:
    scope = srm.SRMScope(ROWS)
    shell.show(1, scope)
    shell.user_ns |= {"_": scope, "__": 5, "kept": scope}
    shell.displayhook._ = "other"
    lifetime.forget_output(scope)
    assert (shell.user_ns["_"], shell.user_ns["__"], shell.user_ns["kept"]) == (scope, 5, scope)
    assert shell.user_ns["_oh"] == {}


@pytest.mark.parametrize("opened", [False, True])
def test_a_cell_that_is_run_again_before_its_output_was_shown(shell: Shell, opened: bool) -> None:
    heard: list[Any] = []
    shell.events.register = lambda _name, call: heard.append(call)
    shell.get_parent = lambda: {"metadata": {"cellId": "first"}}
    scope, other = srm.SRMScope(ROWS), srm.SRMScope(ROWS)
    watched = weak(scope)
    displayed(scope)
    displayed(other)
    if opened:
        say(scope, "a", opened=True)
    del scope
    (run,) = heard  # once
    run(SimpleNamespace(cell_id="second"))
    run(SimpleNamespace())
    assert not any(gone(watched))
    run(SimpleNamespace(cell_id="first"))
    assert gone(watched) == [not opened] * 3
    assert other.comm is not None
    if opened:  # the page says when it is gone
        say(alive(watched[0]), "a", opened=False)
        assert all(gone(watched))


def test_other_hosts_hold_widgets_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comm, "create_comm", Wire)
    scope = srm.SRMScope(ROWS)
    watched = weak(scope)
    del scope
    assert not any(gone(watched))
    alive(watched[0]).close()
    assert all(gone(watched))
