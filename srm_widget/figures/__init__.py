"""Matplotlib figures, drawn from results alone."""
