"""The code of docs/guide.md runs; and tokens that a language model generated are shown."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import srm_widget as srm
from tests.unit.support import page_code
from tests.unit.support import tokenizers as made

pytestmark = pytest.mark.usefixtures("wires")

GUIDE = Path(srm.__file__).parents[1] / "docs" / "guide.md"
CODE = page_code.blocks(GUIDE)
MODELS = "Language models"
MOST_LINES = 10
TEXTS = [*made.TEXTS, "The cat 🙂", "of a mat and of the cat"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of bqplot, when it is imported
def test_every_task_runs_after_those_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one namespace, as if the page were pasted; language models need a model, see below."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for heading, code in CODE.items():
        if heading != MODELS:
            page_code.run(code, names, heading)
    n = len(names["labels"])
    scope, engine = names["scope"], names["engine"]
    assert (scope.hidden_classes, scope.epsilon) == ([0, 1], 0.6)
    assert np.array_equal(names["scatter"].selected, scope.selected)
    assert {name: acts.shape for name, acts in names["acts"].items()} == {
        "hidden": (n, 64),
        "bottleneck": (n, 16),
    }
    assert names["timeline"].labels == [f"epoch {10 * k}" for k in range(5)]
    assert engine.n_samples == n + 100
    assert str(engine.n_samples) in capsys.readouterr().out
    assert names["counts"].n_samples == 2 * n
    assert names["survey"].n_samples == n
    saved = {path.name for path in tmp_path.iterdir()}
    assert saved >= {"scope.html", "scope.txt", "plane.pdf", "your-own.html"}


def shown_by(code: str, names: dict[str, Any]) -> Any:
    """What a notebook would show of a cell: the value of its last line."""
    *lines, last = ast.parse(code).body
    assert isinstance(last, ast.Expr)
    exec(compile(ast.Module(lines, []), MODELS, "exec"), names)
    return eval(compile(ast.Expression(last.value), MODELS, "eval"), names)


def gpt2(size: int) -> torch.nn.Module:
    transformers = import_module("transformers")
    config = transformers.GPT2Config(
        vocab_size=size,
        n_positions=128,
        n_embd=16,
        n_layer=4,
        n_head=2,
        bos_token_id=0,
        eos_token_id=0,
    )
    return transformers.GPT2LMHeadModel(config).eval()


def llama(size: int) -> torch.nn.Module:
    transformers = import_module("transformers")
    config = transformers.LlamaConfig(
        vocab_size=size,
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=4,
        num_attention_heads=2,
        num_key_value_heads=2,
        bos_token_id=0,
        eos_token_id=0,
    )
    return transformers.LlamaForCausalLM(config).eval()


@pytest.mark.parametrize(("kind", "n_dims"), [(gpt2, 64), (llama, 24)])
def test_from_a_loaded_model_to_tokens_in_the_beam(kind: Any, n_dims: int) -> None:
    code = CODE[MODELS]
    assert len(code.splitlines()) <= MOST_LINES
    of_gpt2, of_llama = re.findall(r'"([\w.:]+)"', code.splitlines()[0])
    if kind is llama:
        code = code.replace(f'"{of_gpt2}"', f'"{of_llama}"', 1)
    tokenizer = made.of_transformers(made.byte_level(), eos_token="<|endoftext|>")
    torch.manual_seed(0)
    names = {"srm": srm, "torch": torch, "model": kind(len(tokenizer)), "tokenizer": tokenizer}
    scope = shown_by(code, {**names, "texts": TEXTS})
    assert isinstance(scope, srm.SRMScope)
    ids = [tokenizer(text)["input_ids"] for text in TEXTS]
    assert (scope.engine.n_samples, scope.engine.n_dims) == (sum(map(len, ids)), n_dims)
    assert scope.engine.groups is not None
    assert scope.engine.groups.n_groups == len(TEXTS)
    scope.epsilon = -1.0  # all of them
    items = scope._strip_frame["items"]
    assert len(items) == 24
    rows = [(k, at) for k, row in enumerate(ids) for at in range(len(row))]
    for item in items:
        k, at = rows[item["index"]]
        start, stop = item["mark"]
        text = tokenizer.decode(ids[k][max(0, at - 8) : at + 9]).strip("\ufffd")
        assert item["kind"] == "marked"
        assert start < stop
        shown = item["text"].replace("␣", " ").replace("↵", "\n").replace("⇥", "\t")
        assert text in shown
    table = scope.directions
    assert table is not None
    assert {label for label in table.label if label} <= set(table.classes)
    assert "␣cat" in table.classes


def test_tokens_that_the_model_generated_itself() -> None:
    """Row by row the token whose embedding the row is, prompts padded on the left."""
    tokenizer = made.of_transformers(
        made.byte_level(), eos_token="<|endoftext|>", pad_token="<|endoftext|>", padding_side="left"
    )
    torch.manual_seed(1)
    model: Any = gpt2(len(tokenizer))
    prompts = tokenizer(["The cat", "A mat, a cat, and"], return_tensors="pt", padding=True)
    layer = "transformer.wte"
    with srm.capture(model, layer, mask="attention_mask") as acts:
        ids = model.generate(**prompts, max_new_tokens=6, min_new_tokens=6, do_sample=False)
    tokens = srm.tokens(ids, tokenizer, acts.origins(layer), window=30)
    embedded = model.transformer.wte.weight
    assert len(tokens) == len(acts[layer]) == int(prompts["attention_mask"].sum()) + 2 * 5
    for row, (item, position) in enumerate(tokens.origins):
        token = int(ids[item, position])
        assert torch.equal(acts[layer][row], embedded[token])
        assert "<|endoftext|>" not in tokens[row].text or token == 0
    assert {text.text[:7] for text in tokens} == {"The cat", "A mat, "}
