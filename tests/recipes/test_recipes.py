"""The recipes of docs/language-models.md, with the libraries themselves: make test-recipes."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import srm_widget as srm
from tests.unit.support import language_model as made
from tests.unit.support import page_code

CODE = page_code.blocks(Path(srm.__file__).parents[1] / "docs" / "language-models.md")
POINT = "blocks.0.hook_resid_post"


@pytest.fixture(scope="module")
def hooked() -> Any:
    """A transformer of TransformerLens whose residual stream is what the tokens are to it."""
    lens = import_module("transformer_lens")
    config = lens.HookedTransformerConfig(
        n_layers=1, d_model=made.WIDTH, n_ctx=64, d_head=made.WIDTH // 2, n_heads=2, d_mlp=8,
        d_vocab=len(made.WORDS) + 1, act_fn="gelu", seed=0,
    )  # fmt: skip
    model = lens.HookedTransformer(config)
    for name, parameter in model.named_parameters():
        if name.endswith(("W_pos", "W_O", "W_out", "b_O", "b_out")):
            parameter.data.zero_()
    model.W_E.data.copy_(made.embeddings(made.Dictionary()))
    return model


@pytest.fixture(scope="module")
def sae() -> Any:
    """A sparse autoencoder of SAELens with the numbers of the tests' own."""
    lens, own = import_module("sae_lens"), made.Dictionary()
    config = lens.StandardSAEConfig(d_in=made.WIDTH, d_sae=made.LATENTS, device="cpu")
    dictionary = lens.StandardSAE(config)
    dictionary.load_state_dict(own.state_dict())
    return dictionary


@pytest.fixture(scope="module")
def given() -> dict[str, Any]:
    """What is of no other library than transformers."""
    tokenizer = made.tokenizer()
    return {
        "model": made.gpt(made.embeddings(made.Dictionary())),
        "tokenizer": tokenizer,
        "texts": made.texts(200, seed=3),
        "fresh_texts": made.texts(100, seed=4),
        "ids": tokenizer(made.texts(8, seed=5), padding=True, return_tensors="pt")["input_ids"],
    }


@pytest.fixture(scope="module")
def names(given: dict[str, Any], hooked: Any, sae: Any) -> dict[str, Any]:
    """What the page takes for given, and what it has run so far."""
    return {**given, "hooked": hooked, "sae": sae}


def test_the_five_steps_with_a_dictionary_of_saelens(names: dict[str, Any]) -> None:
    for heading, code in CODE.items():
        if heading[0].isdigit():
            page_code.run(code, names, heading)
    assert (names["i"], names["j"]) == made.TOGETHER
    assert names["names"][0].strip() == "river"


