"""What a page holds: within its bytes, drawn evenly, and each row with all that belongs to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import srm_widget as srm
from srm_widget.export.payload import Payload, PayloadContent, as_json, pack_payload
from srm_widget.samples.labels import as_labels
from srm_widget.view.legend import Legend

# That not all samples fit is what these are about; that it is said, test_page_export.py tests.
pytestmark = pytest.mark.filterwarnings("ignore:the page keeps:UserWarning")

AMPLE = 50_000_000


def normal(n: int, d: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, d)).astype(np.float32)


def scope_of(source: Any, basis: Any = None, **more: Any) -> srm.SRMScope:
    return srm.SRMScope(source, basis, epsilon=0.3, navigator=False, **more)


def held_by(scope: srm.SRMScope, most: int = AMPLE, seed: int = 0) -> Payload:
    scope.freeze(max_bytes=most, seed=seed)
    return Payload(scope._held_frame, scope._held)


def part(held: Payload, place: list[int], dtype: str) -> np.ndarray:
    start, size = place
    assert start % 8 == 0
    return np.frombuffer(held.data[start : start + size], dtype)


def rows_of(held: Payload) -> np.ndarray:
    rows, n = held.frame["rows"], held.frame["n_rows"]
    return np.arange(n) if rows is None else part(held, rows, "<i4")


def columns_of(held: Payload, step: int = 0) -> np.ndarray:
    about = held.frame["steps"][step]
    return part(held, about["columns"], "<f4").reshape(about["width"], about["n"])


def contents(kind: str, n: int) -> dict[str, Any]:
    """What rows may come with, of very different length."""
    kinds: dict[str, dict[str, Any]] = {
        "nothing": {},
        "few classes": {"labels": [k % 3 for k in range(n)]},
        "many classes": {"labels": [f"the class of number {k % 700}" for k in range(n)]},
        "a class each": {"labels": [f"row {k}" for k in range(n)]},
        "Chinese": {"samples": ["汉字" * (k % 100) for k in range(n)]},
        "markup": {"samples": ["<" * (k % 100) for k in range(n)]},
        "a few long texts": {"samples": ["x" * (240 if k % 400 == 0 else 1) for k in range(n)]},
        "pictures": {"samples": np.random.default_rng(0).random((n, 6, 6))},
    }
    return kinds[kind]


KINDS = [
    "nothing",
    "few classes",
    "many classes",
    "a class each",
    "Chinese",
    "markup",
    "a few long texts",
    "pictures",
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("most", [60_000, 150_000])
def test_fills_its_bytes_and_never_more(kind: str, most: int) -> None:
    held = held_by(scope_of(normal(3000, 16), **contents(kind, 3000)), most)
    assert 0 < held.frame["n_rows"] < 3000
    assert held.size == len(as_json(held.frame).encode()) + 4 * -(-len(held.data) // 3)
    assert 0.95 * most <= held.size <= most


def test_the_same_seed_draws_the_same_rows_and_more_room_adds_to_them() -> None:
    scope = scope_of(normal(4000, 8))
    first, again, other = (held_by(scope, 60_000, seed) for seed in (3, 3, 4))
    assert again == first
    assert first.frame["seed"] == 3
    assert set(rows_of(other)) != set(rows_of(first))
    assert set(rows_of(first)) < set(rows_of(held_by(scope, 90_000, 3)))
    assert (np.diff(rows_of(first)) > 0).all()


def test_every_row_is_drawn_about_equally_often() -> None:
    scope = scope_of(normal(200, 8))
    seen, drawn, draws = np.zeros(200), 0, 300
    for seed in range(draws):
        rows = rows_of(held_by(scope, 25_500, seed))
        seen[rows] += 1
        drawn += len(rows)
    share = drawn / (200 * draws)
    assert 0.2 < share < 0.8
    spread = np.sqrt(draws * share * (1 - share))
    assert np.abs(seen - draws * share).max() < 4.5 * spread


def test_without_need_nothing_is_drawn() -> None:
    held = held_by(scope_of(normal(40, 3)))
    assert (held.frame["rows"], held.frame["seed"], held.frame["n_rows"]) == (None, None, 40)


def test_rows_keep_their_numbers_where_others_are_dropped() -> None:
    rows = normal(50, 4)
    rows[[3, 7, 49]] = np.nan
    labels = [f"class {k % 5}" for k in range(50)]
    scope = scope_of(rows, nan_policy="drop", labels=labels, samples=[str(k) for k in range(50)])
    held = held_by(scope)
    kept = [k for k in range(50) if k not in (3, 7, 49)]
    assert rows_of(held).tolist() == kept
    codes = part(held, held.frame["labels"]["codes"], "<i4")
    names = held.frame["labels"]["names"]
    assert [names[code] for code in codes] == [labels[k] for k in kept]
    assert held.frame["exhibits"]["texts"] == [str(k) for k in kept]


def test_rows_that_were_appended_have_no_label_and_no_sample() -> None:
    engine = srm.ResonanceEngine(normal(50, 4))
    scope = scope_of(engine, labels=["a", "b"] * 25, samples=["t"] * 50)
    engine.append(normal(30, 4, 1))
    held = held_by(scope)
    labels = held.frame["labels"]
    codes = part(held, labels["codes"], "<i4")
    assert labels["names"][labels["missing"]] == "no label"
    assert (codes[50:] == labels["missing"]).all()
    assert (codes[:50] != labels["missing"]).all()
    assert part(held, held.frame["exhibits"]["kinds"], "u1").tolist() == [1] * 50 + [0] * 30


def timeline(*lengths: int) -> srm.Timeline:
    steps = srm.Timeline()
    for seed, n in enumerate(lengths):
        steps.record(normal(n, 8, seed), f"step {seed}")
    return steps


def test_classes_of_which_no_sample_is_held_keep_the_colours_of_the_others() -> None:
    rows = normal(60, 4)
    rows[:20] = np.nan
    scope = scope_of(rows, labels=["a"] * 20 + ["b"] * 20 + ["c"] * 20, nan_policy="drop")
    labels = held_by(scope).frame["labels"]
    assert labels["names"] == ["b", "c"]
    assert labels["group_of"] == [1, 2]
    assert labels["groups"] == ["a", "b", "c"]


def test_classes_of_a_subsample_are_in_the_groups_that_the_legend_has() -> None:
    """Of more classes than there are colours, some without a sample in the page."""
    names = [f"class {k % 40}" if k % 3 else f"large {k % 9}" for k in range(3000)]
    scope = scope_of(normal(3000, 4), labels=names)
    labels = held_by(scope, 25_000).frame["labels"]
    legend = Legend(as_labels(names, 3000))
    group_of = dict(zip(legend.labels.names, legend.group_of.tolist(), strict=True))
    assert 10 < len(labels["names"]) < len(legend.labels.names)
    assert labels["group_of"] == [group_of[name] for name in labels["names"]]
    assert (labels["groups"], labels["other"]) == (legend.frame["names"], 9)


def test_steps_of_unequal_length_share_one_draw() -> None:
    scope = scope_of(timeline(300, 4000))
    for seed in range(5):
        held = held_by(scope, 60_000, seed)
        rows = rows_of(held)
        few, many = held.frame["steps"]
        assert few["n"] == (rows < 300).sum()
        assert (rows[part(held, few["places"], "<i4")] < 300).all()
        assert (many["n"], many["places"], many["n_all"]) == (len(rows), None, 4000)
        assert held.size >= 57_000


def test_a_step_without_a_sample_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="without one of the 1 of step 'step 0': raise max_bytes"):
        scope_of(timeline(1, 4000)).freeze(max_bytes=30_000, seed=1)


def test_a_step_on_show_without_the_rows_that_others_have_gained() -> None:
    grows = srm.ResonanceEngine(normal(20, 8))
    steps = timeline(20)
    steps.record(grows, "longer")
    scope = scope_of(steps, step=0, labels=["a", "b"] * 10)
    grows.append(normal(15, 8, 1))
    held = held_by(scope)
    labels = held.frame["labels"]
    codes = part(held, labels["codes"], "<i4")
    assert (codes[20:] == labels["missing"]).all()
    assert len(labels["groups"]) == len(labels["names"]) == 3
    assert labels["group_of"] == [0, 1, 2]


def test_what_steps_have_in_common_is_held_once() -> None:
    basis = srm.basis.rotated(20, 0)
    directions = np.array(basis)[:10] + 0.1
    steps = srm.Timeline()
    for seed in range(30):
        engine = srm.ResonanceEngine(normal(20, 20, seed), srm.basis.of(directions))
        steps.record(engine, str(seed))
    held = held_by(scope_of(steps))
    bases = {tuple(step["basis"]) for step in held.frame["steps"]}
    assert len(bases) == 1
    assert len({tuple(step["columns"]) for step in held.frame["steps"]}) == 30


def test_a_turn_holds_its_samples_once_and_a_small_basis_a_step() -> None:
    turn = srm.basis.rotated(6, 0)
    made = srm.Timeline.turning(normal(500, 6), turn, 41)
    held = held_by(scope_of(made))
    steps = held.frame["steps"]
    assert len({tuple(step["columns"]) for step in steps}) == 1
    assert steps[0]["basis"] is None
    assert [step["basis"][1] for step in steps[1:]] == [6 * 6 * 8] * 40
    assert steps[40]["basis_name"] == "rotated basis"
    one = held_by(scope_of(normal(500, 6)))
    assert len(held.data) == len(one.data) + 40 * 6 * 6 * 8
    for k in (0, 17, 40):
        directions = np.eye(6)
        if steps[k]["basis"] is not None:
            directions = part(held, steps[k]["basis"], "<f8").reshape(6, 6)
        expected = made[k].unit_rows(range(500)).numpy() @ made[k].basis.directions.numpy().T
        np.testing.assert_allclose((directions @ columns_of(held, k)).T, expected, atol=1e-6)


def test_few_directions_of_many_dimensions_are_held_as_projections() -> None:
    few = np.eye(40)[:2]
    made = srm.Timeline.turning(normal(50, 40), srm.basis.rotated(40, 0), 5, basis=few)
    assert {step["width"] for step in held_by(scope_of(made)).frame["steps"]} == {2}


@pytest.mark.parametrize(
    "basis",
    [
        None,
        np.array(srm.basis.rotated(6, 0)),
        np.random.default_rng(0).standard_normal((3, 6)),
        np.random.default_rng(0).standard_normal((2, 6)),
        np.random.default_rng(0).standard_normal((9, 6)),
        np.array(srm.basis.rotated(6, 0))[:4],
    ],
    ids=["standard", "rotated", "M = 3 < D", "M = 2", "M = 9 > D", "orthonormal, M = 4 < D"],
)
def test_projections_on_all_directions_are_held(basis: np.ndarray | None) -> None:
    rows = normal(30, 6)
    held = held_by(scope_of(rows, basis))
    about = held.frame["steps"][0]
    directions = np.eye(6) if basis is None else basis
    m = len(directions)
    assert about["width"] == min(m, 6)
    span = np.eye(m)
    if about["basis"] is not None:
        span = part(held, about["basis"], "<f8").reshape(m, about["width"])
    directions = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    np.testing.assert_allclose((span @ columns_of(held)).T, units @ directions.T, atol=1e-6)


@pytest.mark.parametrize("kind", ["float64", "bfloat16", "memory-mapped", "with a gradient"])
def test_any_activations(kind: str, tmp_path: Path) -> None:
    rows = normal(20, 5)
    np.save(tmp_path / "rows.npy", rows)
    given: Any = {
        "float64": rows.astype(np.float64),
        "bfloat16": torch.from_numpy(rows).bfloat16(),
        "memory-mapped": np.load(tmp_path / "rows.npy", mmap_mode="r"),
        "with a gradient": torch.from_numpy(rows).requires_grad_(),
    }[kind]
    exact = torch.from_numpy(rows).bfloat16().float().numpy() if kind == "bfloat16" else rows
    units = exact / np.linalg.norm(exact, axis=1, keepdims=True)
    np.testing.assert_allclose(columns_of(held_by(scope_of(given))).T, units, atol=1e-6)


def test_zero_rows_few_samples_and_few_dimensions() -> None:
    held = held_by(scope_of(np.vstack([np.zeros((3, 4)), np.ones((4, 4))])))
    assert held.frame["steps"][0]["n_zero"] == 3
    assert held.frame["steps"][0]["n_dims"] == 4
    assert (columns_of(held)[:, :3] == 0).all()
    assert held_by(scope_of(np.ones((1, 3)))).frame["n_rows"] == 1
    assert columns_of(held_by(scope_of(normal(5, 2)))).shape == (2, 5)


def test_what_was_done_to_the_rows_held() -> None:
    rows = normal(20_000, 3) + 5
    engine = srm.ResonanceEngine(rows, center="mean", min_norm=0.5)
    scope = scope_of(engine)
    [step] = held_by(scope).frame["steps"]
    assert step["preparation"] == engine.preparation == scope._layer["preparation"]
    assert step["n_zero"] == engine.n_short
    some = held_by(scope, 60_000)
    [step] = some.frame["steps"]
    norms = np.linalg.norm(rows.astype(np.float64) - rows.mean(0, dtype=np.float64), axis=1)
    n_short = int((norms[rows_of(some)] < 0.5).sum())
    assert 1 < n_short < engine.n_short
    assert step["preparation"] == (
        f"centred on the mean · {n_short} samples shorter than 0.5 count as zeros"
    )
    assert step["n_zero"] == n_short


def test_labels_as_many_as_rows() -> None:
    n = 50_000
    names = [f"string {k}" for k in range(n)]
    legend = Legend(as_labels(names, n))
    content = PayloadContent([srm.ResonanceEngine(normal(n, 2))], ["0"], ["b0", "b1"], legend)
    held = pack_payload(content, AMPLE, 0)
    labels = held.frame["labels"]
    assert len(labels["names"]) == n
    assert len(labels["groups"]) == 10
    assert held.size < 80 * n


def test_strings_that_no_file_could_hold() -> None:
    names = ["a\x00\x1b\ud800", "<b>"]
    scope = scope_of(
        normal(4, 2), labels=names * 2, samples=["\udfff\x07"] * 4, directions=["\ud800", "\x01"]
    )
    held = held_by(scope)
    assert held.frame["labels"]["names"] == ["<b>", "a␀␛\ufffd"]
    assert held.frame["exhibits"]["texts"] == ["\ufffd␇"] * 4
    written = as_json(held.frame)
    assert "<" not in written
    assert written.encode().decode() == written


def test_marked_parts_are_held() -> None:
    samples = ["word", srm.MarkedText("a cat", 1, 5), "x", srm.MarkedText("é" * 500, 300, 301)]
    held = held_by(scope_of(normal(4, 2), samples=samples))
    previews = held.frame["exhibits"]
    assert part(held, previews["kinds"], "u1").tolist() == [1, 4, 1, 4]
    first, second, start, stop = part(held, previews["marks"], "u1").tolist()
    assert previews["texts"][1][first:second] == "␣cat"
    assert (len(previews["texts"][3]), stop - start) == (240, 1)


def test_samples_are_made_ready_once_whatever_the_draw() -> None:
    asked: list[int] = []

    def sample(row: int) -> str:
        asked.append(row)
        return "x" * (row % 200)

    scope = scope_of(normal(3000, 4), samples=sample)
    asked.clear()
    held_by(scope, 150_000)
    assert len(asked) == len(set(asked))


def test_a_function_that_raises_is_held_as_its_problem(caplog: pytest.LogCaptureFixture) -> None:
    def sample(row: int) -> str:
        if row == 2:
            raise RuntimeError("no \x00 <b>")
        return "fine"

    held = held_by(scope_of(normal(4, 2), samples=sample))
    previews = held.frame["exhibits"]
    assert part(held, previews["kinds"], "u1").tolist() == [1, 1, 0, 1]
    assert previews["texts"][2] == "RuntimeError: no ␀ <b>"
    assert "can not be shown" in caplog.text


def test_too_few_bytes_are_refused_with_how_many_it_takes() -> None:
    scope = scope_of(normal(400, 8))
    with pytest.raises(ValueError, match=r"max_bytes of at least [\d,]+, got 5") as refusal:
        scope.freeze(max_bytes=5)
    least = int(str(refusal.value).split("at least ")[1].split(", got")[0].replace(",", ""))
    assert held_by(scope, least).frame["n_rows"] >= 1
    with pytest.raises(ValueError, match="at least"):
        scope.freeze(max_bytes=least - 1)


def test_json_is_one_line() -> None:
    text = "\n```\x85```\u2028```\u2029```\r\x0b\x0c\x1c</script>"
    assert len(as_json([text]).splitlines()) == 1
    assert json.loads(as_json([text])) == [text]
