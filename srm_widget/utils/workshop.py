"""What is made in short steps, and kept under a name until something else is wanted there."""

from collections.abc import Callable, Generator
from typing import Any, TypeVar

Made = TypeVar("Made")
Steps = Generator[Any, None, Made]


class Workshop:
    """Keeps what was made last under each name, and goes on with what was begun.

    Whoever wants the same once more, though not the whole of what it was begun for, finds it where
    it was left.
    """

    def __init__(self) -> None:
        self._made: dict[str, tuple[object, Any]] = {}
        self._begun: dict[str, tuple[object, Steps[Any]]] = {}

    def has(self, name: str, key: object) -> bool:
        """Whether it is what was made last under `name`."""
        return name in self._made and self._made[name][0] == key

    def made(self, name: str, key: object) -> Any:
        """What was made last under `name`, if that was for `key`; else None."""
        return self._made[name][1] if self.has(name, key) else None

    def steps(self, name: str, key: object, begin: Callable[[], Steps[Made]]) -> Steps[Made]:
        """Make what `begin` begins, unless it is there; yields what its steps yield."""
        while not self.has(name, key):
            if name not in self._begun or self._begun[name][0] != key:
                self._begun[name] = key, begin()
            _, steps = self._begun[name]
            try:
                step = next(steps)
            except BaseException as end:
                self._begun.pop(name, None)
                if not isinstance(end, StopIteration):
                    raise
                self._made[name] = key, end.value
            else:
                yield step
        made: Made = self._made[name][1]
        return made

    def once(self, name: str, key: object, make: Callable[[], Made]) -> Made:
        """What was made last under `name`, made anew if `key` differs."""
        if not self.has(name, key):
            self._made[name] = key, make()
        made: Made = self._made[name][1]
        return made


def finish(steps: Generator[Any, None, Made]) -> Made:
    """Take all steps; what they return in the end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            made: Made = end.value
            return made
