"""Memory of a process beside the database: each memory is declared here, so that one call empties them all.

For what a new process would not know. What a pure function worked out (`lru_cache`) stays true and isn't forgotten;
queues and tasks belong to their event loop and end with it.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from typing import Protocol, TypeVar


class Clearable(Protocol):
    """Anything that can be emptied: a dict, a set, a deque."""

    def clear(self) -> None: ...


K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")
C = TypeVar("C", bound=Clearable)

_clears: list[Callable[[], None]] = []


class Bounded(dict[K, V]):
    """A dict that forgets what was written longest ago once it holds `most`. Reading is a dict's own."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def __setitem__(self, key: K, value: V) -> None:
        self.pop(key, None)
        # Another thread may write at the same time: then one of the two makes room.
        with suppress(RuntimeError, StopIteration):
            while len(self) >= self.most:
                self.pop(next(iter(self)), None)
        super().__setitem__(key, value)


def keep(container: C) -> C:
    """Keep a container whose size something else bounds, such as the number of sites."""
    _clears.append(container.clear)
    return container


def bounded(most: int) -> Bounded[K, V]:
    """Keep a dict of so many entries at most."""
    return keep(Bounded(most))


def facts(kind: type[T]) -> T:
    """Keep the one instance of a dataclass whose fields all have defaults. Emptied, it has those again."""
    one = kind()

    def forget() -> None:
        fresh = kind()
        for field in fields(one):  # type: ignore[arg-type]
            setattr(one, field.name, getattr(fresh, field.name))

    _clears.append(forget)
    return one


def clear() -> None:
    """Know no more than a process that has just begun."""
    for forget in _clears:
        forget()
