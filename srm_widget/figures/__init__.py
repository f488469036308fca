"""Matplotlib pictures, made from results alone."""
