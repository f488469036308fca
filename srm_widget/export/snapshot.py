"""`ScopeSnapshot`: a scope at one moment, as plain data, from which figures and pages are made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from srm_widget.engine.timeline import Timeline
from srm_widget.view.legend import Legend
from srm_widget.view.sample_previews import SamplePreviews


@dataclass(frozen=True, eq=False)
class ScopeSnapshot:
    """What a scope shows at one moment.

    Attributes
    ----------
    timeline
        Timeline behind the scope.
    names
        Names of the M directions.
    legend
        Classes, None without labels.
    samples
        Previews of the rows, None without.
    traits
        Values of all traits that the page shares, by name.
    saved
        Those of them that a saved page begins with.
    """

    timeline: Timeline
    names: tuple[str, ...]
    legend: Legend | None
    samples: SamplePreviews | None
    traits: Mapping[str, Any]
    saved: Mapping[str, Any]
