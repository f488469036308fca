"""Integer counts of a stream, which add up."""
