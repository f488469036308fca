"""One plane: its arcs, its curve and its beam."""
