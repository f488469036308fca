"""Directions, planes and their numbering, angles and arcs."""
