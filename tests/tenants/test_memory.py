"""The memory of a process: bounded, and emptied by one call."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tenants import memory


@dataclass
class Told:
    """Two facts, as a module keeps them."""

    at: float | None = None
    names: list[str] = field(default_factory=list)


@pytest.fixture(autouse=True)
def _apart(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(memory, "_clears", [])
    return


def test_one_call_empties_them_all() -> None:
    kept: set[int] = memory.keep(set())
    bounded: memory.Bounded[str, int] = memory.bounded(2)
    told = memory.facts(Told)
    kept.add(1)
    bounded["a"] = 1
    told.at, names = 1.0, told.names
    told.names.append("alice")
    memory.clear()
    assert (kept, bounded, told) == (set(), {}, Told())
    # A list made anew is nobody else's: a holder of the old one changes nothing.
    names.append("bob")
    assert told.names == []


def test_beyond_its_bound_it_forgets_what_was_written_longest_ago() -> None:
    bounded: memory.Bounded[str, int] = memory.bounded(3)
    for key in ("a", "b", "c"):
        bounded[key] = 1
    assert list(bounded) == ["a", "b", "c"]
    bounded["a"] = 2
    bounded["d"] = 1
    assert bounded == {"c": 1, "a": 2, "d": 1}
