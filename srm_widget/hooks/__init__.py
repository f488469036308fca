"""Activations taken from a running model."""
