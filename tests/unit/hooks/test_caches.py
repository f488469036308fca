"""Generation with a cache: each new token once, under its own sequence and position."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from torch import Tensor, nn

from srm_widget.hooks.capture import Captured, capture

IDS = torch.tensor([[0, 0, 5, 6, 7], [3, 4, 5, 8, 9], [0, 1, 2, 3, 4]])
MASK = (IDS != 0).long()
NEW = 4


def gpt() -> Any:
    config = transformers.GPT2Config(
        n_layer=2, n_head=2, n_embd=16, vocab_size=50, n_positions=32, bos_token_id=1,
        eos_token_id=None, pad_token_id=0,
    )  # fmt: skip
    return transformers.GPT2LMHeadModel(config).eval()


def llama() -> Any:
    config = transformers.LlamaConfig(
        hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2,
        vocab_size=50, max_position_embeddings=32, eos_token_id=None, pad_token_id=0,
    )  # fmt: skip
    return transformers.LlamaForCausalLM(config).eval()


@pytest.fixture(scope="module", params=[gpt, llama])
def model(request: pytest.FixtureRequest) -> Any:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return request.param()


def layers(model: Any) -> list[str]:
    if hasattr(model, "transformer"):
        return ["transformer.h.1", "transformer.h.0.mlp.c_proj:in"]
    return ["model.layers.1", "model.layers.0.mlp.down_proj:in"]


def generate(model: Any, **keywords: Any) -> Tensor:
    tokens: Tensor = model.generate(
        IDS, attention_mask=MASK, max_new_tokens=NEW, do_sample=False, **keywords
    )
    return tokens


def whole(model: Any, tokens: Tensor, names: list[str], mask: Tensor) -> Captured:
    """The sequences in one pass without a cache."""
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    with torch.no_grad(), capture(model, names, mask="attention_mask") as acts:
        model(input_ids=tokens, attention_mask=mask, position_ids=positions)
    return acts


@pytest.mark.parametrize("most", [None, 15])
def test_each_token_once_with_its_sequence_and_position(model: Any, most: int | None) -> None:
    names = layers(model)
    with capture(model, names, mask="attention_mask", max_samples=most, seed=2) as acts:
        tokens = generate(model)
        generate(model)
    assert torch.equal(tokens, generate(model))
    mask = torch.cat([MASK, torch.ones(3, NEW - 1, dtype=torch.long)], dim=1)
    expected = whole(model, tokens[:, :-1], names, mask)
    for name in names:
        items, positions = acts.origins(name).T
        assert len(set(zip(items, positions, strict=True))) == len(items)
        assert acts.n_seen(name) == 2 * mask.sum()
        assert len(items) == (most or acts.n_seen(name))
        assert mask[items % 3, positions].all()
        assert items.max() == 5
        place = {tuple(each): row for row, each in enumerate(expected.origins(name).tolist())}
        order = [place[item % 3, at] for item, at in zip(items, positions, strict=True)]
        assert torch.allclose(acts[name], expected[name][order], atol=1e-5)


def test_everything_in_the_model(model: Any) -> None:
    """What the mask does not fit is left out, and the tokens come out as without."""
    tokens = generate(model)
    with (
        pytest.warns(UserWarning, match=r"left out '': expected a mask of shape \(3, 1\)"),
        capture(model, "*", mask="attention_mask") as acts,
    ):
        assert torch.equal(generate(model), tokens)
    assert "lm_head" in acts.left_out
    for name in layers(model)[:1]:
        assert len(acts.origins(name)) == MASK.sum() + 3 * (NEW - 1)


def test_sequences_that_are_chosen_anew(model: Any) -> None:
    name = layers(model)[0]
    with capture(model, name, mask="attention_mask") as acts:
        generate(model, num_beams=2)
    with pytest.raises(RuntimeError, match="as a beam search does"):
        acts.origins(name)


def test_a_cache_from_before_the_block(model: Any) -> None:
    name = layers(model)[0]
    with torch.no_grad():
        before = model(input_ids=IDS, use_cache=True).past_key_values
        with capture(model, name) as acts:
            model(input_ids=IDS[:, :1], past_key_values=before)
    assert acts.n_seen(name) == 3
    with pytest.raises(RuntimeError, match="a cache that no pass in the block left so"):
        acts.origins(name)


class Cached(nn.Module):
    """A decoder of one attention layer, which returns its cache as plain tensors."""

    def __init__(self) -> None:
        super().__init__()
        self.embed, self.read = nn.Embedding(20, 6), nn.Linear(6, 6)

    def forward(self, tokens: Tensor, past: Any = None, mask: Any = None) -> Any:
        assert mask is None or mask.ndim == 2
        keys = self.embed(tokens)
        if past is not None:
            keys = torch.cat([past[0], keys], dim=1)
        n_new = tokens.shape[1]
        seen = torch.ones(n_new, keys.shape[1]).tril(keys.shape[1] - n_new).log()
        scores = keys[:, -n_new:] @ keys.transpose(1, 2) + seen
        return self.read(scores.softmax(dim=-1) @ keys), (keys,)


@pytest.mark.parametrize("steps", [(3, 1, 1), (1, 2, 3), (6,)])
def test_a_cache_of_plain_tensors(noise: Callable[..., Tensor], steps: tuple[int, ...]) -> None:
    model = Cached()
    model.embed.weight.data = noise(20, 6)
    tokens = torch.arange(2 * sum(steps)).reshape(2, -1)
    mask = torch.ones_like(tokens)
    mask[0, 0] = 0
    with torch.no_grad(), capture(model, "read", mask="mask") as acts, capture(model, "") as own:
        for _ in range(2):
            past, at = None, 0
            for step in steps:
                _, past = model(tokens[:, at : at + step], past, mask[:, : at + step])
                at += step
    with torch.no_grad(), capture(model, "read") as expected:
        model(tokens)
    items, positions = acts.origins("read").T
    assert len(items) == 2 * (2 * sum(steps) - 1)
    rows = expected["read"].unflatten(0, (2, -1))[items % 2, positions]
    assert torch.allclose(acts["read"], rows, atol=1e-6)
    assert np.array_equal(np.unique(own.origins("")[:, 0]), np.arange(4))


def test_two_generations_in_turn(noise: Callable[..., Tensor]) -> None:
    model = Cached()
    tokens = torch.arange(12).reshape(2, 6)
    with torch.no_grad(), capture(model, "read") as acts:
        _, one = model(tokens[:, :2])
        _, two = model(tokens[:, :3])
        _, one = model(tokens[:, 2:3], one)
        _, two = model(tokens[:, 3:4], two)
        model(tokens[:, 3:4], one)
    expected = [
        *[[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1], [2, 2], [3, 0], [3, 1], [3, 2]],
        *[[0, 2], [1, 2], [2, 3], [3, 3], [0, 3], [1, 3]],
    ]
    assert acts.origins("read").tolist() == expected


def test_every_token_of_a_generation_against_one_pass_without_a_cache(model: Any) -> None:
    """Three prompts and twenty new tokens: what was fed is all but the last of each."""
    prompts = torch.tensor([[3, 4, 5, 8, 9, 2], [7, 1, 2, 3, 4, 6], [11, 12, 13, 14, 15, 16]])
    names = layers(model)
    with capture(model, names) as acts:
        tokens = model.generate(
            prompts, attention_mask=torch.ones_like(prompts), max_new_tokens=20, do_sample=False
        )
    with torch.no_grad(), capture(model, names) as expected:
        model(tokens[:, :-1], use_cache=False)
    n_positions = 6 + 20 - 1
    wanted = [(item, at) for item in range(3) for at in range(n_positions)]
    for name in names:
        items, positions = acts.origins(name).T
        assert sorted(zip(items.tolist(), positions.tolist(), strict=True)) == wanted
        rows = expected[name].unflatten(0, (3, n_positions))[items, positions]
        assert torch.allclose(acts[name], rows, atol=1e-5)


def test_generation_without_a_cache(model: Any) -> None:
    """Each step runs all tokens again, which is said."""
    name = layers(model)[0]
    with (
        pytest.warns(UserWarning, match="in 3 of the passes, the tokens .* without a cache"),
        capture(model, name, mask="attention_mask") as acts,
    ):
        generate(model, use_cache=False)
    assert acts.n_seen(name) == sum(int(MASK.sum()) + 3 * step for step in range(NEW))
    with pytest.raises(RuntimeError, match="as generation without a cache does"):
        acts.origins(name)


def test_generation_by_a_loop_without_a_cache() -> None:
    class Predicts(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed, self.read = nn.Embedding(7, 3), nn.Linear(3, 7)

        def forward(self, tokens: Tensor) -> Any:
            return self.read(self.embed(tokens))

        def generate(self, tokens: Tensor, n_new: int) -> Tensor:
            for _ in range(n_new):
                tokens = torch.cat([tokens, self(tokens)[:, -1:].argmax(dim=-1)], dim=1)
            return tokens

    model, tokens = Predicts(), torch.tensor([[1, 2], [3, 4]])
    with pytest.warns(UserWarning, match="in 3 of the passes"), capture(model, "embed") as acts:
        model.generate(tokens, 4)
    with pytest.raises(RuntimeError, match="as generation without a cache does"):
        acts.origins("embed")


def test_texts_that_begin_alike_are_texts() -> None:
    """One is the beginning of another, by chance."""
    model = nn.Embedding(20, 3)
    texts = torch.tensor([[1, 2]]), torch.tensor([[1, 2, 3]]), torch.tensor([[1, 2, 4, 5]])
    with capture(model, "") as acts:
        for text in texts:
            model(text)
    assert acts.origins("")[:, 0].tolist() == [0, 0, 1, 1, 1, 2, 2, 2, 2]


def test_a_cache_of_one_size(model: Any) -> None:
    """Its mask is made into one of pairs of positions, which does not say what is padding."""
    name = layers(model)[0]
    with capture(model, name, mask=lambda input_ids, **_: input_ids != 0) as acts:
        for _ in range(2):
            tokens = generate(model, cache_implementation="static")
    mask = tokens[:, :-1] != 0
    items, positions = acts.origins(name).T
    expected = sorted(
        (at % 3 + 3 * (at // 3), p) for at in range(6) for p in np.flatnonzero(mask[at % 3])
    )
    assert sorted(zip(items.tolist(), positions.tolist(), strict=True)) == expected
    with (
        pytest.raises(ValueError, match=r"pairs of positions.* lambda input_ids, \*\*others"),
        capture(model, name, mask="attention_mask"),
    ):
        generate(model, cache_implementation="static")


def test_states_in_place_of_a_cache() -> None:
    """They hold no positions, and are written to in place."""
    config = transformers.MambaConfig(
        hidden_size=16, num_hidden_layers=2, vocab_size=50, bos_token_id=1, eos_token_id=None,
        pad_token_id=0,
    )  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = transformers.MambaForCausalLM(config).eval()
    name = "backbone.layers.1"
    with capture(model, name) as acts:
        tokens = model.generate(IDS[1:2], max_new_tokens=NEW, do_sample=False)
    with torch.no_grad(), capture(model, name) as expected:
        model(tokens[:, :-1])
    assert acts.origins(name).tolist() == expected.origins(name).tolist()
    assert torch.allclose(acts[name], expected[name], atol=1e-5)
