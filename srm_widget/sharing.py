"""The scope outside its notebook: as a figure, and in files."""

from srm_widget.drawing import Drawing


class Sharing(Drawing):
    """A drawing that can be taken elsewhere."""