def test_transformerlens(names: dict[str, Any], hooked: Any) -> None:
    page_code.run(CODE["TransformerLens"], names, "TransformerLens")
    resid, hooks, ids = names["resid"], names["hooks"], names["ids"]
    assert resid.shape == (*ids.shape, made.WIDTH)
    assert torch.equal(hooks[POINT], resid.flatten(0, 1))
    assert hooks["blocks.0.attn.hook_z"].shape == (ids.numel() * 2, made.WIDTH // 2)
    assert hooks.origins(POINT)[-1].tolist() == [len(ids) - 1, ids.shape[1] - 1]
    with torch.no_grad():
        _, cache = hooked.run_with_cache(ids)
    for heads in ("q", "k", "v", "z"):
        rows = cache[f"blocks.0.attn.hook_{heads}"].reshape(-1, made.WIDTH // 2)
        with torch.no_grad(), srm.capture(hooked, f"*.hook_{heads}") as acts:
            hooked(ids)
        assert torch.equal(acts[f"blocks.0.attn.hook_{heads}"], rows)


def test_a_bridge_of_transformerlens(
    given: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a model on disk, with nothing asked of a network."""
    constants = import_module("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    for each in (given["model"], given["tokenizer"]):
        each.save_pretrained(tmp_path)
    bridge = import_module("transformer_lens.model_bridge").TransformerBridge
    bridged = bridge.boot_transformers(str(tmp_path), tokenizer=given["tokenizer"], device="cpu")
    ids = given["ids"]
    with torch.no_grad():
        _, cache = bridged.run_with_cache(ids, names_filter=POINT)
        with srm.capture(bridged, "blocks.0.hook_out") as acts:
            bridged(ids)
        with srm.capture(given["model"], "transformer.h.0") as own:
            given["model"](ids)
    assert torch.equal(acts["blocks.0.hook_out"], cache[POINT].flatten(0, 1))
    assert torch.allclose(acts["blocks.0.hook_out"], own["transformer.h.0"], atol=1e-4)
    assert acts.origins("blocks.0.hook_out").tolist() == own.origins("transformer.h.0").tolist()


def test_nnsight(names: dict[str, Any]) -> None:
    page_code.run(CODE["nnsight"], names, "nnsight")
    model, ids, hidden = names["model"], names["ids"], names["hidden"]
    with torch.no_grad(), srm.capture(model, "transformer.h.0") as acts:
        model(ids)
    assert torch.equal(hidden.detach().flatten(0, 1), acts["transformer.h.0"])
    assert names["traced_scope"].engine.n_samples == ids.numel()


def test_capture_and_a_trace_at_once(names: dict[str, Any]) -> None:
    """Neither minds the other's hooks."""
    code = "with capture(model, 'transformer.h.0') as acts:\n    with traced.trace(ids):\n"
    code += "        both = traced.transformer.h[0].output.save()\n"
    own = {
        **names,
        "capture": srm.capture,
        "traced": import_module("nnsight").NNsight(names["model"]),
    }
    page_code.run(code, own, "both")
    assert torch.equal(own["both"].detach().flatten(0, 1), own["acts"]["transformer.h.0"])


def test_saelens(names: dict[str, Any], sae: Any) -> None:
    page_code.run(CODE["TransformerLens"], names, "TransformerLens")
    page_code.run(CODE["SAELens"], names, "SAELens")
    x, read, number = names["x"], names["read"], names["number"]
    assert sae.cfg.normalize_activations == "none"
    assert torch.allclose(read, x - sae.b_dec, atol=1e-6)
    plane = tuple((number[:, None] == torch.tensor(made.TOGETHER)).nonzero()[:, 0].tolist())
    for engine in (names["by_decoder"], names["by_encoder"]):
        assert tuple(engine.coactive(epsilon="auto", top=1).planes[0]) == plane
    by_centre = srm.ResonanceEngine(x, sae.W_dec[names["alive"]], center=sae.b_dec)
    one, other = (
        each.curve(*plane, epsilon=0.6).counts for each in (by_centre, names["by_decoder"])
    )
    assert np.array_equal(one, other)


def test_the_stand_ins_of_the_other_tests_are_like_the_real_ones(hooked: Any, sae: Any) -> None:
    own = made.Dictionary()

    def shapes(module: nn.Module) -> dict[str, Any]:
        return {name: (each.shape, each.requires_grad) for name, each in module.named_parameters()}

    assert shapes(own) == shapes(sae)
    x: Tensor = 3 * torch.randn(5, made.WIDTH, generator=torch.Generator().manual_seed(0))
    for call in ("process_sae_in", "encode"):
        assert torch.allclose(getattr(own, call)(x), getattr(sae, call)(x), atol=1e-5)
    features = own.encode(x)
    assert torch.allclose(own.decode(features), sae.decode(features), atol=1e-5)
    for setting in ("normalize_activations", "apply_b_dec_to_input"):
        assert getattr(own.cfg, setting) == getattr(sae.cfg, setting)
    ids = torch.arange(6).reshape(2, 3)
    stand_in = made.Hooked(made.embeddings(own))
    with torch.no_grad():
        _, cache = stand_in.run_with_cache(ids, POINT)
        _, real = hooked.run_with_cache(ids, names_filter=POINT)
    assert torch.allclose(cache[POINT], real[POINT], atol=1e-6)
    points = {"blocks.0.attn.hook_z", POINT}
    assert points <= dict(hooked.named_modules()).keys() & dict(stand_in.named_modules()).keys()
