"""Scopes of the gallery, each frozen as its page needs it."""

from collections.abc import Iterator


def scopes() -> Iterator[tuple[str, str]]:
    """Names of the scopes, and what their pages hold of them: JSON, as saved pages have it."""
    yield from ()
