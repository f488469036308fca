"""Lessons: notebooks that end in exercises, with their solutions in files of their own."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

HEADING = "## Exercises"
SOLUTION = "solution"  # in the metadata of a cell that is none of the notebook's: of which exercise

_BEGINS = re.compile(r"^(?=\*\*Exercise )", re.MULTILINE)
_FORM = re.compile(
    r"\*\*Exercise (?P<number>\d+)\.\*\* (?P<task>\S[\s\S]*?)\n\n"
    r"<details><summary>Hint</summary>\n\n(?P<hint>\S[\s\S]*?)\n\n</details>"
    r"(?P<rest>[\s\S]*)"
)
_ANSWER = re.compile(r"(?P<words>(?:#.*\n)+)\n*(?P<code>\S[\s\S]*)")


class Exercise(NamedTuple):
    """What a lesson asks.

    Attributes
    ----------
    number
        From 1.
    text
        Markdown: the task and a folded hint.
    solution
        File that answers it.
    """

    number: int
    text: str
    solution: Path


def exercises(notebook: NotebookNode, path: Path) -> list[Exercise]:
    """Exercises at the end of a notebook.

    Parameters
    ----------
    notebook
        As it is written, or executed.
    path
        Of its file; solutions lie beside it, in ``solutions/07_1.py`` and so on.

    Raises
    ------
    ValueError
        If one has no hint or no solution, is out of order, or if a solution has no exercise.
    """
    return _parts(notebook, path)[1]


def with_solutions(notebook: NotebookNode, path: Path) -> NotebookNode:
    """A lesson in which each exercise is followed by its solution, in words and as code.

    Parameters
    ----------
    notebook
        As it is written; it stays as it is.
    path
        Of its file.

    Raises
    ------
    ValueError
        If an exercise or a solution is not of the form that both have.
    """
    head, found, tail = _parts(notebook, path)
    if not found:
        return notebook
    last = notebook.cells[-1]
    cells = [*notebook.cells[:-1], NotebookNode({**last, "source": head})]
    for exercise in found:
        cells.append(new_markdown_cell(exercise.text, id=f"exercise-{exercise.number}"))
        cells += _solution(exercise)
    cells.append(new_markdown_cell(tail, id="exercises-end"))
    return NotebookNode({**notebook, "cells": cells})


def _parts(notebook: NotebookNode, path: Path) -> tuple[str, list[Exercise], str]:
    """What comes before the exercises, these, and what comes after them."""
    source = notebook.cells[-1].source if notebook.cells else ""
    head, *texts = _BEGINS.split(source) if HEADING in source.splitlines() else [source]
    found, tail = [], ""
    for number, text in enumerate(texts, 1):
        begins = f"{path.name}: expected “**Exercise {number}.** …”"
        form = _FORM.fullmatch(text)
        if form is None:
            raise ValueError(f"{begins} and a hint in <details>, got {text[:200]!r}")
        if int(form["number"]) != number or tail:
            raise ValueError(f"{begins}, got {(tail or text)[:60]!r}")
        tail = form["rest"].strip()
        solution = _folder(path) / f"{_number(path)}_{number}.py"
        found.append(Exercise(number, text.removesuffix(form["rest"]), solution))
    there = set(_folder(path).glob(f"{_number(path)}_*.py")) if _number(path) else set()
    if lost := there.symmetric_difference(exercise.solution for exercise in found):
        names = ", ".join(sorted(file.name for file in lost))
        raise ValueError(f"{path.name}: expected a solution to each exercise, but not for {names}")
    return head, found, tail


def _solution(exercise: Exercise) -> Iterator[NotebookNode]:
    parts = _ANSWER.fullmatch(exercise.solution.read_text(encoding="utf-8"))
    if parts is None:
        raise ValueError(f"expected {exercise.solution.name} to begin with an answer in comments")
    words = re.sub(r"^# ?", "", parts["words"], flags=re.MULTILINE)
    metadata = {SOLUTION: exercise.number}
    name = f"solution-{exercise.number}"
    yield new_markdown_cell(words.strip(), id=f"{name}-words", metadata=metadata)
    yield new_code_cell(parts["code"].strip(), id=name, metadata=metadata)


def _folder(path: Path) -> Path:
    return path.parent / "solutions"


def _number(path: Path) -> str:
    found = re.match(r"\d+", path.stem)
    return found[0] if found else ""
