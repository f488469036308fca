"""Python's typed definitions as TypeScript: what is written for each kind of type."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import numpy as np
import pytest
from jaxtyping import Int32

from js.typescript import TypeScript

HERE = sys.modules[__name__]

Letter = Literal["a", "b"]
"""One of two."""

Place = tuple[Annotated[int, "row"], Annotated[float | None, "share"]]

Long = Literal[
    "a word that is quite long",
    "another word that is quite long",
    "a third word that is quite long, and the last",
]

Wide = tuple[
    Annotated[str, "the_first_of_the_labels"],
    Annotated[str, "the_second_of_the_labels"],
    Annotated[str, "the_last_of_the_labels"],
]


class Shared(TypedDict):
    """Not exported itself."""

    first: int
    """counted from */ 0"""


class Inner(TypedDict):
    """A part."""

    letter: Letter


class Outer(Shared, Inner):
    """A whole, said in more words than fit into one line of the page's files, as some are said.

    Twice.
    """

    parts: list[Inner]
    maybe: NotRequired[str | None]
    """
    left out,
    or null
    """


class Nothing(TypedDict):
    """Empty."""


Either = Inner | Nothing


@pytest.fixture
def written() -> TypeScript:
    names = ["Letter", "Place", "Long", "Wide", "Inner", "Outer", "Nothing", "Either"]
    return TypeScript([(HERE, names)], {"Place": "Cell"})


def test_definitions_are_written_with_their_comments(written: TypeScript) -> None:
    assert (
        written.declarations()
        == """\
/** One of two. */
export type Letter = "a" | "b";

export type Cell = [row: number, share: number | null];

export type Long =
  | "a word that is quite long"
  | "another word that is quite long"
  | "a third word that is quite long, and the last";

export type Wide = [
  the_first_of_the_labels: string,
  the_second_of_the_labels: string,
  the_last_of_the_labels: string,
];

/** A part. */
export interface Inner {
  letter: Letter;
}

/**
 * A whole, said in more words than fit into one line of the page's files, as some are said.
 *
 * Twice.
 */
export interface Outer extends Inner {
  /** counted from * / 0 */
  first: number;
  parts: Inner[];
  /**
   * left out,
   * or null
   */
  maybe?: string | null;
}

/** Empty. */
export type Nothing = { [field: string]: undefined };

export type Either = Inner | Nothing;
"""
    )


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (bool, "boolean"),
        (None, "null"),
        (bytes, "BinaryValue"),
        (Int32[np.ndarray, "groups K"], "BinaryValue"),
        (Literal["a", "b"], "Letter"),
        (Literal["a"] | None, '"a" | null'),
        (list[int | None], "(number | null)[]"),
        (Sequence[Place], "readonly Cell[]"),
        (tuple[int, int], "[number, number]"),
        (tuple[()], "[]"),
        (Inner | None, "Inner | null"),
        (Mapping[str, object], "{ readonly [field: string]: unknown }"),
    ],
)
def test_types_are_written(written: TypeScript, hint: Any, expected: str) -> None:
    assert written.type_of(hint) == expected


@pytest.mark.parametrize("hint", [Any, dict[str, int], Shared, list[Shared], set[int]])
def test_what_the_page_has_not_is_refused(written: TypeScript, hint: Any) -> None:
    with pytest.raises(TypeError, match="expected a type that the page has"):
        written.type_of(hint)


def test_a_name_is_exported_once() -> None:
    with pytest.raises(ValueError, match="one definition of Inner"):
        TypeScript([(HERE, ["Inner", "Outer"])], {"Outer": "Inner"})
