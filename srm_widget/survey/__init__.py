"""All planes and all directions at once."""
