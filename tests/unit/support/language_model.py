"""A tiny language model, texts and a dictionary with two features that fire together."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

WIDTH, LATENTS = 24, 40
TOGETHER = 3, 7
"""Latents that stand in for each other's company: "river" is along both."""

WORDS = [f"w{k}" for k in range(LATENTS)] + ["river", "."]


class Dictionary(nn.Module):
    """A sparse autoencoder with the names and shapes of SAELens."""

    def __init__(self) -> None:
        super().__init__()
        directions = _noise(LATENTS, WIDTH, seed=1)
        self.W_dec = nn.Parameter(directions / directions.norm(dim=1, keepdim=True))
        self.W_enc = nn.Parameter(self.W_dec.detach().T.clone())
        self.b_enc = nn.Parameter(torch.full((LATENTS,), -0.5))
        self.b_dec = nn.Parameter(_noise(WIDTH, seed=2))
        self.cfg = SimpleNamespace(normalize_activations="none", apply_b_dec_to_input=True)

    def process_sae_in(self, x: Tensor) -> Tensor:
        return x - self.b_dec

    def encode(self, x: Tensor) -> Tensor:
        return (self.process_sae_in(x) @ self.W_enc + self.b_enc).relu()

    def decode(self, features: Tensor) -> Tensor:
        decoded: Tensor = features @ self.W_dec + self.b_dec
        return decoded


class Hooked(nn.Module):
    """A transformer with the hook points, and the cache, of TransformerLens."""

    def __init__(self, embed: Tensor) -> None:
        super().__init__()
        self.embed = nn.Embedding.from_pretrained(embed)
        attention = nn.ModuleDict({"hook_z": nn.Identity()})
        block = nn.ModuleDict({"attn": attention, "hook_resid_post": nn.Identity()})
        self.blocks = nn.ModuleList([block])

    def forward(self, tokens: Tensor) -> Tensor:
        resid = self.embed(tokens)
        block: Any = self.blocks[0]
        heads = block["attn"]["hook_z"](resid.unflatten(-1, (2, -1)))
        output: Tensor = block["hook_resid_post"](resid + 0 * heads.flatten(-2))
        return output

    def run_with_cache(self, tokens: Tensor, names_filter: str) -> tuple[Tensor, dict[str, Tensor]]:
        cache: dict[str, Tensor] = {}
        point = self.get_submodule(names_filter)
        hook = point.register_forward_hook(lambda _m, _a, y: cache.update({names_filter: y}))
        try:
            return self(tokens), cache
        finally:
            hook.remove()


def tokenizer() -> Any:
    """One token a word, of the library transformers."""
    tokenizers = import_module("tokenizers")
    vocabulary = {word: k for k, word in enumerate(["[PAD]", *WORDS])}
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="[PAD]"))
    made.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    fast = import_module("transformers").PreTrainedTokenizerFast
    return fast(tokenizer_object=made, pad_token="[PAD]")


def embeddings(dictionary: Dictionary) -> Tensor:
    """What each token is to the model: a latent each, and "river" two of them."""
    latents = dictionary.W_dec.detach()
    pair = latents[list(TOGETHER)].sum(dim=0)
    rows = [torch.zeros(1, WIDTH), latents, (pair / pair.norm())[None], torch.zeros(1, WIDTH)]
    return 4 * torch.cat(rows) + dictionary.b_dec.detach()


def gpt(embed: Tensor) -> Any:
    """A model of transformers whose first layer adds next to nothing to these embeddings."""
    transformers = import_module("transformers")
    config = transformers.GPT2Config(
        n_layer=2, n_head=2, n_embd=WIDTH, vocab_size=len(embed), n_positions=64, pad_token_id=0,
        bos_token_id=None, eos_token_id=None, initializer_range=0.02,
    )  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = transformers.GPT2LMHeadModel(config).eval()
    model.transformer.wte.weight.data.copy_(embed)
    model.transformer.wpe.weight.data.mul_(10)
    return model


def texts(n: int, seed: int) -> list[str]:
    """Sentences of unequal length, every fifth word "river"."""
    random = np.random.default_rng(seed)

    def word() -> str:
        return "river" if random.random() < 0.2 else WORDS[random.integers(LATENTS)]

    return [" ".join([*(word() for _ in range(random.integers(4, 20))), "."]) for _ in range(n)]


def _noise(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))
