"""Real activations to start from."""

from typing import Any

import numpy as np
import pytest
import torch

import srm_widget as srm
from srm_widget.datasets import (
    _ACTIVATIONS,
    Autoencoder,
    TrainedAutoencoder,
    digits,
    digits_autoencoder,
    named_activation,
)


def test_digits() -> None:
    images, labels = digits()
    assert images.shape == (1797, 8, 8)
    assert images.dtype == np.float32
    assert (images.min(), images.max()) == (0.0, 1.0)
    assert labels.dtype == np.int64
    assert set(labels.tolist()) == set(range(10))


def test_the_trained_autoencoder(trained: TrainedAutoencoder) -> None:
    images, labels = digits()
    assert trained.activations.shape == (1797, 8)
    assert trained.activations.dtype == np.float32
    assert np.array_equal(trained.images, images)
    assert np.array_equal(trained.labels, labels)
    assert np.abs(trained.activations).max() <= 1.0
    flat = torch.from_numpy(images.reshape(1797, 64))
    with torch.no_grad():
        encoded = trained.model.encode(flat).numpy()
        assert trained.model(flat).shape == flat.shape
    assert encoded == pytest.approx(trained.activations)


def test_training_lowers_the_loss(trained: TrainedAutoencoder) -> None:
    assert trained.losses.shape == (12,)
    assert np.isfinite(trained.losses).all()
    assert trained.losses[-1] < 0.7 * trained.losses[0]


def test_a_seed_gives_the_same_network(trained: TrainedAutoencoder) -> None:
    state = torch.random.get_rng_state()
    again = digits_autoencoder("tanh", width=8, epochs=12, seed=3)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert np.array_equal(again.activations, trained.activations)
    assert np.array_equal(again.losses, trained.losses)


def test_training_can_be_watched(trained: TrainedAutoencoder) -> None:
    seen: list[tuple[int, np.ndarray]] = []
    again = digits_autoencoder(
        "tanh", width=8, epochs=12, seed=3, watch=lambda *step: seen.append(step)
    )
    assert [epoch for epoch, _ in seen] == list(range(13))
    assert np.array_equal(seen[-1][1], again.activations)
    assert np.array_equal(again.activations, trained.activations)
    shorter = digits_autoencoder("tanh", width=8, epochs=5, seed=3)
    assert np.array_equal(seen[5][1], shorter.activations)


def test_another_seed_gives_another_network() -> None:
    one, other = (digits_autoencoder(width=4, epochs=1, seed=seed) for seed in (0, 1))
    assert not np.allclose(one.activations, other.activations)


@pytest.mark.parametrize("activation", ["relu", "gelu", "sigmoid", torch.relu, torch.nn.ReLU()])
def test_activations_by_name_or_as_functions(activation: Any) -> None:
    trained = digits_autoencoder(activation, width=3, epochs=2)
    assert trained.activations.shape == (1797, 3)
    assert np.isfinite(trained.activations).all()


def test_a_name_is_the_function_of_that_name() -> None:
    by_name, itself = (digits_autoencoder(a, width=3, epochs=2) for a in ("relu", torch.relu))
    assert np.array_equal(by_name.activations, itself.activations)


@pytest.mark.usefixtures("as_users")
@pytest.mark.parametrize("activation", ["no such function", "", None, 3])
def test_unknown_activations(activation: Any) -> None:
    with pytest.raises((ValueError, TypeError), match=f"activation.*got {activation!r}"):
        digits_autoencoder(activation, epochs=1)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tan", r"did you mean 'tanh' .*\(torch\.tan itself is taken"),
        ("abs", r"there are 'celu', .*, 'tanhshrink' \(torch\.abs itself"),
        ("rleu", "did you mean 'relu' or 'relu6'\\?$"),
        ("softmax", "there are 'celu'|did you mean 'softplus'"),
    ],
)
def test_functions_of_torch_that_activate_nothing(name: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        named_activation(name)


@pytest.mark.parametrize("name", _ACTIVATIONS)
def test_each_activation_function_is_taken_by_its_name(name: str) -> None:
    values = torch.linspace(-2, 2, 9)
    found = named_activation(name)(values)
    assert found.shape == values.shape
    assert not torch.equal(found, values)


@pytest.mark.parametrize(("width", "epochs"), [(1, 5), (0, 5), (4, 0), (4, -1)])
def test_sizes_refused(width: int, epochs: int) -> None:
    refused = f"width ≥ 2, got {width}" if width < 2 else f"epochs ≥ 1, got {epochs}"
    with pytest.raises(ValueError, match=refused):
        digits_autoencoder(width=width, epochs=epochs)


def test_an_activation_that_mixes_dimensions() -> None:
    model = Autoencoder(6, 5, 3, lambda x: torch.softmax(x, dim=-1))
    encoded = model.encode(torch.rand(4, 6))
    assert encoded.sum(dim=1).tolist() == pytest.approx([1.0] * 4)


def test_the_engine_takes_them(trained: TrainedAutoencoder) -> None:
    curve = srm.ResonanceEngine(trained.activations).curve(0, 1, epsilon="auto")
    assert curve.n_samples == 1797
    assert curve.counts.max() > 0
