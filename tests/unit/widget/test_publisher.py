"""The publisher: what it sends together, its answers, and observers that fail."""

from __future__ import annotations

import logging

import pytest

from tests.unit.support.parts import Parts


def test_values_are_set_in_one_message_also_read_only_ones() -> None:
    parts = Parts()
    parts.publisher.publish(n_selected=3, error="late", _names=["a"])
    assert (parts.model.n_selected, parts.model.error, parts.model._names) == (3, "late", ["a"])
    assert parts.heard.holds == 1


def test_a_frame_tells_its_request_and_its_era() -> None:
    parts = Parts()
    parts.publisher.latest_request = 7
    parts.publisher.show({"frame": {"pair": [0, 1]}, "layer": {"n": 1}}, {"counts": b"12"}, era=4)
    assert parts.model._frame == {"pair": [0, 1], "request": 7, "era": 4}
    assert (parts.model._layer, parts.model._counts) == ({"n": 1}, b"12")
    parts.publisher.show({"frame": {"pair": [1, 2]}}, {}, era=4)
    assert parts.model._frame == {"pair": [1, 2], "request": 7, "era": 4}
    assert (parts.model._layer, parts.model._counts) == ({"n": 1}, b"12")
    parts.publisher.change_frame(position=7)
    assert parts.model._frame == {"pair": [1, 2], "request": 7, "era": 4, "position": 7}


def test_an_answer_has_the_values_asked_for_that_there_are() -> None:
    parts = Parts()
    parts.publisher.answer(
        ["theta", "no such", "labels", "_request", "epsilon"], "expected\0 less " + "x" * 400
    )
    assert parts.heard.states == [["theta", "epsilon"]]
    assert parts.model.error.startswith("expected")
    assert len(parts.model.error) == 300
    assert "\0" not in parts.model.error
    assert parts.model._frame == {"request": 0}


def test_errors_of_observers_are_raised_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    publisher = Parts().publisher
    done: list[str] = []

    def failing(text: str) -> None:
        raise RuntimeError(text)

    def tell_all() -> None:
        with publisher.collecting_observer_errors():
            with publisher.collecting_observer_errors():
                publisher.tell(lambda: failing("first"))
            publisher.tell(lambda: failing("second"))
            done.append("all told")

    with caplog.at_level(logging.WARNING), pytest.raises(RuntimeError, match="first"):
        tell_all()
    assert done == ["all told"]
    assert [str(record.exc_info and record.exc_info[1]) for record in caplog.records] == ["second"]
    with pytest.raises(RuntimeError, match="alone"):
        publisher.tell(lambda: failing("alone"))


def test_errors_that_nobody_hears_of_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    publisher = Parts().publisher

    def failing() -> None:
        raise RuntimeError("in a task")

    with caplog.at_level(logging.WARNING), publisher.logging_errors():
        failing()
    assert "could not go on" in caplog.text
