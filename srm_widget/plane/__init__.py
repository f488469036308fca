"""One plane: its arcs, its curve, its beam and its density."""
