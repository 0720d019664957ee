"""Which version of a text holds at a moment: a function of the versions and the time, of nothing else."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo


class Dated(NamedTuple):
    """A version with its moments, None where there is none.

    `text`: kind, key and language, which all its versions share. `until`: of a notice.
    """

    text: tuple[str, str, str]
    version: int
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None
    until: datetime | None = None


V = TypeVar("V", bound=Dated)


def in_force(versions: Iterable[V], now: datetime) -> dict[tuple[str, str, str], V]:
    """Return the version of each text that holds now: the highest published one, unless its end has come."""
    newest: dict[tuple[str, str, str], V] = {}
    for one in versions:
        if one.published_at is None or one.published_at > now:
            continue
        if one.withdrawn_at is not None and one.withdrawn_at <= now:
            continue
        if one.text not in newest or newest[one.text].version < one.version:
            newest[one.text] = one
    return {text: one for text, one in newest.items() if one.until is None or one.until > now}


def next_change(versions: Iterable[Dated], now: datetime) -> datetime | None:
    """Return the next moment at which a version begins or ends by itself."""
    moments = [at for one in versions if one.withdrawn_at is None for at in (one.published_at, one.until)]
    return min((at for at in moments if at is not None and at > now), default=None)


def instants_of(wall: datetime, zone: str) -> list[datetime]:
    """Return the instants at which clocks in a zone show this: none or two in a night when they are set, else one."""
    found = []
    for fold in (0, 1):
        at = wall.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)
        if at not in found and at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall:
            found.append(at)
    return found
