"""What the built page gives away: pictures, a table, and help."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Locator, Page, expect

import srm_widget as srm
from tests.browser.fake import Scope, small

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
LABELS = [["cat", "dog", '"owl", =1+1'][k % 3] for k in range(300)]

# Room around the picture in a saved file, px.
PAD = 16

LAYERS: dict[str, dict[str, Any]] = {
    "points": {"theta": 0.5, "highlight": [1, 2, 3]},
    "classes": {"labels": LABELS, "by_class": True, "theta": 2.0, "hidden_classes": [0]},
    "density": {"cloud": "density", "theta": 2.0},
    "ratio": {"cloud": "ratio", "theta": 4.0},
    "all planes": {"cloud": "ratio", "cloud_of": "all", "theta": 4.0},
    "signed": {"signed": True, "theta": 5.0},
}
# Areas, pictures and dashes: what is drawn by other means in another browser.
DRAWN_OTHERWISE = "classes", "density", "signed"
each_layer = pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.firefox] * (name in DRAWN_OTHERWISE))
        for name in LAYERS
    ],
)

Pixels = NDArray[np.float64]


def item(view: Locator, kind: str) -> Locator:
    return view.get_by_role("menuitem", name=f"({kind})")


def saved(page: Page, kind: str, view: Locator | None = None) -> tuple[str, bytes]:
    """Name and contents of the file of that kind."""
    scope = view or page.locator(".srm-scope").first
    scope.get_by_role("button", name="Save", exact=True).click()
    with page.expect_download() as started:
        item(scope, kind).click()
    download = started.value
    contents = Path(download.path()).read_bytes()
    download.delete()  # or Firefox calls the next of this name another name
    return download.suggested_filename, contents


def texts(svg: bytes) -> list[str]:
    """What is written in a picture, once each."""
    nodes = ET.fromstring(svg).iter(f"{SVG}text")
    return [node.text or "" for node in nodes if node.get("aria-hidden") is None]


def pixels(png: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), dtype=np.float64)


def drawn(scope: Scope, layer: dict[str, Any], theme: str = "light") -> None:
    """Open a scope and wait for all its pictures."""
    scope.open(small(**layer), theme=theme)
    scope.painted()
    if layer.get("cloud"):
        expect(scope.view().locator("canvas.srm-density-unlit")).to_be_visible()


@pytest.mark.parametrize("name", LAYERS)
def test_a_saved_picture_stands_alone(scope: Scope, name: str) -> None:
    drawn(scope, LAYERS[name])
    file, svg = saved(scope.page, "SVG")
    assert file == "srm-b0-b1.svg"
    root = ET.fromstring(svg)
    ids = {node.get("id") for node in root.iter() if node.get("id")}
    shapes = {"circle", "desc", "g", "image", "line", "path", "rect"}
    for node in root.iter():
        assert node.tag.removeprefix(SVG) in {*shapes, "svg", "text", "title"}
        for attribute, value in node.attrib.items():
            assert attribute not in {"class", "style"}
            if attribute == XLINK:
                assert value.startswith("data:image/png;base64,")
                continue  # what letters a picture comes to is chance
            assert not re.search(r"var\(|color-mix|oklab|rgba?\(|%|NaN|undefined", value)
            for reference in re.findall(r"url\((.*)\)", value):
                assert reference.removeprefix("#") in ids
        # Hatched, dashed or plain: every shape has a colour of its own, black by chance for none.
        if node.tag == f"{SVG}path":
            assert node.get("fill")
    assert sum("stroke-dasharray" in node.attrib for node in root.iter()) >= 3
    described = root.findtext(f"{SVG}desc") or ""
    assert described.startswith("Plane b0 ∧ b1: spotlight at ")
    assert (root.findtext(f"{SVG}title") or "") == "b0 · b1"
    rests = "6 planes laid over one another: " in " ".join(texts(svg))
    assert rests is (name == "all planes")


@each_layer
def test_a_saved_picture_looks_as_the_scope_does(scope: Scope, name: str) -> None:
    for theme in ("light", "dark"):
        drawn(scope, LAYERS[name], theme)
        looks_as_the_scope_does(scope)


def looks_as_the_scope_does(scope: Scope) -> None:
    _, svg = saved(scope.page, "SVG")
    polar = scope.view().locator(".srm-polar")
    box = polar.bounding_box()
    assert box
    scope.page.mouse.move(0, 0)
    before = pixels(scope.page.screenshot(clip=box))
    scope.page.evaluate(
        """async ([svg, left, top]) => {
            const image = document.body.appendChild(new Image());
            image.style = `position: fixed; left: ${left}px; top: ${top}px; z-index: 9`;
            image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
            await image.decode();
        }""",
        [svg.decode(), box["x"] - PAD, box["y"] - PAD],
    )
    after = pixels(scope.page.screenshot(clip=box))
    off = np.abs(before - after).max(axis=2)
    # Edges may be smoothed in other ways.
    assert (off > 48).mean() < 0.004
    assert off.mean() < 1.5
    assert np.ptp(before) > 100


def test_the_picture_says_what_it_shows(scope: Scope) -> None:
    names = ["cat\u202e <b>", "ear", "x", "y"]
    labels = ["tabby", "tom", "stray"] * 100
    layer = {"names": names, "labels": labels, "by_class": True, "hidden_classes": [1]}
    done = "centred on the mean · 12 samples shorter than 0.1 count as zeros"
    drawn(scope, {**layer, "title": "layer & 3", "theta": 1.0, "preparation": done})
    frame = scope.trait("_frame")
    file, svg = saved(scope.page, "SVG")
    assert file == "srm-cat-b-ear.svg"
    written = texts(svg)
    assert "layer & 3" in written
    assert "cat <b> ∧ ear" in written
    assert "ε = 0.70 · θ = 57.3° ±\u00a046°" in written
    assert done in " ".join(written)  # on one line or two
    inks = {
        node.get("fill-opacity")
        for node in ET.fromstring(svg).iter(f"{SVG}text")
        if node.text in {"+ear", "layer & 3"} and not node.get("aria-hidden")
    }
    assert inks == {"0.87"}  # the host's, in the picture and below it
    lit = f"{frame['n_lit']} of 300 samples lit"
    assert any(each.startswith(lit) for each in written)
    entries = ["resonance f(θ)", "all 6 planes: median, 25–75, 5–95 %", "isotropic", "spotlight"]
    assert written[-6:] == [*entries, "stray", "tom"]


@pytest.mark.firefox
@pytest.mark.parametrize(("width", "scale"), [(360, 3), (900, 2)])
def test_a_png_is_the_same_picture_and_larger(scope: Scope, width: int, scale: int) -> None:
    scope.page.set_viewport_size({"width": width, "height": 800})
    drawn(scope, LAYERS["density"])
    file, png = saved(scope.page, "PNG")
    assert file == "srm-b0-b1.png"
    assert png.startswith(SIGNATURE)
    _, svg = saved(scope.page, "SVG")
    root = ET.fromstring(svg)
    size = [int(root.get(side, "")) for side in ("width", "height")]
    image = Image.open(io.BytesIO(png)).convert("RGB")
    assert list(image.size) == [scale * side for side in size]

    scope.page.set_content(f"<style>body {{ margin: 0 }}</style>{svg.decode().split('?>')[1]}")
    shown = pixels(scope.page.locator("svg").screenshot())
    smaller = np.asarray(image.reduce(scale), dtype=np.float64)
    assert np.abs(smaller - shown).mean() < 3


def test_a_table_is_what_python_gives(scope: Scope) -> None:
    resolution = 90
    layer = small(labels=LABELS, pair=[3, 1], resolution=resolution, signed=True)
    scope.open(layer)
    file, csv = saved(scope.page, "CSV")
    assert file == "srm-b3-b1.csv"
    table = pd.read_csv(io.BytesIO(csv))

    engine = srm.ResonanceEngine(np.array(layer["samples"]), dtype=torch.float64)
    resonance = engine.curve(3, 1, epsilon=0.7, resolution=resolution)
    expected = resonance.to_dataframe()
    pd.testing.assert_frame_equal(table[list(expected)], expected, check_exact=True)
    assert list(table)[: len(expected.columns)] == list(expected)

    classes = engine.class_curves(3, 1, LABELS, epsilon=0.7, resolution=resolution)
    named = [f"count[{name}]" for name in classes.classes]
    assert list(table)[len(expected.columns) :] == named
    for name, counts in zip(named, classes.counts, strict=True):
        np.testing.assert_array_equal(table[name], counts)
    assert not re.search(rb"(^|[\n,])\"?[=+\-@]", csv)


def test_what_is_saved_is_the_curve_on_show_not_the_one_asked_for(scope: Scope) -> None:
    drawn(scope, {"theta": 1.0})
    _, csv = saved(scope.page, "CSV")
    _, svg = saved(scope.page, "SVG")
    chord = scope.view().locator(".srm-chord")
    scope.kernel("kernel.held = true")
    scope.slider("Epsilon").press("Home")
    scope.painted()
    moved = chord.get_attribute("x1")
    assert saved(scope.page, "CSV")[1] == csv
    assert saved(scope.page, "SVG")[1] == svg
    # Here all goes on as if nothing had been saved, and from the first moment.
    scope.button("Save").click()
    with scope.page.expect_download():
        item(scope.view(), "PNG").evaluate(
            """node => {
                node.click();
                window.left = document.querySelector(".srm-chord").getAttribute("x1");
            }"""
        )
    assert scope.page.evaluate("left") == moved == chord.get_attribute("x1")
    expect(scope.view().locator(".srm-curves")).to_have_class(re.compile("srm-pending"))
    assert len(scope.kernel("kernel.requests")) == 1
    scope.kernel("kernel.answer()")
    scope.painted()
    assert saved(scope.page, "SVG")[1] != svg


# How often a click changes the picture and its legends, and how often parts of the root come or go.
CHANGES = """item => {
    const root = item.closest(".srm-scope");
    const [picture, parts] = [1, 2].map(() => new MutationObserver(() => {}));
    const all = { attributes: true, characterData: true, childList: true, subtree: true };
    picture.observe(root.querySelector(".srm-figure"), all);
    parts.observe(root, { childList: true });
    item.click();
    return [picture, parts].map(observer => observer.takeRecords().length);
}"""


def parts(scope: Scope) -> int:
    return int(scope.view().evaluate("root => root.children.length"))


@pytest.mark.parametrize(("kind", "drawings"), [("SVG", 1), ("PNG", 1), ("CSV", 0)])
def test_the_picture_on_show_is_left_alone_while_a_file_is_saved(
    scope: Scope, kind: str, drawings: int
) -> None:
    drawn(scope, {**LAYERS["density"], "labels": LABELS, "by_class": True})
    scope.kernel("kernel.held = true")
    scope.slider("Epsilon").press("Home")
    scope.painted()
    before = parts(scope)
    scope.button("Save").click()
    with scope.page.expect_download():
        changes = item(scope.view(), kind).evaluate(CHANGES)
    assert changes == [0, 2 * drawings]
    assert parts(scope) == before


def test_nothing_is_left_of_a_picture_that_could_not_be_drawn(scope: Scope) -> None:
    drawn(scope, LAYERS["density"])
    before = parts(scope)
    scope.page.evaluate(
        """() => {
            HTMLCanvasElement.prototype.toDataURL = () => { throw new Error("no such picture"); };
        }"""
    )
    scope.button("Save").click()
    assert item(scope.view(), "SVG").evaluate(CHANGES) == [0, 2]
    assert parts(scope) == before
    expect(scope.view().get_by_role("alert")).to_have_text("Not saved: no such picture")


def test_what_belongs_to_other_values_is_left_out(scope: Scope) -> None:
    drawn(scope, {})
    outlines = [
        scope.view().locator(part).get_attribute("d") or ""
        for part in (".srm-points-unlit", ".srm-ensemble-median")
    ]
    _, svg = saved(scope.page, "SVG")
    assert all(outline and outline.encode() in svg for outline in outlines)
    assert "all 6 planes: median, 25–75, 5–95 %" in texts(svg)
    cloud = {**scope.trait("_cloud_frame"), "pair": [2, 3]}
    planes = {**scope.trait("_map_frame"), "epsilon": 0.1}
    scope.page.evaluate(
        "([cloud, planes]) => scope.model.receive({ _cloud_frame: cloud, _map_frame: planes })",
        [cloud, planes],
    )
    scope.painted()
    _, svg = saved(scope.page, "SVG")
    assert not any(outline.encode() in svg for outline in outlines)
    assert not any("planes" in text for text in texts(svg))


def test_a_picture_that_can_not_be_made_is_said(scope: Scope) -> None:
    scope.open(small())
    alert = scope.view().get_by_role("alert")
    scope.page.evaluate("() => { HTMLCanvasElement.prototype.toBlob = (done) => done(null); }")
    scope.button("Save").click()
    item(scope.view(), "PNG").click()
    expect(alert).to_have_text(re.compile(r"^Not saved: expected a PNG of \d+ × \d+ pixels"))
    scope.kernel("kernel.push({ pair: [0, 7] })")
    expect(alert).to_contain_text("expected directions from 0 to 3, got (0, 7) · Not saved: ")
    scope.slider("Epsilon").press("ArrowLeft")
    saved(scope.page, "CSV")
    expect(alert).to_be_hidden()


@pytest.mark.firefox
def test_the_menu_closes_when_something_else_is_pressed(scope: Scope) -> None:
    scope.open(small())
    menu = scope.view().get_by_role("menu")
    scope.button("Save").click()
    expect(menu).to_be_visible()
    scope.page.mouse.click(*scope.place(2.0, 0.8))
    expect(menu).to_be_hidden()
    assert scope.trait("theta") == pytest.approx(2.0, abs=0.02)
    scope.button("Save").click()
    scope.button("Save").click()
    expect(menu).to_be_hidden()


@pytest.mark.parametrize("title", ["", "bottleneck", "layer " * 30])
def test_menu_and_help_fit(scope: Scope, title: str) -> None:
    scope.open(small(title=title, labels=LABELS))
    scope.button("How to read this").click()
    scope.button("Save").click()
    for width in (320, 360, 640, 900):
        scope.resize(width, 700)
        menu_and_help_fit(scope, width)


def menu_and_help_fit(scope: Scope, width: int) -> None:
    assert scope.page.evaluate("document.documentElement.scrollWidth") <= width
    for part in (scope.view().get_by_role("menu"), scope.view().locator(".srm-help")):
        box = part.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    tops = [
        button.evaluate("node => node.getBoundingClientRect().top")
        for button in (scope.button("Save"), scope.button("How to read this"))
    ]
    assert tops[0] == pytest.approx(tops[1], abs=1)


def test_a_download_leaves_nothing_behind(fresh_scope: Scope) -> None:
    scope = fresh_scope
    scope.page.add_init_script(path=Path(__file__).parent / "pages" / "leaks.js")
    scope.page.add_init_script(
        """window.urls = new Set();
        for (const [name, change] of [["createObjectURL", "add"], ["revokeObjectURL", "delete"]]) {
            const original = URL[name].bind(URL);
            URL[name] = (value) => {
                const result = original(value);
                window.urls[change](result ?? value);
                return result;
            };
        }"""
    )
    scope.open(small())
    saved(scope.page, "CSV")
    assert scope.page.evaluate("urls.size") == 1
    scope.button("Save").click()
    scope.page.evaluate("scope.views[0].removal.abort(), scope.closing.abort()")
    assert scope.page.evaluate("urls.size") == 0
    nothing = {"observers": 0, "timers": 0, "frames": 0, "listeners": 0}
    assert scope.page.evaluate("leftover()") == nothing


POLICY = (
    "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
)
PAGE = """<!doctype html>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<style>{style}</style>
<body>
<script type="module">
{model}
{widget}
const state = {state};
const bytes = (each) => (each?.bytes ? new DataView(Uint8Array.from(each.bytes).buffer) : each);
for (const name of Object.keys(state)) state[name] = bytes(state[name]);
const model = new Model(state, () => {{}});
const {{ signal }} = new AbortController();
const definition = widget();
definition.initialize({{ model: model.proxy(), signal }});
definition.render({{ model: model.proxy(), el: document.body, signal }});
</script>
"""
STATE = """JSON.stringify(scope.kernel.state(), (_, value) =>
    value instanceof DataView ? { bytes: [...new Uint8Array(value.buffer)] } : value
).replaceAll("<", "\\\\u003c")"""


@pytest.fixture
def frozen(scope: Scope, tmp_path: Path) -> Path:
    """A page of one file, under a strict policy, with a scope whose kernel is gone."""
    drawn(scope, LAYERS["density"])
    root = Path(__file__).parents[2]
    script = (root / "srm_widget/static/scope.js").read_text()
    parts = {
        "policy": POLICY,
        "style": (root / "srm_widget/static/scope.css").read_text(),
        "model": (root / "js/tests/support/model.js").read_text().replace("export ", ""),
        "widget": re.sub(
            r"export\{([\w$]+) as default\b[^}]*\};?\s*$", r"const widget=\1;", script
        ),
        "state": scope.page.evaluate(STATE),
    }
    path = tmp_path / "page.html"
    path.write_text(PAGE.format(**parts))
    return path


@pytest.mark.firefox
@pytest.mark.parametrize("sandboxed", [False, True])
def test_files_come_from_a_page_without_origin_under_a_strict_policy(
    page: Page, frozen: Path, sandboxed: bool
) -> None:
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    host = frozen.with_name("host.html")
    host.write_text('<iframe sandbox="allow-scripts allow-downloads" src="page.html" height=900>')
    page.goto((host if sandboxed else frozen).as_uri())
    frame = page.frames[-1]
    assert (frame == page.main_frame) is not sandboxed
    view = frame.locator(".srm-scope")
    assert frame.evaluate("self.origin") == "null"
    _, svg = saved(page, "SVG", view)
    assert len(list(ET.fromstring(svg).iter(f"{SVG}image"))) == 3
    _, png = saved(page, "PNG", view)
    assert np.ptp(pixels(png)) > 100
    _, csv = saved(page, "CSV", view)
    assert csv.startswith(b"i,j,angle,count,value\r\n0,1,0,")
    expect(view.get_by_role("alert")).to_be_hidden()
    assert problems == []
