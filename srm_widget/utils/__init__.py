"""Text, validation, arrays, caches and callbacks that every room may use."""
