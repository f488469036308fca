"""Items that cannot be known: `origins` says so, and makes none up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from srm_widget.hooks.capture import capture


class Calls(nn.Module):
    """A model that calls its layer as it is told to."""

    def __init__(self, call: Callable[[nn.Module, Tensor], Any]) -> None:
        super().__init__()
        self.layer, self.call = nn.Linear(3, 3), call

    def forward(self, x: Tensor) -> Any:
        return self.call(self.layer, x)


def windows(layer: nn.Module, x: Tensor) -> Any:
    return layer(x.unfold(1, 2, 2).movedim(-1, 2).flatten(0, 1))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda layer, x: layer(x.flatten(0, 1)), "gave 24 items in a pass .* was given 4"),
        (lambda layer, x: [layer(part) for part in x.split(3)], "gave 3 items .* was given 4"),
        (lambda layer, x: layer(x[x[:, 0, 0] > 0]), "gave . items in a pass"),
        (lambda layer, x: (layer(x), layer(x[:1])), "gave 1 items in a pass"),
        (windows, "gave 12 items in a pass"),
        (lambda layer, x: layer(x.transpose(0, 1)), "gave 6 items in a pass"),
    ],
    ids=["flat", "chunks", "expert", "again", "windows", "time first"],
)
def test_layers_that_ran_on_something_else_than_the_batch(
    noise: Callable[..., Tensor], call: Any, said: str
) -> None:
    model = Calls(call)
    for most in (None, 2):
        with capture(model, "layer", max_samples=most) as acts:
            model(noise(4, 6, 3))
        assert len(acts["layer"]) > 0
        with pytest.raises(RuntimeError, match=f"layer 'layer': which item .* known: it {said}"):
            acts.origins("layer")


def test_numbers_beside_the_batch(noise: Callable[..., Tensor]) -> None:
    """A step of a diffusion, as a tensor without axes, says nothing of the batch."""

    class Denoises(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(3, 3)

        def forward(self, step: Tensor, x: Tensor) -> Any:
            return self.layer(x.flatten(0, 1)) * step

    model = Denoises()
    with capture(model, "layer") as acts:
        model(torch.tensor(0.5), noise(4, 6, 3))
    with pytest.raises(RuntimeError, match="gave 24 items in a pass whose model was given 4"):
        acts.origins("layer")


def test_layers_that_ran_twice_on_the_batch(noise: Callable[..., Tensor]) -> None:
    model = Calls(lambda layer, x: layer(layer(x)))
    with capture(model, "layer") as acts:
        model(noise(2, 3))
        model(noise(2, 3))
    assert acts.origins("layer")[:, 0].tolist() == [0, 1, 0, 1, 2, 3, 2, 3]


def test_unequally_many_items_where_the_model_is_given_no_tensor(
    noise: Callable[..., Tensor],
) -> None:
    class Makes(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(3, 3)

        def forward(self) -> None:
            self.layer(noise(5, 3))
            self.layer(noise(2, 3))

    model = Makes()
    with capture(model, "layer") as acts:
        model()
    with pytest.raises(RuntimeError, match="several times in a pass, on unequally many items"):
        acts.origins("layer")


def test_layers_beside_ones_that_have_time_first(noise: Callable[..., Tensor]) -> None:
    """As many tokens as items: the sizes do not tell them apart."""

    class Tags(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed, self.rnn, self.read = nn.Linear(3, 4), nn.LSTM(4, 5), nn.Linear(5, 2)

        def forward(self, x: Tensor) -> Any:
            return self.read(self.rnn(self.embed(x))[0])

    model = Tags()
    with capture(model, ["embed", "rnn"]) as acts:
        model(noise(4, 4, 3))
    assert acts.origins("rnn")[:5].tolist() == [[0, 0], [0, 1], [0, 2], [0, 3], [1, 0]]
    with pytest.raises(RuntimeError, match="'rnn' has batch_first=False"):
        acts.origins("embed")


def test_several_threads(noise: Callable[..., Tensor]) -> None:
    together = threading.Barrier(2)

    def call(layer: nn.Module, x: Tensor) -> Any:
        together.wait(60)
        output = layer(x)
        together.wait(60)
        return output

    model = Calls(call)
    with capture(model, "layer") as acts:
        threads = [threading.Thread(target=model, args=(noise(2, 3, seed=k),)) for k in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with torch.no_grad():
        expected = {tuple(row.tolist()) for k in (0, 1) for row in model.layer(noise(2, 3, seed=k))}
    assert {tuple(row.tolist()) for row in acts["layer"]} == expected
    with pytest.raises(RuntimeError, match="in several threads, and they may"):
        acts.origins("layer")


def test_threads_that_take_turns(noise: Callable[..., Tensor]) -> None:
    """Those of a pool may race for the next batch; one after the end of another may not."""
    model = nn.Linear(3, 3)
    with capture(model, "") as acts:
        for seed in range(3):
            thread = threading.Thread(target=model, args=(noise(2, 3, seed=seed),))
            thread.start()
            thread.join()
        model(noise(1, 3))
    assert acts.origins("")[:, 0].tolist() == [0, 1, 2, 3, 4, 5, 6]
    both = threading.Barrier(2)

    def work(x: Tensor) -> Tensor:
        both.wait(60)  # so that each has a thread of its own
        with turn:
            output: Tensor = model(x)
            return output

    turn = threading.Lock()
    with capture(model, "") as acts, ThreadPoolExecutor(2) as pool:
        list(pool.map(work, [noise(2, 3, seed=k) for k in range(2)]))
    with pytest.raises(RuntimeError, match="in several threads, and they may"):
        acts.origins("")


def test_masks_of_passes_in_several_threads(noise: Callable[..., Tensor]) -> None:
    """Each pass has its own."""
    together = threading.Barrier(2)

    class Masked(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(3, 3)

        def forward(self, x: Tensor, attention_mask: Tensor) -> Any:
            together.wait(60)
            output = self.layer(x)
            together.wait(60)
            return output, attention_mask

    model = Masked()
    masks = torch.tensor([[1, 0], [0, 1]])
    with capture(model, "layer", mask="attention_mask") as acts:
        threads = [
            threading.Thread(target=model, args=(noise(2, 3, seed=k), masks[k])) for k in (0, 1)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with torch.no_grad():
        expected = [model.layer(noise(2, 3, seed=k))[k].tolist() for k in (0, 1)]
    assert sorted(acts["layer"].tolist()) == sorted(expected)
