"""The dictionary of notebook 06: what is shipped, and how it was trained."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import torch
from torch.nn.functional import normalize

from notebooks.dictionary import reading, topk, train
from notebooks.dictionary.topk import DICTIONARY, STRONGEST, Dictionary


@pytest.fixture(scope="module")
def shipped() -> Dictionary:
    return Dictionary.load()


@pytest.fixture(scope="module")
def planted() -> tuple[torch.Tensor, torch.Tensor]:
    """Directions (M, D), and (N, D) samples with four of them each, beside one huge dimension."""
    generator = torch.Generator().manual_seed(1)
    directions = normalize(torch.randn(24, 32, generator=generator), dim=1)
    rows = torch.zeros(6000, 33)
    for _ in range(4):
        which = torch.randint(24, (6000,), generator=generator)
        rows[:, :32] += (1 + torch.rand(6000, 1, generator=generator)) * directions[which]
    rows[:, 32] = 100 * torch.randn(6000, generator=generator)
    return directions, rows


def test_shipped_file_is_a_dictionary(shipped: Dictionary) -> None:
    m, d = shipped.directions.shape
    assert (m, len(shipped.kept), len(shipped.mean)) == (train.FEATURES, d, d)
    assert d < 576  # dimensions that are much larger than the others are left out
    torch.testing.assert_close(shipped.decoder.weight.norm(dim=0), torch.ones(m), atol=1e-2, rtol=0)
    assert shipped.scale > 0


def test_strengths_are_few_and_not_negative(shipped: Dictionary) -> None:
    x = torch.randn(50, len(shipped.kept), generator=torch.Generator().manual_seed(0))
    strengths = shipped.strengths(x)
    assert strengths.shape == (50, train.FEATURES)
    assert (strengths >= 0).all()
    assert ((strengths > 0).sum(dim=1) <= STRONGEST).all()
    torch.testing.assert_close(shipped(x), strengths @ shipped.decoder.weight.T)


def test_training_finds_planted_directions(
    planted: tuple[torch.Tensor, torch.Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    directions, rows = planted
    monkeypatch.setattr(train, "BATCH", 100)
    monkeypatch.setattr(topk, "STRONGEST", 4)
    dictionary = train.trained(rows, n_features=48, epochs=8)
    assert dictionary.kept.tolist() == list(range(32))
    x = dictionary.scaled(rows[:, dictionary.kept])
    unexplained = (x - dictionary(x)).square().sum() / x.square().sum()
    assert unexplained < 0.1
    found = (directions @ dictionary.directions.T).amax(dim=1)
    assert (found > 0.9).float().mean() > 0.8


def test_training_gives_the_same_twice(
    planted: tuple[torch.Tensor, torch.Tensor], tmp_path: Path
) -> None:
    rows = planted[1][:2000]
    first, second = (train.trained(rows, n_features=48, epochs=2) for _ in range(2))
    assert all(map(torch.equal, first.parameters(), second.parameters()))
    first.save(tmp_path / "saved.safetensors")
    saved = Dictionary.load(tmp_path / "saved.safetensors")
    torch.testing.assert_close(saved.directions, first.directions, atol=1e-3, rtol=0)
    assert torch.equal(saved.kept, first.kept)


def test_text_has_the_chapters_of_two_books() -> None:
    chapters = reading.chapters()
    books = [name for name, _ in chapters]
    assert (books.count("Holmes"), books.count("Beagle")) == (12, 12)
    assert {number for _, number in chapters} == set(range(1, 13))
    assert all(len(text) > 30_000 for text in chapters.values())
    assert chapters["Holmes", 1].startswith("To Sherlock Holmes she is always THE woman.")
    assert "\n\n" in chapters["Beagle", 12]


def test_held_out_pieces_are_of_other_chapters() -> None:
    class Words:
        def __call__(self, text: str) -> object:
            return type("Encoded", (), {"input_ids": list(text.encode())})

    words = Words()
    found, found_of = reading.pieces(words, held_out=False)
    held_out, held_out_of = reading.pieces(words, held_out=True)
    assert found.shape[1] == held_out.shape[1] == reading.TOKENS
    assert (len(found), len(held_out)) == (len(found_of), len(held_out_of))
    assert {*found_of} == {*held_out_of} == {"Holmes", "Beagle"}
    assert not {*map(tuple, found.tolist())} & {*map(tuple, held_out.tolist())}


def test_weights_that_are_not_installed_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "find_spec", lambda _: None)
    with pytest.raises(ModuleNotFoundError, match="make models"):
        reading.language_model(1)


def test_shipped_files_are_small() -> None:
    assert DICTIONARY.stat().st_size < 2.5e6
    text = DICTIONARY.with_name("english.txt.gz").read_bytes()
    assert len(text) < 0.5e6
    assert gzip.decompress(text).isascii()
