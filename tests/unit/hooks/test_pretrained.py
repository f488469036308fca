"""Captures of trained networks against the networks' own outputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, normalize

from srm_widget.hooks.capture import capture
from tests.unit.support import pretrained

CATS = {281, 282, 285}  # tabby, tiger cat, Egyptian cat


@pytest.fixture(autouse=True)
def no_gradients() -> Iterator[None]:
    with torch.no_grad():
        yield


@pytest.fixture(scope="module")
def lite0() -> Any:
    return pretrained.lite0()


@pytest.fixture(scope="module")
def transformer() -> Any:
    return pretrained.sentence_transformer()


@pytest.fixture(scope="module")
def images() -> Tensor:
    """Crops of the photo of a cat; the second has its face."""
    return pretrained.crops(pretrained.photos()[1], stride=75)


@pytest.fixture(scope="module")
def features(transformer: Any) -> dict[str, Tensor]:
    texts = pretrained.sentences(12)
    assert len({len(text) for text in texts}) > 6
    return dict(transformer.preprocess(texts))


def rows(maps: Tensor) -> Tensor:
    return maps.movedim(1, -1).flatten(0, -2)


def test_the_network_sees_a_cat(lite0: nn.Module, images: Tensor) -> None:
    assert set(lite0(images).argmax(dim=1).tolist()) & CATS


def test_convolutions_against_the_forward_pass_by_hand(lite0: Any, images: Tensor) -> None:
    block = lite0._blocks[3]
    names = ["_conv_stem", "_blocks.3._bn0", "_blocks.3", "_conv_head", ""]
    with capture(lite0, names) as acts:
        scores = lite0(images)
    stem = lite0._conv_stem(images)
    maps = lite0._swish(lite0._bn0(stem))
    for each in lite0._blocks[:3]:
        maps = each(maps)
    expected = {
        "_conv_stem": stem,
        "_blocks.3._bn0": block._bn0(block._expand_conv(maps)),
        "_blocks.3": block(maps),
        "": scores,
    }
    for name, output in expected.items():
        assert torch.allclose(acts[name], rows(output), atol=1e-5), name
    pooled = lite0._bn1(acts["_conv_head"].T[None, ..., None])[0, ..., 0].clamp(0, 6).T
    by_hand = lite0._fc(pooled.unflatten(0, (len(images), -1)).mean(dim=1))
    assert torch.allclose(by_hand, scores, atol=1e-4)


def test_a_choice_of_positions(lite0: nn.Module, images: Tensor) -> None:
    names = "_blocks.*._bn0"
    with capture(lite0, names) as whole, capture(lite0, names, max_samples=300, seed=1) as some:
        for batch in images.split(3):
            lite0(batch)
    assert len(whole) == 15  # all blocks but the first expand
    for name in whole:
        items, positions = some.origins(name).T
        per_item = whole[name].unflatten(0, (len(images), -1))
        assert torch.equal(some[name], per_item[items, positions])
        assert len(some[name]) == 300 < whole.n_seen(name)


def test_token_embeddings_make_the_sentence_embedding(
    transformer: Any, features: dict[str, Tensor]
) -> None:
    mask = features["attention_mask"]
    assert not mask.all()
    layer = "0.model.encoder.layer.5"
    with capture(transformer, layer, mask=lambda inputs: inputs["attention_mask"]) as acts:
        expected = transformer(features)["sentence_embedding"]
    assert acts.n_seen(layer) == mask.sum()
    items, positions = acts.origins(layer).T
    assert mask[items, positions].all()
    tokens = acts[layer].double()
    sums = torch.zeros(len(mask), 384, dtype=torch.float64)
    sums.index_add_(0, torch.from_numpy(items), tokens)
    pooled = normalize(sums / mask.sum(dim=1, keepdim=True))
    assert torch.allclose(pooled.float(), expected, atol=1e-5)


def test_tokens_do_not_depend_on_the_padding(transformer: Any, features: dict[str, Tensor]) -> None:
    model, layer = transformer[0].model, "encoder.layer.2.attention.output"
    ids, mask = features["input_ids"], features["attention_mask"]
    with capture(model, layer, mask="attention_mask") as together:
        model(input_ids=ids, attention_mask=mask)
    with capture(model, layer, mask="attention_mask") as apart:
        for each, kept in zip(ids, mask, strict=True):
            model(each[None, kept.bool()])
    assert torch.allclose(together[layer], apart[layer], atol=1e-4)
    assert np.array_equal(together.origins(layer), apart.origins(layer))


def test_before_and_after_the_activation_function(
    transformer: Any, features: dict[str, Tensor]
) -> None:
    model, layer = transformer[0].model, "encoder.layer.0.intermediate"
    with capture(model, [layer, f"{layer}.dense"], mask="attention_mask") as acts:
        model(input_ids=features["input_ids"], attention_mask=features["attention_mask"])
    assert acts[layer].shape[1] == 1536
    assert torch.equal(gelu(acts[f"{layer}.dense"]), acts[layer])


def test_parts_of_what_the_transformer_returns(
    transformer: Any, features: dict[str, Tensor]
) -> None:
    model = transformer[0].model
    arguments = {name: features[name] for name in ("input_ids", "attention_mask")}
    with (
        capture(model, "") as first,
        capture(model, "", output="pooler_output") as pooled,
        capture(model, "", output=("last_hidden_state",), per="sample") as flat,
    ):
        output = model(**arguments)
    assert torch.equal(first[""], output.last_hidden_state.flatten(0, 1))
    assert torch.equal(pooled[""], output.pooler_output)
    assert torch.equal(flat[""], output.last_hidden_state.flatten(1))
    with pytest.raises(KeyError, match="'pooler_output'"), capture(model, "", output="logits"):
        model(**arguments)
