"""Tokens in their context: of all tokenizers, sequences and origins that there are."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data import DataLoader

import srm_widget as srm
from srm_widget.view.sample_previews import SamplePreviews
from tests.unit.support import tokenizers as made

pytestmark = pytest.mark.usefixtures("wires")

WORDS = ["<pad>", "The", " cat", " sat", " on", " the", " mat", "."]
IDS = [1, 2, 3, 4, 5, 6, 7]


def bracketed(text: srm.MarkedText) -> str:
    return f"{text.text[: text.start]}[{text.marked}]{text.text[text.stop :]}"


def all_of(tokens: srm.Tokens) -> list[str]:
    return [bracketed(tokens[row]) for row in range(len(tokens))]


def test_a_token_is_marked_in_its_context() -> None:
    tokens = srm.tokens([IDS], WORDS, window=2)
    assert bracketed(tokens[0]) == "[The] cat sat…"
    assert bracketed(tokens[3]) == "… cat sat[ on] the mat…"
    assert bracketed(tokens[-1]) == "… the mat[.]"
    assert bracketed(srm.tokens([IDS], WORDS, window=0)[1]) == "…[ cat]…"
    assert bracketed(srm.tokens([IDS], WORDS)[6]) == "The cat sat on the mat[.]"


SEQUENCES = [[1, 2, 3], [5, 6]]
PADDED = np.array([[1, 2, 3], [5, 6, 0]])
MASK = np.array([[1, 1, 1], [1, 1, 0]])


def test_sequences_without_tokens_are_counted_too() -> None:
    """A tokenizer gives floats of an empty text."""
    nothing = torch.tensor([[]])
    masked = {"input_ids": nothing, "attention_mask": nothing}
    several: list[Any] = [[], nothing, masked, iter(())]
    for empty in several:
        tokens = srm.tokens([empty, [1, 2]], WORDS)
        assert tokens.origins.tolist() == [[1, 0], [1, 1]]


def test_batches_are_read_one_at_a_time() -> None:
    """So that what else is in them is not kept."""
    kept = set[int]()

    class Batch(dict[str, Any]):
        def __del__(self) -> None:
            kept.discard(id(self))

    def batches() -> Iterator[Batch]:
        for row in range(5):
            batch = Batch(input_ids=[[row]])
            kept.add(id(batch))
            assert len(kept) <= 2
            yield batch

    assert len(srm.tokens(batches(), WORDS)) == 5
    assert not kept


class Padding(list[str]):
    pad_token_id = 0


@pytest.mark.parametrize(
    "input_ids",
    [
        SEQUENCES,
        tuple(map(tuple, SEQUENCES)),
        [np.array(row) for row in SEQUENCES],
        [torch.tensor(row) for row in SEQUENCES],
        [[np.int64(each) for each in row] for row in SEQUENCES],
        [torch.tensor([SEQUENCES[0]]), torch.tensor([SEQUENCES[1]])],
        [{"input_ids": torch.tensor([row])} for row in SEQUENCES],
        {"input_ids": SEQUENCES, "attention_mask": [[1, 1, 1], [1, 1]]},
        [SimpleNamespace(ids=row, attention_mask=[1] * len(row)) for row in SEQUENCES],
        (row for row in SEQUENCES),
        [iter(SEQUENCES[0]), range(5, 7)],
        [[torch.tensor(each) for each in row] for row in SEQUENCES],
        np.array([*SEQUENCES, None], dtype=object)[:2],
        [np.array(row, dtype=object) for row in SEQUENCES],
        pd.Series(SEQUENCES, index=["a", "b"]),
        [pd.Series(row, dtype="category") for row in SEQUENCES],
        pd.DataFrame({"input_ids": SEQUENCES, "attention_mask": [[1, 1, 1], [1, 1]]}),
        [pd.DataFrame([row]) for row in SEQUENCES],
        torch.nested.nested_tensor([*map(torch.tensor, SEQUENCES)], layout=torch.jagged),
        DataLoader([*map(torch.tensor, SEQUENCES)]),  # type: ignore[arg-type]
    ],
    ids=[
        "lists", "tuples", "arrays", "tensors", "NumPy's integers", "batches", "dictionaries",
        "one dictionary", "encodings", "generator", "iterators", "numbers in tensors",
        "array of lists", "arrays of objects", "Series of lists", "Series", "data frame with names",
        "data frames", "nested tensor", "loader",
    ],
)  # fmt: skip
def test_sequences_of_unequal_length(input_ids: Any) -> None:
    tokens = srm.tokens(input_ids, WORDS)
    assert tokens.origins.tolist() == [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1]]
    assert all_of(tokens)[2:4] == ["The cat[ sat]", "[ the] mat"]


@pytest.mark.parametrize(
    ("input_ids", "tokenizer"),
    [
        (PADDED, Padding(WORDS)),
        (torch.from_numpy(PADDED).int(), Padding(WORDS)),
        (PADDED.tolist(), Padding(WORDS)),
        ({"input_ids": PADDED, "attention_mask": MASK}, WORDS),
        ({"input_ids": PADDED, "attention_mask": torch.from_numpy(MASK)}, WORDS),
        ([{"input_ids": PADDED[:1]}, {"input_ids": PADDED[1:]}], Padding(WORDS)),
        ({"input_ids": PADDED, "attention_mask": torch.from_numpy(MASK).bool()}, WORDS),
        ({"input_ids": PADDED, "attention_mask": (MASK == 1).tolist()}, WORDS),
        ({"input_ids": PADDED.tolist(), "attention_mask": pd.DataFrame(MASK)}, WORDS),
    ],
    ids=[
        "array",
        "tensor",
        "lists",
        "mask",
        "mask in a tensor",
        "batches",
        "mask of booleans",
        "lists of booleans",
        "mask in a data frame",
    ],
)
def test_padding_is_no_context_and_still_has_its_row(input_ids: Any, tokenizer: Any) -> None:
    tokens = srm.tokens(input_ids, tokenizer)
    assert len(tokens) == 6
    assert all_of(tokens)[4:] == [" the[ mat]", " the mat[<pad>]"]


def test_a_method_stands_for_its_tokenizer() -> None:
    fast = made.of_transformers(BYTE_LEVEL, pad_token="<|endoftext|>")
    padded = fast(["The cat", "A"], padding=True)["input_ids"]
    for method in (fast.decode, fast.convert_ids_to_tokens):
        tokens = srm.tokens(padded, method)
        assert all(text.marked in text.text.replace("<|endoftext|>", "") for text in tokens[:3])
        assert "<|endoftext|>" not in tokens[np.array([-len(padded[0])])][0].text


class Pieces:
    """Names its methods as sentencepiece does: twice, and the padding by a method."""

    def id_to_piece(self, token: int) -> str:
        return ["<pad>", "▁The", "▁cat", "<0xC3>", "<0xA9>"][token]

    def Decode(self, ids: list[int]) -> str:  # noqa: N802
        return "".join(map(self.id_to_piece, ids))

    def pad_id(self) -> int:
        return 0

    decode = decode_ids = Decode
    IdToPiece = id_to_piece


@pytest.mark.parametrize("name", ["decode", "Decode", "decode_ids", "IdToPiece", "id_to_piece"])
def test_a_method_by_its_second_name_stands_for_its_tokenizer_too(name: str) -> None:
    tokens = srm.tokens([[1, 2, 3, 4, 0]], getattr(Pieces(), name))
    assert all_of(tokens)[:4] == ["[ The] caté", " The[ cat]é", " The cat[é]", " The cat[é]"]


def test_a_processor_stands_for_its_tokenizer() -> None:
    fast = made.of_transformers(BYTE_LEVEL, pad_token="<|endoftext|>")
    processor = SimpleNamespace(tokenizer=fast, decode=fast.decode, batch_decode=fast.batch_decode)
    padded = fast(["The cat", "A"], padding=True)["input_ids"]
    expected = all_of(srm.tokens(padded, fast))
    assert "<|endoftext|>" not in expected[0]
    for tokenizer in (processor, fast.batch_decode):
        assert all_of(srm.tokens(padded, tokenizer)) == expected


def test_padding_on_the_left_and_where_it_is_a_token_too() -> None:
    left = np.array([[0, 0, 1, 0, 2]])
    assert bracketed(srm.tokens(left, Padding(WORDS))[4]) == "The<pad>[ cat]"
    assert bracketed(srm.tokens(left, WORDS)[4]) == "<pad><pad>The<pad>[ cat]"


def test_rows_are_where_origins_say() -> None:
    origins = np.array([[1, 1], [0, 0], [1, 1]])
    tokens = srm.tokens(PADDED, WORDS, origins)
    assert [text.marked for text in tokens] == [" mat", "The", " mat"]
    assert tokens.origins.tolist() == origins.tolist()
    assert list(tokens.labels) == ["␣mat", "The", "␣mat"]
    for some in (tokens[1:], tokens[[1, 2]], tokens[np.array([False, True, True])]):
        assert [text.marked for text in some] == ["The", " mat"]
    assert tokens[torch.tensor(1)].marked == "The"
    assert srm.tokens(PADDED, WORDS, torch.from_numpy(origins))[0].marked == " mat"
    with pytest.raises(IndexError):
        tokens[3]


ROWS: list[tuple[Any, list[int]]] = [
    (pd.Series([True, False, True]), [0, 2]),
    (pd.Index([2, 0]), [2, 0]),
    (range(2), [0, 1]),
    ((2, 1), [2, 1]),
    ([], []),
    (np.array([]), []),
    (slice(None, None, -1), [2, 1, 0]),
    (torch.tensor([True, False, True]), [0, 2]),
]


@pytest.mark.parametrize(("rows", "expected"), ROWS, ids=[type(rows).__name__ for rows, _ in ROWS])
def test_tokens_of_some_rows(rows: Any, expected: list[int]) -> None:
    tokens = srm.tokens([[1, 2, 3]], WORDS)[rows]
    assert [text.marked for text in tokens] == [WORDS[1 + row] for row in expected]
    assert tokens.origins[:, 1].tolist() == expected
    assert len(tokens.labels) == len(expected)


@pytest.mark.parametrize("rows", ["a", 1.0, None, [[0, 1]], np.zeros((1, 1), int), [0.5], ...])
def test_rows_that_are_none_are_refused(rows: Any) -> None:
    with pytest.raises(TypeError, match="expected a row, a slice, or rows as integers or booleans"):
        srm.tokens([[1, 2, 3]], WORDS)[rows]


class Embeds(torch.nn.Module):
    """Each token's own id, in two columns."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = torch.nn.Identity()

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        assert attention_mask.shape == input_ids.shape
        return self.inner(input_ids[..., None].float() * torch.tensor([1.0, -1.0]))


