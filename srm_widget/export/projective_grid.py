"""Densities of all planes of several models over steps: as a figure, or as a page."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, SupportsIndex

from srm_widget.concurrency.generators import Progress, reported, run
from srm_widget.engine.projective_grid import GridSpec, Steps, grid_steps
from srm_widget.export.page import checked_target, write_page
from srm_widget.results.projective_grid import ProjectiveGrid
from srm_widget.utils.calls import explained
from srm_widget.utils.text import printable
from srm_widget.utils.validation import string

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_BINS = 64
"""Bins of a panel: about as many as it has pixels to tell apart."""

_LEAST = 5.0
"""Fewest samples that isotropy would give, for a ratio to be shown."""

_SIZE = 9.0  # inches
_TITLE = "All planes laid over one another"


@explained
def projective_grid(
    models: Any,
    *,
    epsilon: float | str = "auto",
    steps: Steps = None,
    raw: bool = True,
    ratio: bool = False,
    bins: SupportsIndex = _BINS,
    extent: float | None = None,
    least: float = _LEAST,
    size: float = _SIZE,
    progress: Progress = None,
) -> "Figure":
    """Draw the densities of all planes of several models over steps: rows models, columns steps.

    Each panel has the in-plane coordinates of all samples near to a plane, all planes laid over one
    another: `ResonanceEngine.ensemble_density`. ε, bins and colours are the same in all, so that
    they can be compared; beneath a panel stands how many hits it rests on.

    Parameters
    ----------
    models
        ``{"name": timeline, …}``; an engine or activations make a timeline of one step.
    epsilon
        Least in-plane share in [-1, 1]; "auto" is the smallest of the automatic ones of the models'
        last steps, so that none of these is left dark.
    steps
        Positions or labels, which every model has; None is up to six, evenly spaced.
    raw
        Coordinates of the raw activations rather than of their directions.
    ratio
        Show the counts divided by those of isotropic directions, of raw activations of those of the
        same lengths.
    bins
        Of each coordinate.
    extent
        Outermost edges, at plus and minus it; None is what holds all coordinates of all models.
    least
        Where isotropy would give fewer, no ratio is shown.
    size
        Width in inches.
    progress
        True for a progress bar; or a function, called with the share done from 0 to 1.

    Returns
    -------
    matplotlib.figure.Figure
        A notebook shows it without pyplot; `save_projective_grid` writes the same as a page.

    Raises
    ------
    TypeError, ValueError, IndexError
        If `models` is no mapping of names to timelines of activations, or one of them has no such
        step; and as `ResonanceEngine.ensemble_density` does.

    Examples
    --------
    >>> import srm_widget as srm
    >>> models = {"tanh": [[1, 1, 0], [0, 1, 1]], "relu": [[2, 0, 0], [0, 1, 0]]}
    >>> figure = srm.projective_grid(models, epsilon=0.8, bins=8)
    >>> [axes.get_ylabel() for axes in figure.axes[:2]]  # a row a model
    ['tanh', 'relu']
    """
    # Matplotlib takes long to import, and only figures need it.
    from srm_widget.figures.polar_figure import check_size  # noqa: PLC0415
    from srm_widget.figures.projective_figure import projective_figure  # noqa: PLC0415

    check_size(size)
    spec = GridSpec(epsilon, steps, raw, ratio, bins, extent, least)
    return projective_figure(_counted(models, spec, progress), size=size)


@explained
def save_projective_grid(
    path: str | os.PathLike[str],
    models: Any,
    *,
    epsilon: float | str = "auto",
    steps: Steps = None,
    raw: bool = True,
    ratio: bool = False,
    bins: SupportsIndex = _BINS,
    extent: float | None = None,
    least: float = _LEAST,
    title: str = _TITLE,
    progress: Progress = None,
) -> Path:
    """Save what `projective_grid` draws as a page: one HTML file without network and script.

    Light and dark as the reader has it, each panel described in words, and all of them in numbers.

    Parameters
    ----------
    path
        File to write; one that is there is replaced.
    models, epsilon, steps, raw, ratio, bins, extent, least
        As for `projective_grid`.
    title
        Of the page.
    progress
        As for `projective_grid`.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    TypeError, ValueError, IndexError
        As `projective_grid`.

    Examples
    --------
    >>> import srm_widget as srm
    >>> models = {"tanh": [[1, 1, 0], [0, 1, 1]], "relu": [[2, 0, 0], [0, 1, 0]]}
    >>> srm.save_projective_grid("grid.html", models, epsilon=0.8, bins=8).name
    'grid.html'
    """
    from srm_widget.export.projective_page import projective_page  # noqa: PLC0415

    target = checked_target(path)  # before the counting
    given = string("title", title)
    named = printable(given, len(given)) or _TITLE
    spec = GridSpec(epsilon, steps, raw, ratio, bins, extent, least)
    return write_page(target, projective_page(_counted(models, spec, progress), named))


def _counted(models: Any, spec: GridSpec, progress: Progress) -> ProjectiveGrid:
    return run(reported(grid_steps(models, spec), progress, "panels"))
