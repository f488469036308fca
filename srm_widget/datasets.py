"""Data sets to start from: handwritten digits, and a small autoencoder trained on them."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, SupportsIndex

import numpy as np
import torch
from jaxtyping import Float, Float32, Int64
from torch import Tensor, nn

from srm_widget.concurrency.torch_threads import limit_threads
from srm_widget.utils.calls import explained
from srm_widget.utils.text import brief
from srm_widget.utils.validation import did_you_mean, integer

Activation = Callable[[Tensor], Tensor]
"""Activation function of a network."""

_ACTIVATIONS = (
    "celu",
    "elu",
    "gelu",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "leaky_relu",
    "logsigmoid",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "softplus",
    "softshrink",
    "softsign",
    "tanh",
    "tanhshrink",
)
"""Names of torch's activation functions that need nothing but a tensor."""

Watch = Callable[[int, Float32[np.ndarray, "samples dims"]], object]
"""Called with the number of epochs done and the bottleneck's activations."""


class Digits(NamedTuple):
    """Handwritten digits of scikit-learn: 1,797 images of 8 × 8 in ten classes.

    Attributes
    ----------
    images
        (1797, 8, 8) float32 in [0, 1].
    labels
        (1797,) int64, 0 … 9.

    Examples
    --------
    >>> import srm_widget as srm
    >>> digits = srm.datasets.digits()
    >>> digits.images.shape, float(digits.images.max()), digits.labels.max().tolist()
    ((1797, 8, 8), 1.0, 9)
    """

    images: Float32[np.ndarray, "samples 8 8"]
    labels: Int64[np.ndarray, " samples"]

    def __repr__(self) -> str:
        return f"Digits({len(self.images):,} images of 8 × 8, labels 0 … {self.labels.max()})"


def digits() -> Digits:
    """Load the handwritten digits that come with scikit-learn; nothing is downloaded.

    Returns
    -------
    Digits
        ``images`` (1797, 8, 8) float32 in [0, 1] and ``labels`` (1797,) int64.

    Raises
    ------
    ImportError
        If scikit-learn is not there; the extra ``demo`` has it.

    Examples
    --------
    >>> import srm_widget as srm
    >>> images, labels = srm.datasets.digits()
    >>> images.shape, labels[:5].tolist()
    ((1797, 8, 8), [0, 1, 2, 3, 4])
    """
    from sklearn.datasets import load_digits  # noqa: PLC0415

    bunch = load_digits()
    return Digits(
        (bunch.images / 16.0).astype(np.float32), np.asarray(bunch.target, dtype=np.int64)
    )


class Autoencoder(nn.Module):
    """Autoencoder with one hidden layer on either side of its bottleneck.

    The same activation function follows every layer but the last.

    Parameters
    ----------
    n_inputs, n_hidden, n_bottleneck
        Widths.
    activation
        Any function of a tensor, element by element or not.

    Examples
    --------
    >>> import torch
    >>> import srm_widget as srm
    >>> model = srm.datasets.Autoencoder(64, 32, 8, torch.tanh)
    >>> inputs = torch.zeros(5, 64)
    >>> tuple(model.encode(inputs).shape), tuple(model(inputs).shape)
    ((5, 8), (5, 64))
    """

    def __init__(
        self, n_inputs: int, n_hidden: int, n_bottleneck: int, activation: Activation
    ) -> None:
        super().__init__()
        self.hidden = nn.Linear(n_inputs, n_hidden)
        self.bottleneck = nn.Linear(n_hidden, n_bottleneck)
        self.widen = nn.Linear(n_bottleneck, n_hidden)
        self.output = nn.Linear(n_hidden, n_inputs)
        self.activation = activation

    def encode(self, inputs: Float[Tensor, "samples inputs"]) -> Float[Tensor, "samples dims"]:
        """Return the bottleneck's activations, after the activation function.

        Parameters
        ----------
        inputs
            (N, n_inputs).

        Returns
        -------
        torch.Tensor
            (N, n_bottleneck).

        Examples
        --------
        >>> import torch
        >>> import srm_widget as srm
        >>> model = srm.datasets.Autoencoder(64, 32, 8, torch.relu)
        >>> activations = model.encode(torch.rand(5, 64))
        >>> tuple(activations.shape), bool((activations >= 0).all())
        ((5, 8), True)
        """
        hidden: Tensor = self.activation(self.hidden(inputs))
        return self.activation(self.bottleneck(hidden))

    def forward(self, inputs: Float[Tensor, "samples inputs"]) -> Float[Tensor, "samples inputs"]:
        """Return the reconstruction of the inputs.

        Parameters
        ----------
        inputs
            (N, n_inputs).

        Returns
        -------
        torch.Tensor
            (N, n_inputs).

        Examples
        --------
        >>> import torch
        >>> import srm_widget as srm
        >>> model = srm.datasets.Autoencoder(64, 32, 8, torch.tanh)
        >>> tuple(model(torch.rand(5, 64)).shape)
        (5, 64)
        """
        widened: Tensor = self.activation(self.widen(self.encode(inputs)))
        reconstruction: Tensor = self.output(widened)
        return reconstruction


