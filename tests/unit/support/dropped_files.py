"""Files as they are dropped on a page: good and hostile ones, and Python's verdict on them."""

from __future__ import annotations

import base64
import io
import json
import pickle
import struct
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

import srm_widget as srm
from srm_widget.samples.labels import as_labels
from srm_widget.view.direction_names import DirectionNames
from tests.unit.support.page_answers import NODE, ROOT

Draw = np.random.Generator


class Dropped(NamedTuple):
    """A file, and what it is made to be."""

    kind: str
    name: str
    data: bytes


def npy(values: Any, **options: Any) -> bytes:
    """The bytes of a .npy file."""
    file = io.BytesIO()
    np.save(file, values, **options)
    return file.getvalue()


def npz(compressed: bool = False, **arrays: Any) -> bytes:
    """The bytes of a .npz file."""
    file = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(file, **arrays)
    return file.getvalue()


def header(descr: str, order: str, shape: str, version: int = 1, more: str = "") -> bytes:
    """A header of a .npy file, of texts as they stand in it."""
    text = f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, {more}}}".encode(
        "latin1"
    )
    size = struct.pack("<H" if version == 1 else "<I", len(text) + 1)
    return b"\x93NUMPY" + bytes([version, 0]) + size + text + b"\n"


def archive(*entries: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A ZIP archive of files, also of equal names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        for name, data in entries:
            made.writestr(zipfile.ZipInfo(name), data, method)
    return file.getvalue()


def outcomes(drops: list[list[tuple[str, bytes]]]) -> list[dict[str, Any]]:
    """What the page makes of drops of files, each a name and bytes."""
    asked = [
        [{"name": name, "bytes": base64.b64encode(data).decode()} for name, data in files]
        for files in drops
    ]
    done = subprocess.run(
        [NODE, ROOT / "js" / "tests" / "support" / "dropped.ts"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def as_python(
    activations: Any, labels: Any = None, basis: Any = None, names: Any = None
) -> srm.ResonanceEngine:
    """The engine of what a file holds, or its refusal; in the order of a scope's."""
    engine = srm.ResonanceEngine(activations, basis)
    engine.first_plane()
    DirectionNames(None if names is None else [str(name) for name in names], engine.n_directions)
    if labels is not None:
        as_labels(labels, engine.n_samples)
    return engine


def loaded(data: bytes) -> dict[str, Any]:
    """What NumPy reads from a file, by the page's names; or its refusal."""
    found = np.load(io.BytesIO(data), allow_pickle=False)
    if isinstance(found, np.ndarray):
        return {"activations": found}
    known = {"X": "activations"}
    return {known.get(key, key): found[key] for key in found.files if key in PARTS}


PARTS = "activations", "X", "labels", "basis", "names"


def hostile(seed: int, n: int) -> Iterator[Dropped]:
    """Yield n files that lie, are damaged or hold no activations, and a few that are good."""
    draw = np.random.default_rng(seed)
    makers = list(MAKERS.items())
    for k in range(n):
        kind, make = makers[k % len(makers)]
        name, data = make(draw)
        yield Dropped(kind, name, data)


def _rows(draw: Draw, dtype: str = "<f4") -> np.ndarray:
    n, d = draw.integers(3, 40), draw.integers(2, 9)
    return (9 * draw.standard_normal((n, d))).astype(dtype)


def _lying(draw: Draw) -> tuple[str, bytes]:
    rows = _rows(draw)
    n, d = rows.shape
    shape = draw.choice(
        [
            f"(1000000000, {d})",
            f"({n}, 1000000000)",
            f"(-{n}, {d})",
            f"({n}, -{d})",
            f"({2**62}, {2**62})",
            f"({2**63}, 2)",
            f"({n + 1}, {d})",
            f"({n - 1}, {d})",
            f"({n * d},)",
            "()",
            "(0, 0)",
            f"(0, {d})",
            f"({n}, {d}, 0)",
            f"({n}, {d}.0)",
            f"[{n}, {d}]",
            f"({n}, '{d}')",
            f"({n}, None)",
            f"'({n}, {d})'",
            "(" * 60 + ")" * 60,
            f"({n}, {d}, 1)",
            "(1000000000000, 0)",
        ]
    )
    return "lying.npy", header("'<f4'", "False", str(shape)) + rows.tobytes()


def _typed(draw: Draw) -> tuple[str, bytes]:
    rows = _rows(draw)
    kinds = ["'|O'", "'<c8'", "'<U1'", "'|S4'", "'<M8[s]'", "'|V4'", "'<f3'", "'<i3'", "'f'", "4"]
    kinds += ["'>O'", "'<f16'", "[('a', '<f4')]", "[('a', '<f4', (2,))]", "'<U0'", "'<f0'", "''"]
    kinds += [
        "'float32; import os'",
        "__import__('os')",
        "'<m8'",
        "'|b4'",
        "'<U1000000000'",
        "None",
    ]
    n, d = rows.shape
    return "typed.npy", header(str(draw.choice(kinds)), "False", f"({n}, {d})") + rows.tobytes()


def _header(draw: Draw) -> tuple[str, bytes]:
    good = npy(_rows(draw))
    length = 10 + struct.unpack("<H", good[8:10])[0]
    made: list[Callable[[], bytes]] = [
        lambda: good[:6] + bytes([draw.integers(4, 250), 0]) + good[8:],
        lambda: good[:8] + struct.pack("<H", 65_535) + good[10:],
        lambda: good[: draw.integers(0, length)],
        lambda: good[:10] + bytes(length - 10) + good[length:],
        lambda: good[:10] + good[10:length].replace(b"shape", b"shapE") + good[length:],
        lambda: header("'<f4'", "False", "(2, 2)", more="'shape': (4, 4)") + bytes(64),
        lambda: header("'<f4'", "False", "(2, 2)", more="'more': 1") + bytes(16),
        lambda: header("'<f4'", str(draw.choice(["0", "'no'", "None"])), "(2, 2)") + bytes(16),
        lambda: header("'<f4'", "False", "(2, 2)", version=2).replace(b"}", b"}} #") + bytes(16),
        lambda: b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**32 - 1) + good[10:],
        lambda: good[:10] + draw.bytes(length - 10) + good[length:],
    ]
    return "header.npy", made[draw.integers(len(made))]()


def _cut(draw: Draw) -> tuple[str, bytes]:
    good = npy(_rows(draw))
    if draw.random() < 0.5:
        return "cut.npy", good[: -draw.integers(1, 30)]
    return "long.npy", good + draw.bytes(int(draw.integers(1, 30)))


def _values(draw: Draw) -> tuple[str, bytes]:
    rows = _rows(draw, str(draw.choice(["<f2", "<f4", "<f8", ">f4", ">f8"])))
    bad = draw.choice([np.nan, np.inf, -np.inf], 3)
    rows.flat[draw.integers(rows.size, size=3)] = bad
    return "values.npy", npy(np.asfortranarray(rows) if draw.random() < 0.5 else rows)


def _shaped(draw: Draw) -> tuple[str, bytes]:
    rows = _rows(draw)
    shapes = [(-1,), (-1, 1), (1, *rows.shape), (*rows.shape, 1), (1, -1), (1, 1, 1, -1)]
    shape = shapes[draw.integers(len(shapes))]
    return "shaped.npy", npy(rows.reshape(shape))


def _good(draw: Draw) -> tuple[str, bytes]:
    kinds = ["|b1", "|i1", "|u1", "<i2", ">i2", "<u4", "<i8", ">u8", "<f2", ">f2", "<f4", ">f8"]
    rows = _rows(draw, str(draw.choice(kinds)))
    data = npy(np.asfortranarray(rows) if draw.random() < 0.5 else rows)
    if draw.random() < 0.2:  # whose name says nothing of its kind
        return "good", archive(("activations", data))
    return "good.npy", data


def _beside(draw: Draw) -> tuple[str, bytes]:
    rows = _rows(draw)
    n, d = rows.shape
    own = draw.standard_normal((d + 2, d))
    dead, bad = own.copy(), own.copy()
    dead[draw.integers(len(own))], bad[0, 0] = 0, np.nan
    parts = [
        {"labels": draw.integers(0, 4, n)},
        {"labels": draw.integers(0, 4, n + 1)},
        {"labels": draw.integers(0, 4, (n, 1))},
        {"labels": 1j * draw.standard_normal(n)},
        {"labels": np.array(["no", "sí", "𝔸"])[draw.integers(0, 3, n)]},
        {"labels": np.where(draw.random(n) < 0.5, np.nan, 1.5)},
        {"labels": draw.integers(0, 4, n).astype(">i4")},
        {"basis": own},
        {"basis": dead},
        {"basis": bad},
        {"basis": np.zeros((d, d))},
        {"basis": own[:1]},
        {"basis": own[:, :-1]},
        {"basis": np.eye(d)},
        {"basis": np.ones((3, d))},
        {"basis": own.astype("<c16")},
        {"basis": own[0]},
        {"names": np.array([f"b {k}" for k in range(d)])},
        {"names": np.array(["a", "b", "c"] * 5)},
        {"names": np.arange(d)},
        {"basis": np.eye(d)[: max(2, d - 1)], "labels": np.zeros(n, bool)},
    ]
    key = str(draw.choice(["activations", "X"]))
    return "beside.npz", npz(draw.random() < 0.5, **{key: rows}, **parts[draw.integers(len(parts))])


def _archive(draw: Draw) -> tuple[str, bytes]:
    rows = _rows(draw)
    data = npy(rows)
    good = archive(("activations.npy", data), method=zipfile.ZIP_DEFLATED)
    end = good.rindex(b"PK\x05\x06")
    central = struct.unpack("<I", good[end + 16 : end + 20])[0]

    def changed(at: int, value: bytes) -> bytes:
        return good[:at] + value + good[at + len(value) :]

    made: list[Callable[[], bytes]] = [
        lambda: good[: draw.integers(4, len(good))],
        lambda: changed(central + 8, b"\x01\x00"),
        lambda: changed(central + 10, b"\x0c\x00"),
        lambda: changed(central + 16, draw.bytes(4)),
        lambda: changed(central + 24, struct.pack("<I", 2**31)),
        lambda: changed(central + 24, struct.pack("<I", 10)),
        lambda: changed(central + 42, struct.pack("<I", 2**31)),
        lambda: changed(end + 16, struct.pack("<I", 7)),
        lambda: changed(end + 10, struct.pack("<H", 60_000)),
        lambda: changed(int(draw.integers(45, central - 4)), draw.bytes(3)),
        lambda: archive(("../activations.npy", data)),
        lambda: archive(("activations.npy", b"hello")),
        lambda: archive(("activations.npy", good)),
        lambda: archive(("activations.npy", pickle.dumps(rows))),
        lambda: archive(("x.npy", data), ("y.npy", data)),
        lambda: archive(("activations.npy", bytes(3_000_000)), method=zipfile.ZIP_DEFLATED),
        archive,
        lambda: npz(activations=np.array([{"a": 1}], object)),
        lambda: npz(activations=rows, X=rows),
        lambda: b"PK\x03\x04" + draw.bytes(200),
    ]
    return "archive.npz", made[draw.integers(len(made))]()


def _bytes(draw: Draw) -> tuple[str, bytes]:
    rows = _rows(draw)
    made: list[Callable[[], bytes]] = [
        lambda: pickle.dumps(rows),
        lambda: npy(np.array([rows, None], object), allow_pickle=True),
        lambda: draw.bytes(int(draw.integers(0, 300))),
        lambda: b"",
        lambda: b"\x93NUMPY",
        lambda: b"<html><script>alert(1)</script></html>",
    ]
    return str(draw.choice(["a.npy", "a.npz", "a", "<img src=x>.npy"])), made[
        draw.integers(len(made))
    ]()


def _csv(draw: Draw) -> tuple[str, bytes]:
    rows = _rows(draw)
    lines = [",".join(f"{value:.4g}" for value in row) for row in rows]
    text = "\n".join(lines)
    names = ",".join(f"n{k}" for k in range(rows.shape[1]))
    made: list[bytes] = [
        f"{text},1".encode(),
        f"{text}\n1,2,x".encode(),
        f"{text}\n{lines[0]},{lines[0]}".encode(),
        text.replace(",", ";").replace(".", ",").encode(),
        text.encode("utf-16"),
        text.encode("utf-32"),
        b"\xff" + text.encode(),
        b"",
        b"\n\n \n",
        names.encode(),
        f'"{text}'.encode(),
        f'{lines[0]}\n"{lines[1]}'.encode(),
        (",".join(["1"] * 100_000)).encode(),
        "\n".join(lines).replace(lines[0].split(",")[0], "nan", 1).encode(),
        "\n".join(["1"] * 9).encode(),
        f",{names}\n{text}".encode(),
        f"label,label\n{text}".encode(),
        text.encode() + b"\x00",
        text.replace("\n", "\r").encode(),
        text.replace(",", "|").encode(),
        text.replace(",", "0x1p3,", 1).encode(),
        text.replace(",", "_1,", 1).encode(),
    ]
    return "table.csv", made[draw.integers(len(made))]


MAKERS: dict[str, Callable[[Draw], tuple[str, bytes]]] = {
    "lying": _lying,
    "typed": _typed,
    "header": _header,
    "cut": _cut,
    "values": _values,
    "shaped": _shaped,
    "good": _good,
    "beside": _beside,
    "archive": _archive,
    "bytes": _bytes,
    "csv": _csv,
    "lying again": _lying,
    "archive again": _archive,
}
