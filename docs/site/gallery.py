"""Scopes of the gallery, each small enough to stand in its page."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

import srm_widget as srm

_ROWS = 400


def scopes() -> Iterator[tuple[str, str]]:
    """Names of the scopes, and what their pages hold of them: JSON, as saved pages have it."""
    for make in _SCOPES:
        scope = make()
        yield make.__name__, _saved(scope)
        scope.close()


def isotropic() -> srm.SRMScope:
    """Nothing to see: as many samples in every direction."""
    rows = _random().standard_normal((_ROWS, 4))
    return srm.SRMScope(rows, title="Isotropic: no direction is special")


def privileged() -> srm.SRMScope:
    """Samples that stand on one neuron each."""
    return srm.SRMScope(_on_neurons(), title="A privileged basis: one neuron a sample")


def turned() -> srm.SRMScope:
    """The same samples while the basis turns away from them."""
    turn = srm.Timeline.turning(_on_neurons(), srm.basis.rotated(4, seed=3), steps=21)
    return srm.SRMScope(turn, step=0, title="The same samples, the basis turned")


def superposition() -> srm.SRMScope:
    """Five features in two dimensions, one or two of them active at once."""
    basis = srm.basis.thomson(5, 2, seed=0)
    active = _random().random((_ROWS, 5)) < 0.2
    active[np.arange(_ROWS), _random().integers(0, 5, _ROWS)] = True
    rows = (active * _random().random((_ROWS, 5))) @ basis.directions.numpy()
    return srm.SRMScope(rows, basis, title="Superposition: five features in two dimensions")


def layer() -> srm.SRMScope:
    """A trained bottleneck, by class."""
    trained = srm.datasets.digits_autoencoder("tanh", width=8, seed=0)
    picked = _random().permutation(len(trained.labels))[:_ROWS]
    scope = srm.SRMScope(
        trained.activations[picked],
        labels=trained.labels[picked],
        order="peak",
        title="Digits in a bottleneck of 8 neurons",
    )
    scope.position = 0
    scope.turn_to_peak()
    return scope


def projective() -> srm.SRMScope:
    """All planes of the trained bottleneck laid over one another."""
    scope = layer()
    scope.cloud = "ratio"
    scope.cloud_of = "all"
    return scope


_SCOPES: tuple[Callable[[], srm.SRMScope], ...] = (
    isotropic,
    privileged,
    turned,
    superposition,
    layer,
    projective,
)


def _random() -> np.random.Generator:
    return np.random.default_rng(0)


def _on_neurons() -> np.ndarray:
    random = _random()
    rows = 0.15 * random.standard_normal((_ROWS, 4))
    rows[np.arange(_ROWS), random.integers(0, 4, _ROWS)] += random.choice([-1, 1], _ROWS)
    return rows.astype(np.float32)


def _saved(scope: srm.SRMScope) -> str:
    """JSON of a scope, as it stands in the directive that `save_myst` writes."""
    with tempfile.TemporaryDirectory() as folder:
        text = scope.save_myst(Path(folder) / "scope.txt").read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith("{")]
    return line
