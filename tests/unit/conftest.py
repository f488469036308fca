"""What the unit tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jaxtyping
import numpy as np
import pytest

import srm_widget as srm
from srm_widget.plane import plane_counts
from srm_widget.samples import activations, coordinates, store


@pytest.fixture(scope="module", params=["one block", "many blocks"])
def blocks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Blocks of the usual size, and so small that a few samples fill several.

    Annotations are enforced in the first round; the second is for the numbers and does without.
    """
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "many blocks":
            patch.setattr(jaxtyping.config, "jaxtyping_disable", True)
            patch.setattr(store, "BLOCK", 5)
            patch.setattr(coordinates, "BLOCK", 5)
            patch.setattr(activations, "_ROWS_AT_ONCE", 12)
            patch.setattr(plane_counts, "_MERGE_BELOW", 3)
        yield


@pytest.fixture
def as_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """No annotations enforced: arguments of a wrong type come through, as they do for users."""
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)


@pytest.fixture
def gaussian() -> np.ndarray:
    """Isotropic samples, (60, 5) float64."""
    return np.random.default_rng(7).standard_normal((60, 5))


@pytest.fixture
def engine(gaussian: np.ndarray) -> srm.ResonanceEngine:
    return srm.ResonanceEngine(gaussian)


@pytest.fixture(scope="session")
def trained() -> srm.datasets.TrainedAutoencoder:
    """A briefly trained autoencoder."""
    return srm.datasets.digits_autoencoder("tanh", width=8, epochs=12, seed=3)


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[tuple[Any, ...]]]:
    """Record the arguments of every call of an attribute, which goes on working."""

    def watch(owner: Any, name: str) -> list[tuple[Any, ...]]:
        calls: list[tuple[Any, ...]] = []
        original = getattr(owner, name)

        def recorded(*args: Any, **keywords: Any) -> Any:
            calls.append(args)
            return original(*args, **keywords)

        monkeypatch.setattr(owner, name, recorded)
        return calls

    return watch
