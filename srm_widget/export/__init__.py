"""Export of a scope: HTML pages, and the activations that they hold."""
