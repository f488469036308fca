"""Every public name has an example in its docstring, and each runs as it stands."""

from __future__ import annotations

import doctest
import inspect
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from ipywidgets import Widget

import srm_widget as srm
from srm_widget.export.page import EmbeddedPage
from srm_widget.hooks.capture import Captured
from srm_widget.plane.beam import Beam
from srm_widget.results.coactive_planes import CoactiveConfirmation, CoactivePlanes
from srm_widget.results.curves import ClassCurves
from srm_widget.results.density import Density
from srm_widget.results.null_band import NullBand
from srm_widget.results.plane_ensemble import PlaneEnsemble
from srm_widget.results.survey import BestPlanes, Confirmation, Hubs
from srm_widget.survey.alignment_matrix import AlignedPlanes, AlignmentMatrix
from srm_widget.survey.directions import Directions
from srm_widget.survey.significance import Significance

pytestmark = pytest.mark.filterwarnings(
    # bqplot's own scales, when they are imported
    "ignore:metadata .* was set from the constructor:DeprecationWarning"
)

RETURNED = (
    AlignedPlanes,
    AlignmentMatrix,
    Beam,
    BestPlanes,
    Captured,
    ClassCurves,
    CoactiveConfirmation,
    CoactivePlanes,
    Confirmation,
    Density,
    Directions,
    EmbeddedPage,
    Hubs,
    NullBand,
    PlaneEnsemble,
    Significance,
)
"""What public names return: users have it in hand without having named it."""

BEHIND = {
    "Basis": {"for_thread", "forget_planes", "part", "plane_with"},
    "Density": {"check_alike"},
    "ResonanceCounts": {"count_store", "of_state"},
    "ResonanceEngine": {
        "checked_rows",
        "counted_angle",
        "evenly_spaced",
        "fingerprint",
        "n_to_read",
        "preparation_of",
        "shares_samples",
        "significance_cost",
        "survey_cost",
    },
    "SRMExplorer": {"notify_change"},
    "SRMScope": {"notify_change", "open", "set_state"},
    "Survey": {"leading", "spread"},
    "Timeline": {"check_equal_rows", "check_samples", "known_null_band"},
}
"""What other rooms ask of a public class, and no user."""


def own(held: Any) -> bool:
    """Whether it is a class or a function of the package."""
    is_code = inspect.isclass(held) or inspect.isroutine(held)
    return is_code and str(getattr(held, "__module__", "")).startswith("srm_widget")


def public() -> Iterator[tuple[str, Any]]:
    """Public names; of a module, what is public in it."""
    for name in srm.__all__:
        held = getattr(srm, name)
        if isinstance(held, ModuleType):
            inner = getattr(held, "__all__", None) or [
                each
                for each, value in vars(held).items()
                if getattr(value, "__module__", "") == held.__name__ and each[0] != "_"
            ]
            yield from ((f"{name}.{each}", getattr(held, each)) for each in inner)
        else:
            yield name, held
    yield from ((each.__name__, each) for each in RETURNED)


def methods() -> Iterator[tuple[str, str, Any]]:
    """Methods of public classes, without the twins of others that return a generator."""
    for path, held in public():
        names = [name for name in dir(held) if name[0] != "_"] if inspect.isclass(held) else []
        for name in names:
            static = inspect.getattr_static(held, name)
            method = getattr(static, "__func__", static)  # of a class method too
            is_twin = name.endswith("_steps") and name.removesuffix("_steps") in names
            if own(method) and not inspect.isclass(method) and not is_twin:
                yield path, name, method


DOCUMENTED: dict[str, Any] = {
    **{path: held for path, held in public() if own(held)},
    **{
        f"{owner}.{name}": method
        for owner, name, method in methods()
        if name not in BEHIND.get(owner.rpartition(".")[2], ())
    },
}


MADE_BY_OTHERS = {
    name
    for name, held in DOCUMENTED.items()
    if hasattr(held, "_fields")
    or is_dataclass(held)
    or held in {Captured, EmbeddedPage, srm.Tokens}
}
"""Classes that users do not make: their docstrings tell of attributes."""


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Files are written to a folder of the test's own, and widgets closed."""
    monkeypatch.chdir(tmp_path)
    yield
    Widget.close_all()


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize("name", DOCUMENTED)
def test_the_docstring_has_an_example_that_runs(name: str) -> None:
    text = inspect.cleandoc(DOCUMENTED[name].__doc__)
    _, heading, examples = text.partition("\nExamples\n--------\n")
    assert heading, f"expected a section Examples in the docstring of {name}"
    test = doctest.DocTestParser().get_doctest(examples, {}, name, None, None)
    shown = [example for example in test.examples if example.want]
    assert shown or name == "SRMScope.freeze"  # which is of the notebook's file
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert not said, "".join(said)


def parameters_told(text: str) -> set[str]:
    """Names in the section Parameters of a docstring."""
    found = re.search(r"\nParameters\n-+\n(.*?)(?=\n\n\w+\n-+\n|\Z)", text, flags=re.DOTALL)
    lines = found[1].splitlines() if found else []
    heads = [line for line in lines if line and not line.startswith(" ")]
    return {name for head in heads for name in head.split(", ")}


def parameters_of(held: Any) -> set[str]:
    """Parameters that users give, those of variable number with their stars."""
    given = list(inspect.signature(held).parameters.values())
    return {str(each.replace(annotation=each.empty, default=each.empty)) for each in given} - {
        "self",
        "cls",
        "**unknown",  # which are refused
    }


@pytest.mark.parametrize("name", [name for name in DOCUMENTED if name not in MADE_BY_OTHERS])
def test_the_docstring_tells_of_the_parameters_there_are(name: str) -> None:
    held = DOCUMENTED[name]
    assert parameters_told(inspect.cleandoc(held.__doc__)) == parameters_of(held)


def test_what_is_left_out_is_there() -> None:
    found = {(owner.rpartition(".")[2], name) for owner, name, _ in methods()}
    assert {(owner, name) for owner, names in BEHIND.items() for name in names} <= found
