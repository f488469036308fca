"""Activations captured from models."""