@pytest.mark.parametrize("most", [None, 40])
def test_rows_of_a_capture_are_the_tokens_that_the_model_saw(most: int | None) -> None:
    """Of batches of different length, with padding, and of a choice of all tokens."""
    rng = np.random.default_rng(0)
    batches = []
    for n, length in ((5, 9), (3, 14), (4, 6)):
        ids = torch.from_numpy(rng.integers(1, 8, (n, length)))
        mask = torch.from_numpy(np.arange(length) < rng.integers(1, length + 1, (n, 1))).long()
        batches.append({"input_ids": ids * mask, "attention_mask": mask})
    model = Embeds()
    with srm.capture(model, "inner", mask="attention_mask", max_samples=most) as acts:
        for batch in batches:
            model(**batch)
    tokens = srm.tokens(batches, WORDS, acts.origins("inner"), window=3)
    values = acts["inner"]
    assert (
        len(tokens) == len(values) == (most or sum(int(b["attention_mask"].sum()) for b in batches))
    )
    for row, text in enumerate(tokens):
        assert text.marked == WORDS[int(values[row, 0])]
        assert "<pad>" not in text.text
    scope = srm.SRMScope(acts.engine("inner"), samples=tokens, labels=tokens.labels, epsilon=0.1)
    scope.theta = 5.5
    (item, *_) = scope._strip_frame["items"]
    start, stop = item["mark"]
    assert item["kind"] == "marked"
    assert (
        item["text"][start:stop]
        == item["label"]
        == WORDS[int(values[item["index"], 0])].replace(" ", "␣")
    )


