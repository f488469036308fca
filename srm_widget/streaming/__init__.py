"""Integer counts of a stream of activations, which add up over batches and processes."""
