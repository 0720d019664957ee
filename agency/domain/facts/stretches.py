"""Cover a time with what is known of it, without gap or overlap."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

# A dataclass with `starts_at` and `ends_at`.
_S = TypeVar("_S", bound=Any)


def cover(stretches: Iterable[_S], begin: datetime, end: datetime, gap: Callable[[datetime, datetime], _S]) -> list[_S]:
    """Cover the time from `begin` to `end` with these stretches, in order and cut to it.

    Args:
        gap: makes a stretch of what they leave open.

    Raises:
        ValueError: two of the stretches overlap.
    """
    covered: list[_S] = []
    reached = begin
    for stretch in sorted(stretches, key=lambda stretch: (stretch.starts_at, stretch.ends_at)):
        starts_at, ends_at = max(stretch.starts_at, begin), min(stretch.ends_at, end)
        if starts_at >= ends_at:
            continue
        if starts_at < reached:
            raise ValueError(f"two stretches overlap at {starts_at}")
        if starts_at > reached:
            covered.append(gap(reached, starts_at))
        covered.append(replace(stretch, starts_at=starts_at, ends_at=ends_at))
        reached = ends_at
    if reached < end:
        covered.append(gap(reached, end))
    return covered
