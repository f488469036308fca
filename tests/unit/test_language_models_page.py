"""The code of docs/language-models.md runs, and finds what is there to be found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import srm_widget as srm
from tests.unit.support import language_model as made
from tests.unit.support import page_code

PAGE = Path(srm.__file__).parents[1] / "docs" / "language-models.md"
CODE = page_code.blocks(PAGE)
STEPS = [heading for heading in CODE if heading[0].isdigit()]


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    """What the page takes for given."""
    sae, tokenizer = made.Dictionary(), made.tokenizer()
    embed = made.embeddings(sae)
    return {
        "model": made.gpt(embed),
        "tokenizer": tokenizer,
        "texts": made.texts(200, seed=3),
        "fresh_texts": made.texts(100, seed=4),
        "sae": sae,
        "hooked": made.Hooked(embed),
        "ids": tokenizer(made.texts(8, seed=5), padding=True, return_tensors="pt")["input_ids"],
    }


def test_from_a_model_to_a_named_pair(
    names: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(STEPS) == 5
    for step in STEPS:
        page_code.run(CODE[step], names, step)
    rows, tokens = names["acts"][names["LAYER"]], names["tokens"]
    assert len(rows) == len(tokens) == sum(len(text.split()) for text in names["texts"])
    assert (names["i"], names["j"]) == made.TOGETHER
    assert names["names"][0].strip() == "river"
    confirmed = names["confirmed"]
    best = [tuple(map(int, names["few"][plane])) for plane in confirmed.found.planes]
    assert confirmed.p[best.index(made.TOGETHER)] < 1e-6
    assert np.array_equal(
        confirmed.n_samples, sum(len(text.split()) for text in names["fresh_texts"])
    )
    assert "features 3 and 7: " in capsys.readouterr().out


def test_arrays_of_other_libraries(names: dict[str, Any]) -> None:
    for heading in ("TransformerLens", "SAELens"):
        page_code.run(CODE[heading], names, heading)
    resid, hooks, ids = names["resid"], names["hooks"], names["ids"]
    assert torch.equal(hooks["blocks.0.hook_resid_post"], resid.flatten(0, 1))
    assert hooks["blocks.0.attn.hook_z"].shape == (ids.numel() * 2, made.WIDTH // 2)
    assert names["resid_scope"].engine.n_samples == ids.numel()
    by_decoder, number = names["by_decoder"], names["number"]
    assert by_decoder.n_directions == names["by_encoder"].n_directions == len(number)
    plane = tuple((number[:, None] == torch.tensor(made.TOGETHER)).nonzero()[:, 0].tolist())
    for engine in (by_decoder, names["by_encoder"]):
        assert tuple(engine.coactive(epsilon="auto", top=1).planes[0]) == plane


def test_nnsight(names: dict[str, Any]) -> None:
    pytest.importorskip("nnsight")
    page_code.run(CODE["nnsight"], names, "nnsight")
    model, ids, hidden = names["model"], names["ids"], names["hidden"]
    with torch.no_grad(), srm.capture(model, "transformer.h.0") as acts:
        model(ids)
    assert torch.equal(hidden.detach().flatten(0, 1), acts["transformer.h.0"])
    assert names["traced_scope"].engine.n_samples == ids.numel()


def test_a_centre_is_what_the_dictionary_subtracts(names: dict[str, Any]) -> None:
    """As the page says of dictionaries that do not normalise."""
    sae, x = names["sae"], names["hooked"](names["ids"]).flatten(0, 1)
    by_centre = srm.ResonanceEngine(x, sae.W_dec, center=sae.b_dec)
    by_hand = srm.ResonanceEngine(sae.process_sae_in(x), sae.W_dec)
    one = by_centre.curve(*made.TOGETHER, epsilon=0.6)
    assert np.array_equal(one.counts, by_hand.curve(*made.TOGETHER, epsilon=0.6).counts)
    assert one.counts.sum() > 0


@pytest.mark.parametrize("kind", [torch.float32, torch.float64, torch.float16, torch.bfloat16])
def test_parameters_are_taken_as_they_are(names: dict[str, Any], kind: torch.dtype) -> None:
    """With gradients, and of any dtype."""
    sae = made.Dictionary().to(kind)
    x = names["hooked"](names["ids"]).flatten(0, 1).to(kind).requires_grad_()
    given = srm.ResonanceEngine(x, sae.W_dec, center=sae.b_dec)
    plain = srm.ResonanceEngine(
        x.detach(), sae.W_dec.detach().clone(), center=sae.b_dec.detach().double().numpy()
    )
    one, other = (each.curve(*made.TOGETHER, epsilon=0.6).counts for each in (given, plain))
    assert np.array_equal(one, other)
    assert x.grad is None


def test_what_is_effectively_lit_of_sums_of_features() -> None:
    """k equally strong orthogonal features reach √(2 / k) in the plane of two."""
    for k in (2, 8, 16):
        x = torch.zeros(1, 32)
        x[0, :k] = 1
        engine = srm.ResonanceEngine(x)
        reach = float(np.sqrt(2 / k))
        assert engine.curve(0, 1, epsilon=reach - 1e-3).n_lit == 1
        assert engine.curve(0, 1, epsilon=min(1.0, reach + 1e-3)).n_lit == (k == 2) * 0
