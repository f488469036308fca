"""The pictures of docs/guide/, taken of a live scope: ``make readme-pictures``."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.bench.in_lab import jupyterlab

FOLDER = Path(__file__).parents[2] / "notebooks" / "images"

SCOPE = """
import srm_widget as srm
from srm_widget.datasets import digits_autoencoder

trained = digits_autoencoder("tanh")
scope = srm.SRMScope(
    trained.activations, labels=trained.labels, samples=trained.images, pair=(1, 11),
    title="Bottleneck of a tanh autoencoder",
)
scope.highlight = scope.selected[3:6]
scope
"""

TIMELINE = """
import srm_widget as srm
from srm_widget.datasets import digits_autoencoder

timeline = srm.Timeline()

def watch(epoch, activations):
    if epoch % 4 == 0:
        timeline.record(activations, f"epoch {epoch}")

trained = digits_autoencoder("tanh", watch=watch)
scope = srm.SRMScope(
    timeline, labels=trained.labels, samples=trained.images, title="tanh, epoch by epoch"
)
scope
"""

PICTURES = {"scope": (SCOPE, "done"), "timeline": (TIMELINE, "")}
"""By file names: the cell, and the state of the rotation test that it is taken in."""


def main() -> None:
    with jupyterlab(height=1700) as lab:
        for name, (cell, test) in PICTURES.items():
            lab.open([cell])
            lab.run_all()
            lab.kernel.until("scope.survey_state == 'done'")
            if test:
                lab.page.get_by_role("button", name="Test alignment against turned bases").click()
                lab.kernel.until(f"scope._test_frame.get('state') == {test!r}")
            else:
                lab.kernel.until("len(scope._course_ensemble) == 4 * 51")
                lab.kernel.until("scope._null_frame.get('state') == 'done'")
            lab.page.mouse.move(0, 0)
            lab.wait_idle()
            expect(lab.page.locator(".srm-strip img, .srm-strip canvas").first).to_be_visible()
            lab.page.locator(".srm-scope").first.screenshot(path=FOLDER / f"{name}.png")
            print(f"{name}: {FOLDER / name}.png")


if __name__ == "__main__":
    main()