class TrainedAutoencoder(NamedTuple):
    """Autoencoder trained on the digits, and its bottleneck's activations on them.

    Attributes
    ----------
    activations
        (1797, D) float32, the bottleneck's output for every image, in the order of `digits`.
    images
        (1797, 8, 8) float32 in [0, 1].
    labels
        (1797,) int64, 0 … 9.
    model
        The trained network.
    losses
        (epochs,) float32, mean squared error before each epoch.

    Examples
    --------
    >>> import srm_widget as srm
    >>> trained = srm.datasets.digits_autoencoder("relu", width=8, epochs=1)
    >>> trained.activations.shape, trained.labels.shape, trained.losses.shape
    ((1797, 8), (1797,), (1,))
    """

    activations: Float32[np.ndarray, "samples dims"]
    images: Float32[np.ndarray, "samples 8 8"]
    labels: Int64[np.ndarray, " samples"]
    model: Autoencoder
    losses: Float32[np.ndarray, " epochs"]

    def __repr__(self) -> str:
        n, width = self.activations.shape
        return (
            f"TrainedAutoencoder(activations of {n:,} digits in {width} dimensions, "
            f"{len(self.losses):,} epochs, loss {self.losses[0]:.3g} … {self.losses[-1]:.3g})"
        )


@explained
def digits_autoencoder(
    activation: str | Activation = "tanh",
    *,
    width: SupportsIndex = 16,
    epochs: SupportsIndex = 200,
    seed: int = 0,
    watch: Watch | None = None,
) -> TrainedAutoencoder:
    """Train a 64-64-`width`-64-64 autoencoder on the digits, in a few seconds.

    It trains on full batches with Adam at a learning rate of 0.01. The same seed gives the same
    network each time on one machine; the state of torch's global generator is left as it was.

    Parameters
    ----------
    activation
        Name in torch of an activation function that needs nothing but a tensor ("tanh", "relu",
        "gelu", …), or any function of a tensor.
    width
        D ≥ 2 of the bottleneck.
    epochs
        At least 1.
    seed
        Of the initial weights.
    watch
        Called with the number of epochs done and the bottleneck's activations, (1797, D) float32,
        before the first epoch and after each one.

    Returns
    -------
    TrainedAutoencoder
        ``activations`` (1797, D), ``images``, ``labels``, ``model`` and ``losses``.

    Raises
    ------
    TypeError, ValueError
        If `width` or `epochs` is no integer or too small, or there is no such activation function.

    Examples
    --------
    >>> import srm_widget as srm
    >>> trained = srm.datasets.digits_autoencoder("tanh", width=16, epochs=2)
    >>> trained.activations.shape, bool(trained.losses[1] < trained.losses[0])
    ((1797, 16), True)
    """
    n_bottleneck = integer("width", width, least=2)
    n_epochs = integer("epochs", epochs, least=1)
    images, labels = digits()
    inputs = torch.from_numpy(images.reshape(len(images), -1))
    # For so small a network more threads cost more than they save.
    with torch.random.fork_rng(devices=[]), limit_threads(1):
        torch.manual_seed(seed)
        model = Autoencoder(inputs.shape[1], 64, n_bottleneck, named_activation(activation))
        losses = np.empty(n_epochs, dtype=np.float32)
        for epoch, loss in enumerate(_train(model, inputs, n_epochs)):
            if watch is not None:
                watch(epoch, _encoded(model, inputs))
            losses[epoch] = loss
        activations = _encoded(model, inputs)
        if watch is not None:
            watch(n_epochs, activations)
    return TrainedAutoencoder(activations, images, labels, model, losses)


def _train(
    model: Autoencoder, inputs: Float[Tensor, "samples inputs"], epochs: int
) -> Iterator[float]:
    """Train by one epoch after each yield; yield the mean squared error before it."""
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), inputs)
        yield loss.item()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def _encoded(
    model: Autoencoder, inputs: Float[Tensor, "samples inputs"]
) -> Float32[np.ndarray, "samples dims"]:
    with torch.no_grad():
        return model.encode(inputs).numpy()


def named_activation(activation: str | Activation) -> Activation:
    """Return the activation function of a name in torch; a function is returned as it is.

    Parameters
    ----------
    activation
        Name in torch of an activation function that needs nothing but a tensor, or a function.

    Returns
    -------
    function
        From a tensor to a tensor.

    Raises
    ------
    ValueError
        If it is neither a function nor one of the names.

    Examples
    --------
    >>> import torch
    >>> import srm_widget as srm
    >>> srm.datasets.named_activation("tanh")(torch.tensor([0.0, 100.0])).tolist()
    [0.0, 1.0]
    """
    if callable(activation):
        return activation
    name = str(activation)
    if name not in _ACTIVATIONS:
        hint = did_you_mean(name, _ACTIVATIONS, most=len(_ACTIVATIONS))
        is_other = name.isidentifier() and callable(getattr(torch, name, None))
        raise ValueError(
            f"expected an activation function or its name in torch, got {brief(activation)}{hint}"
            f"{f' (torch.{name} itself is taken as any function is)' if is_other else ''}"
        )
    function: Activation = getattr(nn.functional, name, None) or getattr(torch, name)
    return function
