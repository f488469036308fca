"""Which axes hold features and items, as the classes of the layers say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from srm_widget.hooks.capture import capture


def rows(output: Tensor, axis: int, items: int | None = 0) -> Tensor:
    """One sample a position, item by item."""
    output = output.detach()
    if items is None:
        output, axis, items = output[None], axis + 1, 0
    last = output.movedim((items, axis), (0, -1))
    return last.reshape(-1, last.shape[-1])


@pytest.mark.parametrize(
    ("layer", "shape", "axis"),
    [
        (nn.Linear(3, 5), (4, 3), 1),
        (nn.Linear(3, 5), (4, 6, 3), 2),
        (nn.Linear(3, 5), (2, 4, 6, 3), 3),
        (nn.Linear(3, 5), (2, 2, 4, 6, 3), 4),
        (nn.Linear(3, 5), (2, 2, 1, 4, 6, 3), 5),
        (nn.LayerNorm(3), (2, 4, 6, 3), 3),
        (nn.RMSNorm(3), (2, 4, 6, 3), 3),
        (nn.Conv1d(3, 5, 2), (4, 3, 9), 1),
        (nn.Conv2d(3, 5, 2), (4, 3, 9, 8), 1),
        (nn.Conv3d(3, 5, 2), (2, 3, 4, 4, 4), 1),
        (nn.ConvTranspose1d(3, 5, 2), (4, 3, 9), 1),
        (nn.ConvTranspose2d(3, 5, 2), (4, 3, 9, 8), 1),
        (nn.BatchNorm1d(3), (4, 3), 1),
        (nn.BatchNorm1d(3), (4, 3, 9), 1),
        (nn.BatchNorm2d(3), (4, 3, 9, 8), 1),
        (nn.InstanceNorm1d(3), (4, 3, 9), 1),
        (nn.GroupNorm(3, 6), (4, 6, 9), 1),
        (nn.MaxPool1d(2), (4, 3, 9), 1),
        (nn.AvgPool1d(2), (4, 3, 9), 1),
        (nn.AdaptiveAvgPool1d(2), (4, 3, 9), 1),
        (nn.LPPool1d(2, 2), (4, 3, 9), 1),
        (nn.ConstantPad1d(1, 0.0), (4, 3, 9), 1),
        (nn.Upsample(scale_factor=2), (4, 3, 9), 1),
        (nn.Flatten(), (4, 3, 9), 1),
        (nn.GLU(1), (4, 6, 9), 1),
        (nn.GLU(), (4, 9, 6), 2),
        (nn.PixelShuffle(2), (4, 8, 3, 5), 1),
        (nn.PixelUnshuffle(2), (4, 2, 6, 4), 1),
        (nn.Unfold(2), (4, 3, 6, 5), 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else str(value),
)
def test_with_a_batch(
    noise: Callable[..., Tensor], layer: nn.Module, shape: tuple[int, ...], axis: int
) -> None:
    with capture(layer, "") as acts:
        output = layer(noise(*shape))
    assert torch.equal(acts[""], rows(output, axis))
    assert acts.layout("").endswith(f"as the class {type(layer).__name__} says")
    n_positions = output.numel() // output.shape[axis] // shape[0]
    expected = [[item, at] for item in range(shape[0]) for at in range(n_positions)]
    assert acts.origins("").tolist() == expected


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Conv1d(3, 5, 2), (3, 9)),
        (nn.Conv2d(3, 5, 2), (3, 9, 8)),
        (nn.Conv3d(3, 5, 2), (3, 4, 4, 4)),
        (nn.InstanceNorm2d(3), (3, 9, 8)),
        (nn.MaxPool2d(2), (3, 9, 8)),
        (nn.PixelShuffle(2), (8, 3, 5)),
        (nn.Sequential(nn.Conv2d(3, 5, 2), nn.Unfold(2)), (3, 6, 5)),
        (nn.Sequential(nn.Conv1d(3, 5, 2), nn.Sequential(nn.ReLU(), nn.MaxPool1d(2))), (3, 9)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else str(value),
)
def test_without_a_batch(
    noise: Callable[..., Tensor], layer: nn.Module, shape: tuple[int, ...]
) -> None:
    with capture(layer, "*") as acts:
        output = layer(noise(*shape))
    assert torch.equal(acts[""], rows(output, 0, None))
    assert all(acts.origins(name)[:, 0].max() == 0 for name in acts)
    assert acts.origins("")[:, 1].tolist() == list(range(len(acts[""])))


def test_activation_functions_are_laid_out_as_what_comes_before_them(
    noise: Callable[..., Tensor],
) -> None:
    model = nn.Sequential(nn.Conv1d(2, 8, 3), nn.ReLU(), nn.Dropout(0.1), nn.MaxPool1d(2)).append(
        nn.Tanh()
    )
    model.extend([nn.Flatten(), nn.ReLU()])
    with capture(model, "*") as acts:
        model(noise(8, 2, 102))
    for name in "012":
        assert acts[name].shape == (800, 8)
    assert acts["4"].shape == (400, 8)
    assert acts["6"].shape == acts[""].shape == (8, 400)
    assert "a guess, taken as in '0', Conv1d" in acts.layout("1")
    assert "guess" not in acts.layout("0")


class Block(nn.Module):
    """Channels last within, as ConvNeXt and Swin have them; what it returns is laid out so too."""

    def __init__(self, n_features: int) -> None:
        super().__init__()
        self.norm, self.act = nn.LayerNorm(n_features), nn.GELU()
        self.expand, self.shrink = nn.Linear(n_features, 7), nn.Linear(7, n_features)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.shrink(self.act(self.expand(self.norm(x))))
        return x + y


def test_blocks_of_maps_with_channels_last(noise: Callable[..., Tensor]) -> None:
    model = nn.Sequential(Block(5), Block(5))
    with capture(model, ["0", "1", "1.expand", "0:in"]) as acts:
        output = model(noise(2, 3, 4, 5))
    assert torch.equal(acts["1"], rows(output, 3))
    assert torch.equal(acts["0:in"], rows(noise(2, 3, 4, 5), 3))
    assert acts["1.expand"].shape == (24, 7)
    assert "a guess" in acts.layout("1")


def test_a_guess_says_which_axes_are_as_long(noise: Callable[..., Tensor]) -> None:
    model = nn.Sequential(Block(5), nn.Identity())
    with capture(model, "0") as acts:
        model(noise(2, 5, 4, 5))
    assert "features on axis 3; a guess among axes 1, 3 of that length" in acts.layout("0")


def test_a_subclass_that_computes_something_else_says_nothing(noise: Callable[..., Tensor]) -> None:
    class ChannelsFirst(nn.LayerNorm):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(x.movedim(1, -1)).movedim(-1, 1)

    model = ChannelsFirst(5)
    with capture(model, "") as acts:
        output = model(noise(2, 5, 3, 4))
    assert torch.equal(acts[""], rows(output, 1))
    assert "a guess, its parameters are as long as axis 1" in acts.layout("")


def test_norms_of_heads(noise: Callable[..., Tensor]) -> None:
    class HeadNorm(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.ones(6))

        def forward(self, x: Tensor) -> Tensor:
            return x * self.weight

    model = HeadNorm()
    with capture(model, "") as acts:
        model(noise(2, 3, 4, 6))  # (N, T, heads, D)
    assert torch.equal(acts[""], noise(2, 3, 4, 6).reshape(24, 6))


def test_what_the_caller_says_counts(noise: Callable[..., Tensor]) -> None:
    model = nn.Conv1d(3, 5, 2)
    with capture(model, "", feature_dim=2) as acts, capture(model, "", per="sample") as flat:
        output = model(noise(4, 3, 9))
    assert torch.equal(acts[""], rows(output, 2))
    assert "feature_dim= says so" in acts.layout("")
    assert torch.equal(flat[""], output.detach().flatten(1))


@pytest.mark.parametrize("lazy", [False, True])
def test_layers_that_are_made_otherwise(noise: Callable[..., Tensor], lazy: bool) -> None:
    """Lazily, or with parametrized weights: torch gives both a class of their own."""
    plain = nn.LazyConv1d(8, 3) if lazy else nn.Conv1d(2, 8, 3)
    model = plain if lazy else nn.utils.parametrizations.weight_norm(plain)
    with capture(model, "") as acts:
        output = model(noise(4, 2, 12))
    assert torch.equal(acts[""], rows(output, 1))
    assert "guess" not in acts.layout("")


def encoder(*, batch_first: bool) -> nn.Module:
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=batch_first)
    return nn.TransformerEncoder(layer, 2, enable_nested_tensor=False).eval()


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("per", ["position", "sample"])
def test_transformers(noise: Callable[..., Tensor], batch_first: bool, per: str) -> None:
    model, axis = encoder(batch_first=batch_first), 0 if batch_first else 1
    with capture(
        model, ["", "layers.0", "layers.1.linear1", "layers.0.self_attn"], per=per
    ) as acts:
        output = model(noise(5, 12, 16)).detach()
        model(noise(5, 12, 16, seed=1))
    by_item = output.movedim(axis, 0)
    n_items = len(by_item)
    if per == "sample":
        assert torch.equal(acts[""][:n_items], by_item.flatten(1))
        assert acts.origins("layers.0").tolist() == [[item, 0] for item in range(2 * n_items)]
        return
    for name in acts:
        items, positions = acts.origins(name).T
        assert np.array_equal(np.unique(items), np.arange(2 * n_items))
        assert np.array_equal(np.unique(positions), np.arange(60 // n_items))
    items, positions = acts.origins("")[:60].T
    assert torch.equal(acts[""][:60], by_item[items, positions])


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
def test_recurrent_layers(noise: Callable[..., Tensor], kind: Any) -> None:
    for batch_first in (False, True):
        model = kind(6, 8, batch_first=batch_first)
        with capture(model, "") as acts:
            output = model(noise(5, 3, 6))[0].detach()
        by_item = output if batch_first else output.movedim(1, 0)
        items, positions = acts.origins("").T
        assert torch.equal(acts[""], by_item[items, positions])
        assert items.max() == len(by_item) - 1
    with capture(kind(6, 8), "") as alone:
        alone._recorders[""].site.module(noise(5, 6))
    assert alone.origins("").tolist() == [[0, at] for at in range(5)]


@pytest.mark.parametrize("most", [None, 7])
@pytest.mark.parametrize("enforce_sorted", [False, True])
def test_packed_sequences(
    noise: Callable[..., Tensor], most: int | None, enforce_sorted: bool
) -> None:
    lengths = (5, 3, 2) if enforce_sorted else (3, 5, 2)
    parts = [noise(n, 6, seed=n) for n in lengths]
    packed = nn.utils.rnn.pack_sequence(parts, enforce_sorted=enforce_sorted)
    model = nn.LSTM(6, 8)
    with capture(model, "", max_samples=most) as acts, capture(model, ":in") as before:
        output = model(packed)[0]
        model(packed)
    padded, _ = nn.utils.rnn.pad_packed_sequence(output, batch_first=True)
    items, positions = acts.origins("").T
    assert torch.equal(acts[""], padded.detach()[items % 3, positions])
    assert len(items) == (most or 20)
    assert torch.equal(before[":in"], torch.cat(parts * 2))
    expected = [[item, at] for item, n in enumerate(lengths * 2) for at in range(n)]
    assert before.origins(":in").tolist() == expected
    mask = torch.tensor([[0, 1, 0, 0, 0], [1, 0, 0, 0, 0], [0, 1, 1, 1, 1]])
    with capture(model, "", mask=mask) as kept:
        model(packed)
    assert kept.origins("").tolist() == [[0, 1], [1, 0], [2, 1]]


class TimeFirst(nn.Module):
    """A model with positions on the first axis, in layers of whose classes none says so."""

    def __init__(self, given_first: bool) -> None:
        super().__init__()
        self.embed, self.mix, self.read = nn.Linear(3, 6), nn.Linear(6, 6), nn.Linear(6, 2)
        self.given_first = given_first

    def forward(self, x: Tensor) -> Any:
        x = self.embed(x if self.given_first else x.transpose(0, 1))
        return self.read(self.mix(x).relu().mean(dim=0))


@pytest.mark.parametrize("given_first", [True, False])
@pytest.mark.parametrize("per", ["position", "sample"])
def test_items_on_the_axis_that_the_caller_says(
    noise: Callable[..., Tensor], given_first: bool, per: str
) -> None:
    """Whether the model is given them on that axis or on the first; also two passes."""
    model = TimeFirst(given_first)
    x = noise(4, 7, 3)
    given = x.transpose(0, 1) if given_first else x
    with capture(model, "mix", item_dim=1, per=per) as acts:
        model(given[:, :3] if given_first else given[:3])
        model(given[:, 3:] if given_first else given[3:])
    with torch.no_grad():
        expected = model.mix(model.embed(x))
    items, positions = acts.origins("mix").T
    rows = acts["mix"]
    if per == "sample":
        assert torch.allclose(rows, expected.flatten(1), atol=1e-6)
        assert items.tolist() == [0, 1, 2, 3]
    else:
        assert torch.allclose(rows, expected[items, positions], atol=1e-6)
        assert items.tolist() == np.repeat(range(4), 7).tolist()
    assert acts.layout("mix").endswith("as the class Linear says, item_dim= of the items")


def test_items_where_the_caller_says_otherwise_than_the_sizes(
    noise: Callable[..., Tensor],
) -> None:
    model = nn.Sequential(nn.Flatten(0, 1), nn.Unflatten(0, (2, 14)), nn.Linear(3, 6))
    with capture(model, "2", item_dim=1) as acts:
        model(noise(4, 7, 3))
    with pytest.raises(RuntimeError, match="gave 14 items in a pass whose model was given 4 or 7"):
        acts.origins("2")


def test_features_and_items_are_on_two_axes(noise: Callable[..., Tensor]) -> None:
    model = TimeFirst(given_first=True)
    with pytest.warns(UserWarning, match="left out ''"), capture(model, "*", item_dim=1) as acts:
        model(noise(7, 4, 3))
    assert acts.names == ("embed", "mix")
    assert "features on another axis than item_dim, got both on axis 1" in acts.left_out["read"]
    with pytest.raises(ValueError, match="feature_dim as another axis than item_dim"):
        capture(model, "mix", item_dim=1, feature_dim=1)
    for item_dim, feature_dim in ((3, None), (1, -2)):
        with (
            pytest.raises(ValueError, match="layer 'mix': expected"),
            capture(model, "mix", item_dim=item_dim, feature_dim=feature_dim),
        ):
            model(noise(7, 4, 3))
    with capture(model, "mix", item_dim=1, feature_dim=0) as acts:
        output = model(noise(7, 4, 3))
    assert len(output) == 4
    assert acts["mix"].shape == (4 * 6, 7)
    assert acts.origins("mix")[:7].tolist() == [[0, at] for at in range(6)] + [[1, 0]]


def test_heads_of_tokens_have_their_features_last() -> None:
    """Four axes are those of images, unless the second is that of the tokens."""

    class Attends(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed, self.values, self.scores = nn.Embedding(9, 8), nn.Identity(), nn.Identity()

        def forward(self, tokens: Tensor) -> Any:
            values = self.values(self.embed(tokens).unflatten(-1, (2, 4)))
            return self.scores(torch.einsum("nqhd,nkhd->nhqk", values, values))

    model, tokens = Attends(), torch.arange(6).reshape(2, 3)
    with capture(model, ["values", "scores"]) as acts:
        model(tokens)
        model(tokens[:, :2])
    heads = torch.cat([model.embed(tokens).flatten(0, 1), model.embed(tokens[:, :2]).flatten(0, 1)])
    assert torch.equal(acts["values"], heads.detach().reshape(-1, 4))
    assert "axis 3; a guess, from the number of axes, of which axis 1" in acts.layout("values")
    assert acts["scores"].shape == (2 * 9 + 2 * 4, 2)


@pytest.mark.parametrize("batch_first", [False, True])
def test_weights_of_attention_have_items_first(
    noise: Callable[..., Tensor], batch_first: bool
) -> None:
    """As many items as positions: nothing but the layer itself tells them apart."""

    class Attends(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.MultiheadAttention(8, 2, batch_first=batch_first)

        def forward(self, x: Tensor) -> Any:
            return self.layer(x, x, x)

    model = Attends()
    with capture(model, "layer", output=1) as acts:
        weights = model(noise(5, 5, 8))[1].detach()
    if batch_first:
        items, positions = acts.origins("layer").T
        assert torch.equal(acts["layer"], weights[items, positions])
    else:
        with pytest.raises(RuntimeError, match="output= takes another part of it"):
            acts.origins("layer")
