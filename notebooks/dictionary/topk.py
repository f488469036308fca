"""A dictionary of features: a sparse autoencoder that keeps the strongest (TopK)."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

STRONGEST = 16
"""Features that a sample may have."""

DICTIONARY = Path(__file__).with_name("layer_7.safetensors")
"""That of layer 7 of SmolLM2-135M; ``python -m notebooks.dictionary.train`` makes it."""


class Dictionary(nn.Module):
    """M features of D-dimensional activations: x ≈ mean + scale Σ strength · direction.

    Parameters
    ----------
    n_dims, n_features
        D and M.
    """

    kept: Tensor
    mean: Tensor
    scale: Tensor

    def __init__(self, n_dims: int, n_features: int) -> None:
        super().__init__()
        self.encoder = nn.Linear(n_dims, n_features)
        self.decoder = nn.Linear(n_features, n_dims, bias=False)
        self.register_buffer("kept", torch.arange(n_dims))
        self.register_buffer("mean", torch.zeros(n_dims))
        self.register_buffer("scale", torch.ones(()))

    @classmethod
    def load(cls, path: Path = DICTIONARY) -> "Dictionary":
        """Return a dictionary that was saved."""
        state = load_file(path)
        dictionary = cls(state["mean"].numel(), len(state["encoder.bias"]))
        dictionary.load_state_dict(state)
        return dictionary.requires_grad_(False)

    def save(self, path: Path) -> None:
        """Write it to a file, 2 bytes a weight."""
        state = self.state_dict()
        save_file(
            {key: each if key == "kept" else each.half() for key, each in state.items()}, path
        )

    @property
    def directions(self) -> Tensor:
        """(M, D), unit rows, one a feature."""
        return nn.functional.normalize(self.decoder.weight.detach().T, dim=1)

    def scaled(self, x: Tensor) -> Tensor:
        """(N, D) activations in the dictionary's own units."""
        return (x - self.mean) / self.scale

    def strengths(self, x: Tensor) -> Tensor:
        """(N, M), how strongly each feature is in samples of `scaled`; 0 but for the strongest."""
        activity = self.encoder(x)
        strongest = activity.topk(STRONGEST, dim=1)
        return torch.zeros_like(activity).scatter(1, strongest.indices, strongest.values.relu())

    def forward(self, x: Tensor) -> Tensor:
        """(N, D), what the dictionary makes of samples of `scaled`."""
        return self.decoder(self.strengths(x))
