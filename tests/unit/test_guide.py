"""The Python code of all documents runs: each page by itself, from its first line to its last."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import torch

import srm_widget as srm
from docs.site import gallery
from docs.site.gallery import shown_by
from tests.unit.support import page_code
from tests.unit.support import tokenizers as made

pytestmark = pytest.mark.usefixtures("wires")

ROOT = Path(srm.__file__).parents[1]
PAGES = {
    path.relative_to(ROOT).as_posix(): code
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if (code := page_code.blocks(path))
}
"""Pages with Python code, and the code of their sections."""

RUN_BY = {
    "docs/guide/language-models.md": "tests/unit/test_guide.py",  # below, with models
    "docs/hosts.md": "tests/hosts/test_hosts.py",
    "docs/language-models.md": "tests/unit/test_language_models_page.py",
}
"""Pages whose code takes more than the package, and the tests that run it."""

GIVEN = {"docs/books.md": "scope = srm.SRMScope(np.random.default_rng(0).standard_normal((40, 4)))"}
"""What pages take for given."""

MODELS = PAGES["docs/guide/language-models.md"][""]
MOST_LINES = 13
TEXTS = [*made.TEXTS, "The cat 🙂", "of a mat and of the cat"]

trained = cache(srm.datasets.digits_autoencoder)  # most pages begin with the same network


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of bqplot, when it is imported
@pytest.mark.filterwarnings("ignore:the page keeps .* samples, drawn at random:UserWarning")
@pytest.mark.parametrize("document", sorted({*PAGES} - {*RUN_BY}))
def test_code_of_a_page_runs(
    document: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(srm.datasets, "digits_autoencoder", trained)
    names: dict[str, Any] = {}
    if document in GIVEN:
        exec(GIVEN[document], {"srm": srm, "np": np}, names)
    with mpl.rc_context({"backend": "agg"}):
        for heading, code in PAGES[document].items():
            page_code.run(code, names, f"{document}, {heading}")
    if check := CHECKS.get(document):
        check(names, capsys.readouterr().out)
    assert {path.name for path in tmp_path.iterdir()} == LEFT.get(document, set())


def check_readme(names: dict[str, Any], printed: str) -> None:
    scope = names["scope"]
    assert scope.n_selected > 20
    assert f"{scope.n_selected} samples in the beam" in printed
    assert 0 < scope.theta < np.pi / 2, "between two that fire together"


def check_beam(names: dict[str, Any], _printed: str) -> None:
    assert np.array_equal(names["scatter"].selected, names["scope"].selected)


def check_big_data(names: dict[str, Any], printed: str) -> None:
    assert (names["counts"].n_samples, names["survey"].n_samples) == (6_000, 5_000)
    assert names["engine"].n_samples == 2_000
    assert "2000 " in printed


def check_capture(names: dict[str, Any], _printed: str) -> None:
    shapes = {name: rows.shape for name, rows in names["acts"].items()}
    assert shapes == {"1": (5_000, 32), "3": (5_000, 16)}
    assert names["counts"].n_samples == 40 * 256
    inputs, labels = names["data"].tensors
    rows, found = names["drawn"]["3"], names["model"](inputs).detach()
    of_rows = torch.cdist(rows.double(), found.double()).argmin(dim=1)
    assert torch.equal(torch.cat(names["seen"])[names["items"]], labels[of_rows])
    assert not torch.equal(labels[names["items"]], labels[of_rows]), "as the data set has them"


def check_training(names: dict[str, Any], _printed: str) -> None:
    assert names["timeline"].labels == [f"epoch {k}" for k in range(6)]
    assert len(names["turn"]) == 11


def check_scrub(names: dict[str, Any], _printed: str) -> None:
    scope, angle = names["scope"], names["angle"]
    for theta in (6.2825, 2 * np.pi - 1e-4, 0.0):
        scope.theta = theta
        assert angle.value == scope.theta == theta


def check_planes(names: dict[str, Any], _printed: str) -> None:
    assert len(names["survey"].planes) == 100
    assert names["resonance"].counts.shape == (120, 360)


def check_gallery(names: dict[str, Any], _printed: str) -> None:
    """What the page says of its scopes holds for the samples that its code makes."""
    isotropic = srm.ResonanceEngine(names["isotropic"])
    interval = isotropic.alignment_interval()
    assert interval[0] < 0 < interval[1]
    course = [float(step) for step in names["turn"].ensemble()]
    assert course[0] == pytest.approx(srm.ResonanceEngine(names["on_neurons"]).alignment())
    assert course[0] > 0.8, "lobes on the axes"
    assert max(course[6:]) < 0.2, "and off them"
    shown = names["scope"]
    assert 0.2 < shown.theta % (np.pi / 2) < np.pi / 2 - 0.2, "between two neurons"
    inside = names["trained"].labels[names["some"]][shown.selected]
    assert np.bincount(inside).argmax() == 7
    assert (inside == 7).mean() > 0.5


CHECKS = {
    "README.md": check_readme,
    "docs/gallery.md": check_gallery,
    "docs/guide/beam.md": check_beam,
    "docs/guide/big-data.md": check_big_data,
    "docs/guide/capture.md": check_capture,
    "docs/guide/planes.md": check_planes,
    "docs/guide/scrub.md": check_scrub,
    "docs/guide/training.md": check_training,
}

LEFT = {
    "README.md": {"scope.html"},
    "docs/books.md": {"scope.html", "scope.txt", "srm_scope.mjs", "srm_scope.css"},
    "docs/guide/big-data.md": {f"shard-{k}.npy" for k in range(5)},
    "docs/guide/save.md": {
        "scope.html", "scope.txt", "srm_scope.mjs", "srm_scope.css", "plane.pdf", "small.html",
    },
    "docs/guide/without-python.md": {"your-own.html"},
}  # fmt: skip
"""Files that pages write."""


def test_other_pages_are_run_by_tests_that_name_them() -> None:
    assert {*RUN_BY} <= {*PAGES}
    for page, test in RUN_BY.items():
        assert Path(page).name in (ROOT / test).read_text(encoding="utf-8")


def test_all_tasks_have_code() -> None:
    tasks = {f"docs/guide/{path.name}" for path in (ROOT / "docs" / "guide").glob("*.md")}
    assert tasks - {*PAGES} == {"docs/guide/index.md"}


def test_every_live_scope_is_made_by_the_code_below_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(srm.datasets, "digits_autoencoder", trained)
    made = [name for name, saved in gallery.scopes() if json.loads(saved)["held"]]
    live = re.compile(r"^`{3,}\{live\} (\w+)", re.MULTILINE)
    shown = {
        page: live.findall(page.read_text(encoding="utf-8"))
        for page in gallery.PAGE.parent.rglob("*.md")
    }
    assert shown[gallery.PAGE] == made
    assert {name for names in shown.values() for name in names} == {*made}
    assert "\n".join(PAGES["docs/gallery.md"].values()).count("srm.SRMScope(") == len(made) - 1


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
    code = MODELS
    assert len(code.splitlines()) <= MOST_LINES
    of_gpt2, of_llama = re.findall(
        r'"([\w.:]+)"', next(re.finditer("^layer = .*", code, re.MULTILINE))[0]
    )
    if kind is llama:
        code = code.replace(f'"{of_gpt2}"', f'"{of_llama}"', 1)
    tokenizer = made.of_transformers(made.byte_level(), eos_token="<|endoftext|>")
    torch.manual_seed(0)
    names = {"model": kind(len(tokenizer)), "tokenizer": tokenizer, "texts": TEXTS}
    scope = shown_by(code, names)
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
