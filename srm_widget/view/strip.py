"""The strip: what the first samples inside the spotlight look like."""

from typing import Any

from srm_widget.engine.counted import Source
from srm_widget.plane.beam import Beam
from srm_widget.view.legend import Legend
from srm_widget.view.sample_previews import Exhibits

MOST_SHOWN = 24


def strip(
    exhibits: Exhibits,
    engine: Source,
    pair: tuple[int, int],
    beam: Beam,
    legend: Legend | None,
) -> tuple[list[dict[str, Any]], bytes]:
    """Items of the strip by falling cosine, and the bytes of its images one after another.

    Parameters
    ----------
    exhibits
        The samples.
    engine
        Of the activations.
    pair
        The plane.
    beam
        Inside the spotlight.
    legend
        Classes, if there are any.
    """
    rows = beam.indices[:MOST_SHOWN]
    places = engine.coordinates(*pair, rows)
    items, images = [], []
    for row, cosine, at in zip(rows.tolist(), beam.cosines.tolist(), places.tolist(), strict=False):
        exhibit = exhibits.of(row)
        label, group = (None, None) if legend is None else legend.of_row(row)
        images.append(exhibit.data)
        items.append(
            {
                "index": row,
                "label": label,
                "group": group,
                "cosine": cosine,
                "at": at,
                "kind": exhibit.kind,
                "text": exhibit.text,
                "mime": exhibit.mime,
                "bytes": len(exhibit.data),
                "width": exhibit.width,
                "height": exhibit.height,
            }
        )
    return items, b"".join(images)
