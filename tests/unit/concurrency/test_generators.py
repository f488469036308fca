"""Methods made of generators, generators that report, and generators of one step."""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Generator
from typing import Any

import pytest

from srm_widget.concurrency.generators import blocking, in_one_step, reported, run

_Steps = Generator[float, None, int]


class Counter(ABC):
    """What has been begun and closed is written down."""

    def __init__(self) -> None:
        self.events: list[str] = []

    @abstractmethod
    def total_steps(self, n: int, *, start: int = 0) -> _Steps:
        """Add up the first numbers.

        Parameters
        ----------
        n
            How many.

        Yields
        ------
        share
            Share done.

        Raises
        ------
        ValueError
            If there are none.
        """

    total = blocking(total_steps)


class Adder(Counter):
    def total_steps(self, n: int, *, start: int = 0) -> _Steps:
        if n < 1:
            raise ValueError(f"got {n}")

        def steps() -> _Steps:
            try:
                for k in range(n):
                    self.events.append(str(k))
                    yield (k + 1) / n
                return start + sum(range(n))
            finally:
                self.events.append("closed")

        return steps()


def test_a_method_runs_to_the_end_what_a_subclass_begins() -> None:
    adder = Adder()
    assert (adder.total(4), adder.total(3, start=10)) == (6, 13)
    assert adder.events == ["0", "1", "2", "3", "closed", "0", "1", "2", "closed"]
    with pytest.raises(ValueError, match="got 0"):
        adder.total(0)


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ({}, "total() needs n"),
        ({"n": 1, "end": 2}, "total() has no keyword 'end'; there are 'n', 'start'"),
    ],
)
def test_what_is_missing_is_said_by_the_name_that_was_called(
    arguments: dict[str, int], refusal: str
) -> None:
    with pytest.raises(TypeError) as refused:
        Adder().total(**arguments)
    assert str(refused.value) == refusal
    adder: Any = Adder()
    with pytest.raises(TypeError, match=r"^total\(\) got n by its place and by its name"):
        adder.total(1, n=2)


def test_it_calls_what_an_object_has_under_the_name_of_the_steps() -> None:
    adder: Any = Adder()
    adder.total_steps = lambda n: in_one_step(100 * n, 1.0)
    assert adder.total(2) == 200


def test_it_has_the_parameters_of_the_steps_and_returns_their_result() -> None:
    steps, total = inspect.signature(Counter.total_steps), inspect.signature(Counter.total)
    assert steps.parameters == total.parameters
    assert total.return_annotation is int
    assert Counter.total.__annotations__ == {"n": int, "start": int, "return": int}
    assert (Counter.total.__name__, Counter.total.__qualname__) == ("total", "Counter.total")


def test_it_has_their_docstring_but_for_what_they_yield() -> None:
    documented = inspect.getdoc(Counter.total)
    assert documented is not None
    assert documented.splitlines() == [
        "Add up the first numbers.",
        "",
        "Parameters",
        "----------",
        "n",
        "    How many.",
        "",
        "Raises",
        "------",
        "ValueError",
        "    If there are none.",
    ]
    assert "Yields" in (Counter.total_steps.__doc__ or "")


def test_what_is_yielded_may_be_described_last() -> None:
    def nothing_steps(_self: object) -> Generator[None, None, str]:
        """Do it.

        Yields
        ------
        None
            Nothing.
        """
        return in_one_step("", None)

    assert inspect.getdoc(blocking(nothing_steps)) == "Do it."


def test_it_is_not_abstract_where_its_steps_are() -> None:
    assert Counter.__abstractmethods__ == {"total_steps"}


def test_a_generator_reports_as_it_goes_on() -> None:
    shares: list[float] = []
    adder = Adder()
    steps = reported(adder.total_steps(4), shares.append, "numbers")
    assert (shares, adder.events) == ([], [])
    assert next(steps) == 0.25
    assert shares == [0.25]
    assert run(steps) == 6
    assert shares == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize("progress", [None, False])
def test_nothing_is_reported_unless_asked_for(
    progress: bool | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(reported(Adder().total_steps(4), progress, "numbers")) == 6
    assert capsys.readouterr() == ("", "")


def test_a_bar_shows_the_share(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(reported(Adder().total_steps(4), True, "numbers")) == 6
    shown = capsys.readouterr().err
    assert "numbers" in shown
    assert "100%" in shown


def test_what_a_report_raises_ends_the_work() -> None:
    def stop(share: float) -> None:
        if share == 0.5:
            raise KeyboardInterrupt

    adder = Adder()
    with pytest.raises(KeyboardInterrupt):
        run(reported(adder.total_steps(4), stop, "numbers"))
    assert adder.events == ["0", "1", "closed"]


def test_work_that_is_let_go_is_closed() -> None:
    adder = Adder()
    steps = reported(adder.total_steps(4), lambda _share: None, "numbers")
    next(steps)
    steps.close()
    assert adder.events == ["0", "closed"]


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize("progress", ["yes", 1, [0.5]])
def test_a_report_of_another_kind_is_refused_before_anything_is_done(progress: Any) -> None:
    adder = Adder()
    with pytest.raises(TypeError, match="progress as True, False or a function, got"):
        reported(adder.total_steps(4), progress, "numbers")
    assert adder.events == []


def test_a_result_that_is_there_takes_one_step() -> None:
    steps = in_one_step("found", 1.0)
    assert next(steps) == 1.0
    with pytest.raises(StopIteration) as end:
        next(steps)
    assert end.value.value == "found"
