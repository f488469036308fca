"""All traits of a scope stand in one class, and what is said of them by metadata is whole."""

from __future__ import annotations

from typing import Any

import anywidget
import pytest
import traitlets

import srm_widget as srm
from srm_widget.view.spec import ViewSpec
from srm_widget.widget.model import READ_ONLY, SAVED_TRAITS, VIEW_TRAITS, ScopeModel, declared
from srm_widget.widget.traits import Checked, Choice, Count, Flag, Text
from tests.unit.support.parts import Parts


def test_every_trait_is_declared_in_the_model() -> None:
    hosts = {*anywidget.AnyWidget.class_traits(), "_script"}  # which loads as `_esm` does
    own = set(srm.SRMScope.class_traits()) - hosts
    assert own == set(ScopeModel.class_traits())
    assert own == set(declared())


def test_the_view_depends_on_what_it_is_built_of() -> None:
    assert {*ViewSpec._fields, "position"} == VIEW_TRAITS


def test_the_page_sets_no_more_than_what_has_a_check_of_its_own() -> None:
    for name, trait in ScopeModel.class_traits(sync=True).items():
        assert (name in READ_ONLY) != isinstance(trait, Checked), name


def test_a_page_is_saved_with_what_users_can_set_names_pairs_and_nulls() -> None:
    settable = {name for name in declared(sync=True) if name not in READ_ONLY}
    told = {"_names", "_steps", "_pairs_frame", "_null_frame"}
    assert set(SAVED_TRAITS) == (settable - {"_window", "_request"}) | told


@pytest.mark.parametrize(
    ("name", "value", "error", "says"),
    [
        ("signed", 1, TypeError, "expected signed as True or False, got 1"),
        ("order", "best", ValueError, "expected order as one of 'index'"),
        ("title", 3, TypeError, "expected title as a string, got 3"),
        ("max_selected", -1, ValueError, "expected max_selected ≥ 0, got -1"),
        ("max_selected", True, TypeError, "expected an integer max_selected"),
        ("pair", (0, 9), IndexError, "9"),
        ("position", 10, ValueError, "expected position in 0 … 9, got 10"),
        ("theta", "up", TypeError, "expected theta as a number of radians"),
        ("hidden_classes", [0], ValueError, "without labels"),
        ("_window", [4, 4, 2], ValueError, "inside 0 … 5"),
    ],
)
def test_values_are_refused_without_a_widget(
    name: str, value: Any, error: type[Exception], says: str
) -> None:
    model = Parts().model
    before = getattr(model, name)
    with pytest.raises(error, match=says) as raised:
        setattr(model, name, value)
    assert isinstance(raised.value, traitlets.TraitError)
    assert getattr(model, name) == before


def test_kinds_of_traits_name_the_trait() -> None:
    class Kinds(traitlets.HasTraits):
        flag, word = Flag(True), Choice(("a", "b"), "a")
        text, count = Text("t"), Count(2)

    kinds = Kinds(flag=False, word="b", text="u", count=0)
    assert kinds.trait_values() == {"flag": False, "word": "b", "text": "u", "count": 0}
    for name in ("flag", "word", "text", "count"):
        with pytest.raises(traitlets.TraitError, match=rf"\b{name}\b"):
            setattr(kinds, name, None)


def test_what_auto_means_depends_on_the_data() -> None:
    parts = Parts(epsilon="auto", cloud="auto", compare="auto", resolution=None)
    assert parts.model.epsilon == parts.model.engine.auto_epsilon()
    assert (parts.model.cloud, parts.model.compare, parts.model.resolution) == ("points", -1, 360)
    assert parts.model.compared_engine is None
