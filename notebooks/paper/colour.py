"""Patches of colour photographs, told apart by a small network, and its single directions."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float32, Int64
from skimage import data
from sklearn.datasets import load_sample_images
from torch import Tensor, nn

import srm_widget as srm
from srm_widget.engine.engine import ResonanceEngine

from .functions import Function

SIDE = 12
"""Of a patch, pixels."""

PER_PHOTOGRAPH = 500
"""Patches of each, half of them held out."""

EPSILON, COUNT, PURITY = 0.6, 10, 0.9
"""A direction is a candidate if so many patches at least are in its cone, and so large a share of
these is of one photograph; as in notebook 03."""

_STEPS, _RATE = 150, 0.003


class Patches(NamedTuple):
    """Patches of photographs, which are their classes.

    Attributes
    ----------
    images
        (N, SIDE, SIDE, 3) float32 in [0, 1].
    labels
        (N,) the photograph that each is of, by its place in `names`.
    held_out
        (N,) whether it is of the right half of its photograph: no pixel is in both halves.
    names
        Of the photographs.
    """

    images: Float32[np.ndarray, "patches side side 3"]
    labels: Int64[np.ndarray, " patches"]
    held_out: Bool[np.ndarray, " patches"]
    names: tuple[str, ...]


def patches(seed: int = 0) -> Patches:
    """Cut patches at random places out of ten photographs of scikit-image and scikit-learn."""
    china, flower = load_sample_images().images
    photographs = {
        "astronaut": data.astronaut(),
        "cat": data.chelsea(),
        "coffee": data.coffee(),
        "galaxies": data.hubble_deep_field(),
        "tissue": data.immunohistochemistry(),
        "motorcycle": data.stereo_motorcycle()[0],
        "retina": data.retina(),
        "rocket": data.rocket(),
        "temple": china,
        "flower": flower,
    }
    rng = np.random.default_rng(seed)
    images, labels, held_out = [], [], []
    for label, photograph in enumerate(photographs.values()):
        height, width, _ = photograph.shape
        for k in range(PER_PHOTOGRAPH):
            right = k % 2
            low, high = (width // 2, width) if right else (0, width // 2)
            top = rng.integers(height - SIDE + 1)
            left = rng.integers(low, high - SIDE + 1)
            images.append(photograph[top : top + SIDE, left : left + SIDE])
            labels.append(label)
            held_out.append(bool(right))
    scaled = np.stack(images).astype(np.float32) / 255
    return Patches(scaled, np.array(labels), np.array(held_out), tuple(photographs))


class Classifier(NamedTuple):
    """A trained network's layer of 32, on all patches, and how well it tells them apart.

    Attributes
    ----------
    activations
        (N, 32) float32.
    right
        Share of the held-out patches that are told the photograph of.
    """

    activations: Tensor
    right: float


def classifier(cut: Patches, function: Function, seed: int, price: float = 0.0) -> Classifier:
    """Train a network of 432-64-32-10 neurons; `price` is that of a unit of activation."""
    inputs = torch.from_numpy(cut.images.reshape(len(cut.images), -1))
    inputs = inputs - inputs.mean()
    targets, seen = torch.from_numpy(cut.labels), torch.from_numpy(~cut.held_out)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        first, second = nn.Linear(inputs.shape[1], 64), nn.Linear(64, 32)
        read = nn.Linear(32, len(cut.names))
        layers = nn.ModuleList([first, second, read])
        optimizer = torch.optim.Adam(layers.parameters(), lr=_RATE)
        for _ in range(_STEPS):
            optimizer.zero_grad()
            hidden = function(second(function(first(inputs[seen]))))
            loss = nn.functional.cross_entropy(read(hidden), targets[seen])
            (loss + price * hidden.abs().sum(dim=1).mean()).backward()
            optimizer.step()
    with torch.no_grad():
        hidden = function(second(function(first(inputs))))
        right = (read(hidden).argmax(dim=1) == targets)[~seen].double().mean().item()
    return Classifier(hidden, right)


class Candidates(NamedTuple):
    """Directions ±b that look like grandmother neurons.

    Attributes
    ----------
    found
        (2 M,) which pass on the patches trained on.
    held
        (2 M,) which of these pass on held-out patches too, with the same photograph.
    labels
        (2 M,) the photograph of each.
    turned
        How many pass of each turned basis.
    p
        How often as many pass in a turned basis as in the neurons, or more.
    """

    found: Bool[np.ndarray, " directions"]
    held: Bool[np.ndarray, " directions"]
    labels: Int64[np.ndarray, " directions"]
    turned: Int64[np.ndarray, " bases"]
    p: float


def passing(engine: ResonanceEngine, labels: np.ndarray) -> Bool[np.ndarray, " directions"]:
    """Which directions pass the criterion."""
    table = engine.directions(epsilon=EPSILON, labels=labels)
    return (table.count >= COUNT) & (table.purity >= PURITY)


def candidates(cut: Patches, activations: Tensor, rotations: int) -> Candidates:
    """Look for grandmother neurons among the patches trained on, and look them up again."""
    seen = ~cut.held_out
    engine, again = (srm.ResonanceEngine(activations[rows]) for rows in (seen, cut.held_out))
    found = passing(engine, cut.labels[seen])
    own = engine.directions(epsilon=EPSILON, labels=cut.labels[seen])
    other = again.directions(epsilon=EPSILON, labels=cut.labels[cut.held_out])
    held = found & passing(again, cut.labels[cut.held_out]) & (own.code == other.code)
    turned = np.array(
        [
            passing(
                srm.ResonanceEngine(activations[seen], srm.basis.rotated(engine.n_dims, k)),
                cut.labels[seen],
            ).sum()
            for k in range(rotations)
        ]
    )
    p = (1 + (turned >= found.sum()).sum()) / (1 + rotations)
    return Candidates(found, held, own.code, turned, float(p))


NETWORKS: dict[str, tuple[Function, float]] = {
    "tanh": (torch.tanh, 0.0),
    "ReLU": (torch.relu, 0.0),
    "sparse ReLU": (torch.relu, 0.01),
}
"""Function and price of a unit of activation."""
