"""Tokenizers of several kinds, trained offline on a few sentences."""

from __future__ import annotations

from importlib import import_module
from typing import Any

TEXTS = [
    "The cat sat on the mat.\n\tIt was 🙂 happy, 日本語 and naïve.",
    "A mat, a cat, and the token that tokenizers made of it: unaffable!",
]


def byte_level(size: int = 300) -> Any:
    """Byte-level BPE as GPT-2 has it; characters of many bytes are in parts."""
    tokenizers = import_module("tokenizers")
    level = tokenizers.pre_tokenizers.ByteLevel
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = level(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=sorted(level.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator([TEXTS[1].replace("!", "."), "The cat sat on the mat."], trainer)
    return tokenizer


def metaspace() -> Any:
    """BPE with ▁ for a space and bytes as <0x0A>, as Llama has it."""
    tokenizers = import_module("tokenizers")
    decoders = tokenizers.decoders
    words = ["▁", "▁The", "▁cat", "cat", "s", "▁sat"]
    fallback = [f"<0x{byte:02X}>" for byte in range(256)]
    vocabulary = {piece: k for k, piece in enumerate(["<unk>", "<s>", *fallback, *words])}
    model = tokenizers.models.BPE(
        vocab=vocabulary, merges=[], byte_fallback=True, unk_token="<unk>", fuse_unk=True
    )
    tokenizer = tokenizers.Tokenizer(model)
    parts = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    tokenizer.decoder = decoders.Sequence([*parts, decoders.Strip(" ", 1, 0)])
    tokenizer.add_special_tokens(["<s>"])
    return tokenizer


def of_transformers(tokenizer: Any, **special: str) -> Any:
    """The tokenizer as one of Hugging Face's transformers."""
    fast = import_module("transformers").PreTrainedTokenizerFast
    return fast(tokenizer_object=tokenizer, **special)


def bytes_of(tokenizer: Any, token: int) -> bytes:
    """The bytes of a token of byte-level BPE."""
    return bytes(map(BYTE_LETTERS.index, tokenizer.id_to_token(token)))


def _byte_letters() -> str:
    """The letters that GPT-2 writes bytes by, as its own code makes them."""
    kept = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1)]
    kept += range(ord("®"), ord("ÿ") + 1)
    moved = [byte for byte in range(256) if byte not in kept]
    return "".join(chr(256 + moved.index(k) if k in moved else k) for k in range(256))


BYTE_LETTERS = _byte_letters()