TEXT = made.TEXTS[0]
BYTE_LEVEL = made.byte_level()


class Decodes:
    """A tokenizer that has nothing but `decode`."""

    def decode(self, ids: list[int]) -> str:
        return BYTE_LEVEL.decode(ids, skip_special_tokens=False)


KINDS: dict[str, Callable[[], Any]] = {
    "of the library tokenizers": lambda: BYTE_LEVEL,
    "of transformers": lambda: made.of_transformers(BYTE_LEVEL, eos_token="<|endoftext|>"),
    "vocabulary": lambda: [BYTE_LEVEL.id_to_token(k) for k in range(BYTE_LEVEL.get_vocab_size())],
    "array": lambda: np.array(
        [BYTE_LEVEL.id_to_token(k) for k in range(BYTE_LEVEL.get_vocab_size())]
    ),
    "column": lambda: pd.Series(
        [BYTE_LEVEL.id_to_token(k) for k in range(BYTE_LEVEL.get_vocab_size())]
    ),
    "function of a piece": lambda: BYTE_LEVEL.id_to_token,
    "function of bytes": lambda: (
        lambda k: bytes(
            {letter: byte for byte, letter in enumerate(made.BYTE_LETTERS)}[each]
            for each in BYTE_LEVEL.id_to_token(k)
        )
    ),
    "decodes alone": Decodes,
    "its method": lambda: BYTE_LEVEL.decode,
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_context_is_what_the_text_looks_like(kind: str) -> None:
    ids = BYTE_LEVEL.encode(TEXT).ids
    assert len(ids) > 40
    tokens = srm.tokens([ids], KINDS[kind](), window=len(ids))
    for text in tokens:
        assert text.text == TEXT
        assert text.marked != ""
    # What is marked, one after another, goes through the text and leaves nothing out.
    assert sorted({k for text in tokens for k in range(text.start, text.stop)}) == [
        *range(len(TEXT))
    ]
    smile = [text for text in tokens if "🙂" in text.marked]
    assert len(smile) > 1
    assert all(text.marked.strip() == "🙂" for text in smile)
    near = srm.tokens([ids], KINDS[kind](), window=1)
    assert all("\ufffd" not in text.text and "\\x" not in text.text for text in near)
    assert all(text.text.strip("…") in TEXT for text in near)
    assert [text.marked for text in near] == [text.marked for text in tokens]


def test_pieces_of_characters_are_classes_of_their_own() -> None:
    ids = BYTE_LEVEL.encode("🙂é cat\n").ids
    labels = list(srm.tokens([ids], BYTE_LEVEL).labels)
    assert labels[:4] == [r"\xf0", r"\x9f", r"\x99", r"\x82"]
    assert labels[-2:] == ["␣cat", "↵"]


def test_bytes_that_decode_to_nothing_by_themselves() -> None:
    tokenizer = import_module("transformers").ByT5Tokenizer()
    ids = tokenizer("é 日", add_special_tokens=False)["input_ids"]
    tokens = srm.tokens([ids], tokenizer)
    assert all_of(tokens) == ["[é] 日", "[é] 日", "é[ ]日", "é [日]", "é [日]", "é [日]"]
    assert list(tokens.labels) == [r"\xc3", r"\xa9", "␣", r"\xe6", r"\x97", r"\xa5"]


def test_sentencepiece() -> None:
    tokenizer = made.metaspace()
    ids = [
        tokenizer.token_to_id(piece) for piece in ("<s>", "▁The", "▁cat", "s", "<0xC3>", "<0xA9>")
    ]
    for each in (tokenizer, made.of_transformers(tokenizer, bos_token="<s>")):
        tokens = srm.tokens([ids], each)
        assert all_of(tokens) == [
            "[<s>] The catsé", "<s>[ The] catsé", "<s> The[ cat]sé", "<s> The cat[s]é",
            "<s> The cats[é]", "<s> The cats[é]",
        ]  # fmt: skip
        assert list(tokens.labels) == ["<s>", "␣The", "␣cat", "s", r"\xc3", r"\xa9"]


def test_wordpiece() -> None:
    vocabulary = ["[CLS]", "the", "un", "##aff", "##able", ",", "##", "[SEP]"]
    tokens = srm.tokens([[0, 1, 2, 3, 4, 5, 7]], vocabulary, window=2)
    assert all_of(tokens) == [
        "[[CLS]] the un…", "[CLS] [the] unaff…", "[CLS] the [un]affable…", "…the un[aff]able ,…",
        "…unaff[able] , [SEP]", "…affable [,] [SEP]", "…able , [[SEP]]",
    ]  # fmt: skip
    assert list(tokens.labels) == ["[CLS]", "the", "un", "##aff", "##able", ",", "[SEP]"]


@pytest.mark.parametrize("continuing", ["##\u093e", "##\u200d", "##👩", "##️", "##!", "###"])
def test_wordpiece_continues_by_any_character(continuing: str) -> None:
    """Vowel signs of Hindi, parts of emoji and the like are no letters of the alphabet."""
    tokens = srm.tokens([[0, 1, 2]], ["un", continuing, "##able", "##ed", "▁"], window=2)
    own = continuing.removeprefix("##")
    assert tokens[1].text == f"un{own}able"
    assert (tokens[1].start, tokens[1].stop) == (2, 2 + len(own))
    assert str(tokens.labels[1]).startswith("##")


def test_words_with_an_end() -> None:
    tokens = srm.tokens([[0, 1, 2]], ["the</w>", "ca", "ts</w>"])
    assert all_of(tokens) == ["[the] cats", "the [ca]ts", "the ca[ts]"]
    assert list(tokens.labels) == ["the</w>", "ca", "ts</w>"]


@pytest.mark.parametrize("strings", [["café", "Ġ ", "▁ x"], [" the", "▁", "##", " cat", "Ġ", "é"]])
def test_plain_strings_are_what_they_are(strings: list[str]) -> None:
    tokens = srm.tokens([[*range(len(strings))]], strings)
    assert [text.marked for text in tokens] == strings
    assert tokens[0].text == "".join(strings)


def test_tokens_without_text_stand_by_their_id() -> None:
    assert all_of(srm.tokens([[0, 1, 2]], ["a", "", "b"])) == ["[a]<1>b", "a[<1>]b", "a<1>[b]"]
    assert bracketed(srm.tokens([[1]], lambda _: None)[0]) == "[<1>]"

    class Silent:
        def decode(self, ids: list[int]) -> str:
            return "".join("ab"[k] if k < 2 else "" for k in ids)

    assert all_of(srm.tokens([[0, 2, 1]], Silent())) == ["[a]b", "a[<2>]b", "a[b]"]


def test_tokens_that_read_alike_are_told_apart() -> None:
    tokens = srm.tokens([[0, 1, 2, 3]], ["a", "a", "b", "a #0"])
    assert list(tokens.labels) == ["a #0", "a #1", "b", "a␣#0"]
    assert tokens.labels.categories.is_unique


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("é", "e\u0301"),
        ("The", "The\u200b"),
        ("The", "\ufeffThe"),
        ("a日", "a日\u3000"),
        ("☺", "☺\ufe0f"),
    ],
    ids=["composed", "no width", "byte order mark", "wide space", "look"],
)
def test_tokens_that_look_alike_are_told_apart(one: str, other: str) -> None:
    assert list(srm.tokens([[0, 1]], [one, other]).labels) == [f"{one} #0", f"{other} #1"]


