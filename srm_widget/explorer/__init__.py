"""The explorer: a scope with bqplot figures beside it."""
