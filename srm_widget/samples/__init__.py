"""Activations checked, normalised, stored and projected, and their labels."""