@given(
    st.lists(st.integers(0, BYTE_LEVEL.get_vocab_size() - 1), min_size=1, max_size=30),
    st.integers(0, 5),
)
def test_any_tokens_at_all(ids: list[int], window: int) -> None:
    """Whatever follows on what: nothing of the text is lost, and the mark is never empty."""
    tokens = srm.tokens([ids], BYTE_LEVEL, window=window)
    data = b"".join(made.bytes_of(BYTE_LEVEL, each) for each in ids)
    whole = data.decode("utf-8", "backslashreplace")
    for row, text in enumerate(tokens):
        own = made.bytes_of(BYTE_LEVEL, ids[row]).decode("utf-8", "backslashreplace")
        assert text.marked
        assert text.text.strip("…") in whole or "…" in whole
        assert own in text.marked or "\\x" in own
    previews = SamplePreviews(tokens, len(ids))
    for row in range(len(ids)):
        preview = previews.preview(row)
        start, stop = preview.mark
        assert preview.kind == "marked"
        assert 0 <= start < stop <= len(preview.text) <= 240


def test_copies_are_the_same() -> None:
    fast = made.of_transformers(BYTE_LEVEL, eos_token="<|endoftext|>")
    tokens = srm.tokens([BYTE_LEVEL.encode(TEXT).ids], fast, window=3)
    for other in (copy.copy(tokens), copy.deepcopy(tokens), pickle.loads(pickle.dumps(tokens))):
        assert all_of(other) == all_of(tokens)
        assert list(other.labels) == list(tokens.labels)
    assert "300 rows" in repr(tokens[[0] * 300])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("The cat", WORDS), TypeError, "got 'The cat'; call the tokenizer on texts first"),
        ((["The", "cat"], WORDS), TypeError, "got 'The'; call the tokenizer on texts first"),
        ((5, WORDS), TypeError, "expected input_ids as .* got 5"),
        ((torch.zeros(2, 3), WORDS), TypeError, r"got shape \(2, 3\) of float32"),
        ((np.zeros((2, 3, 4), int), WORDS), TypeError, r"got shape \(2, 3, 4\) of int64"),
        (([[1, True]], WORDS), TypeError, r"got True in \[1, True\]"),
        (([], WORDS), ValueError, "no token at all"),
        (([[-100]], WORDS), ValueError, "ids of tokens from 0 on, got -100"),
        (({"ids": [1]}, WORDS), ValueError, r"got a dictionary of \['ids'\]"),
        (
            ({"input_ids": [[1, 2]], "attention_mask": [[1]]}, WORDS),
            ValueError,
            r"attention_mask of the sizes of input_ids, \[2\], got \[1\]",
        ),
        (
            ({"input_ids": PADDED, "attention_mask": torch.zeros(2, 3)}, WORDS),
            TypeError,
            r"expected an attention_mask of booleans or integers, .* got shape \(2, 3\) of float32",
        ),
        (({"input_ids": PADDED, "attention_mask": 1}, WORDS), TypeError, "expected an att.* got 1"),
        (({0: 1, "a": 2}, WORDS), ValueError, r"got a dictionary of \['0', 'a'\]"),
        (({"sequences": PADDED}, WORDS), ValueError, r"\['sequences'\]; give its sequences"),
        (([[1, 2], 3], WORDS), TypeError, r"got 3 in \[\[1, 2\], 3\]"),
        (([{1, 2}], WORDS), TypeError, r"got \{1, 2\}"),
        ((torch.ones(2, 2, dtype=torch.bool), WORDS), TypeError, r"shape \(2, 2\) of bool"),
        ((torch.ones(2, 2).bfloat16(), WORDS), TypeError, "expected input_ids .* torch.bfloat16"),
        ((torch.ones(2, 2, device="meta").int(), WORDS), TypeError, "got a tensor of torch.int32"),
        (([[2**70]], WORDS), ValueError, "expected ids of tokens in 0 … 922337.* got 11805"),
        ((np.array([2**63], dtype=np.uint64), WORDS), ValueError, "in 0 … 9223372.* got 92233"),
        ((DataLoader([1, 2], shuffle=True), WORDS), ValueError, r"batches = list\(loader\)"),  # type: ignore[arg-type]
        ((PADDED, 5), TypeError, "expected a tokenizer with decode .* got 5"),
        ((PADDED, "abc"), TypeError, "expected a tokenizer with decode .* got 'abc'"),
        ((PADDED, {0: "a"}), TypeError, "of a dictionary from ids to strings give its get"),
        ((PADDED, ["a", "b"]), ValueError, "got 2 strings and the id 2"),
        ((PADDED, lambda _: 5), TypeError, "got 5 for the id 0, which is neither"),
        ((PADDED, SimpleNamespace(decode=lambda _: 1 / 0)), ValueError, "id 0, got ZeroDivision"),
        ((PADDED, SimpleNamespace(decode=lambda _, **__: 1 / 0)), ValueError, "id 0, got ZeroDiv"),
        ((PADDED, {}.__getitem__), ValueError, "to know the id 0, got KeyError: 0"),
        ((PADDED, lambda _: b"\xf0".decode()), ValueError, "id 0, got Unicode.*: return its bytes"),
        ((PADDED, lambda _: int("x")), ValueError, "to know the id 0, got ValueError: invalid"),
        ((PADDED, {"a": 0}), TypeError, "from strings to ids give {k: text for text, k in"),
        ((PADDED, Pieces), TypeError, "got the class Pieces itself; give a tokenizer of it"),
        ((PADDED, WORDS, torch.zeros(1, 2).bfloat16()), TypeError, "of torch.bfloat16"),
        ((PADDED, WORDS, np.array([[2**63, 0]], np.uint64)), ValueError, "origins .* 9223372036"),
        ((PADDED, WORDS, 5), TypeError, r"expected origins as acts.origins\(name\) returns them"),
        ((PADDED, WORDS, [[0.0, 1.0]]), TypeError, r"got shape \(1, 2\) of torch.float64"),
        ((PADDED, WORDS, [0, 1]), TypeError, r"got shape \(2,\) of int64"),
        ((PADDED, WORDS, SimpleNamespace(origins=print)), TypeError, "got SimpleNamespace itself"),
        (
            (PADDED, WORDS, [[0, 0], [2, 1]]),
            ValueError,
            "2 sequences .* sequence 2 for row 1; give",
        ),
        ((PADDED, WORDS, [[-1, 0]]), ValueError, "sequence -1 for row 0"),
        ((PADDED, WORDS, [[1, 3]]), ValueError, "position 3 for row 0, in sequence 1 of 3 tokens"),
        ((PADDED, WORDS, None, -1), ValueError, "expected window ≥ 0, got -1"),
        ((PADDED, WORDS, None, 1.5), TypeError, "expected an integer window"),
    ],
)
def test_refused(arguments: tuple[Any, ...], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        srm.tokens(*arguments)


def test_another_number_of_rows_is_refused_with_the_call_that_helps() -> None:
    with pytest.raises(
        ValueError, match=r"expected 4 samples, .* got 6 tokens; srm.tokens\(inp.*orig"
    ):
        srm.SRMScope(np.eye(4), samples=srm.tokens(PADDED, WORDS))
