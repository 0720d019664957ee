"""The rows of the pool's page as they are written: words, looks and numbers, nothing left to decide."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agency.models import Seat
from agency.services.pool.live.chats import LiveLine
from agency.services.pool.live.desks import SeatLine
from agency.services.pool.seats import LEASE
from chat.views.pool.clocks import since, until
from chat.views.pool.query import Asked
from chat.views.pool.words import why_waiting

# Companies named above a long queue.
_SHOWN_IN_TROUBLE = 6


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A waiting chat: its clock, and why it waits. `address` opens its decision, or closes it."""

    id: UUID
    company_id: UUID
    company: str
    monogram: str
    site: str
    language: str
    clock: SafeString
    why: str
    address: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class PoolTrouble:
    """A company that chats wait for: how many, the clock of the one that is due first, where its desks are shown."""

    company_id: UUID
    company: str
    monogram: str
    count: int
    clock: SafeString
    address: str


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A held chat. `quiet` runs since the last words, `age` since it began or ended."""

    line: LiveLine
    look: str
    state: str
    more: str
    quiet: SafeString | str
    age: SafeString


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A desk.

    `chats` are ids, names and monograms of companies, with how many. `more` says since when or why it stands so,
    `unheard` runs since its console fell silent, `drain` is what can be done about new chats, `address` shows its
    chats.
    """

    id: UUID
    name: str
    level: str
    standing: str
    look: str
    more: str
    unheard: SafeString | str
    used: int
    capacity: int
    slots: str
    load: str
    chats: tuple[tuple[UUID, str, str, int], ...]
    shift: str
    drain: str
    address: str


def queue_rows(lines: Iterable[LiveLine], asked: Asked) -> list[QueueRow]:
    """Each waiting chat, in order."""
    elsewhere = replace(asked, opened=None)
    base = elsewhere.address()
    ask = f"{base}chat=" if base == "?" else f"{base}&chat="
    return [_queue_row(line, asked.opened, base, ask) for line in lines]


def _queue_row(line: LiveLine, opened: UUID | None, base: str, ask: str) -> QueueRow:
    is_open = line.chat_id == opened
    return QueueRow(
        id=line.chat_id,
        company_id=line.company_id,
        company=line.company,
        monogram=line.monogram,
        site=line.site,
        language=line.language,
        clock=until(line.due_at, line.promise_seconds),
        why=why_waiting(line),
        address=f"{base if is_open else f'{ask}{line.chat_id}'}#chat-{line.chat_id}",
        is_open=is_open,
    )


def written(template: str, row: QueueRow | SeatRow | HeldRow) -> SafeString:
    """A row as it stands in its list."""
    return _written(get_language(), template, row)


# 250 rows took 60 ms to write of 90 a look; from one look to the next few of them differ.
@lru_cache(maxsize=2_000)
def _written(language: str | None, template: str, row: QueueRow | SeatRow | HeldRow) -> SafeString:
    return render_to_string(template, {"row": row})


def in_trouble(lines: Sequence[LiveLine], asked: Asked) -> tuple[list[PoolTrouble], int]:
    """The companies whose chats' promises end or ended first, at most 6 of them, and how many more there are."""
    counts = Counter(line.company_id for line in lines)
    first: dict[UUID, LiveLine] = {}
    for line in sorted(lines, key=lambda line: (line.due_at, line.chat_id)):
        first.setdefault(line.company_id, line)
    shown = [
        PoolTrouble(
            company_id=line.company_id,
            company=line.company,
            monogram=line.monogram,
            count=counts[line.company_id],
            clock=until(line.due_at, line.promise_seconds),
            address=asked.address(company=line.company_id, desks="", chats="") + "#desks",
        )
        for line in list(first.values())[:_SHOWN_IN_TROUBLE]
    ]
    return shown, len(first) - len(shown)


@dataclass(frozen=True, slots=True)
class Longest:
    """The chat that waits longest: since when, and how that stands against its promise."""

    company: str
    promise_seconds: int
    age: SafeString
    clock: SafeString


def longest_of(lines: Iterable[LiveLine]) -> Longest | None:
    """The waiting chat that arrived first, if any waits."""
    line = min(lines, key=lambda line: line.arrived_at, default=None)
    if line is None:
        return None
    clock = until(line.due_at, line.promise_seconds)
    return Longest(line.company, line.promise_seconds, since(line.arrived_at), clock)


def held_rows(lines: Iterable[LiveLine], now: datetime) -> list[HeldRow]:
    """Each chat that somebody holds."""
    return [_held_row(line, now) for line in lines]


def seat_rows(lines: Iterable[SeatLine], asked: Asked) -> list[SeatRow]:
    """Each desk."""
    return [_seat_row(line, asked) for line in lines]


def _held_row(line: LiveLine, now: datetime) -> HeldRow:
    age, quiet = since(line.since), since(line.turn_at)
    if line.transfer and line.asked:
        rings = _("rings at {name}").format(name=line.asked)
        return HeldRow(line, "chip--info", _("being moved"), rings, "", age)
    if line.state == "wrap_up":
        return HeldRow(line, "", _("wrapping up"), "", "", age)
    if line.turn == "visitor":
        return HeldRow(line, "chip--ok", _("visitor's turn"), "", quiet, age)
    if line.answered_at is None:
        look = {"late": "chip--late", "now": "chip--u80"}.get(line.urgency(now), "chip--u50")
        return HeldRow(line, look, _("no answer yet"), "", quiet, age)
    return HeldRow(line, "chip--u50", _("waits for an answer"), "", quiet, age)


def _seat_row(line: SeatLine, asked: Asked) -> SeatRow:
    desk, seat = line.desk, line.seat
    standing, look, more = _standing(line)
    level = seat.operator.get_level_display()
    missing = desk.standing in ("silent", "lost")
    return SeatRow(
        id=desk.operator_id,
        name=desk.name,
        level=f"{level}, {_('lead')}" if seat.operator.is_lead else level,
        standing=standing,
        look=look,
        more=more,
        unheard=since(desk.heard_at) if missing else "",
        used=desk.used,
        capacity=desk.capacity,
        slots=_("{used} of {of}").format(used=desk.used, of=desk.capacity),
        load=str(formats.number_format(line.load, decimal_pos=1)),
        chats=tuple((one.pk, one.name, one.monogram, n) for one, n in line.chats),
        shift=_time(seat.shift_ends_at) if seat.shift_ends_at else _("none"),
        drain=_("New chats again") if seat.draining else _("No new chats"),
        address=asked.address(person=desk.operator_id, who="", turn="", chats="") + "#held",
    )


def _standing(line: SeatLine) -> tuple[str, str, str]:
    """Say what a desk does, its look, and since when or why."""
    seat, standing = line.seat, line.desk.standing
    if standing == "lost":
        return _("connection lost"), "chip--u100", _("its chats go to colleagues")
    if standing == "silent":
        gone = _("after {n} s its chats go to colleagues")
        return _("silent"), "chip--u80", gone.format(n=int(LEASE.total_seconds()))
    if standing == "paused":
        since = _("since {at}").format(at=_time(seat.paused_at)) if seat.paused_at else ""
        more = ", ".join(part for part in (seat.pause_reason, since) if part)
        return _("break"), "chip--u50", more
    if standing == "draining":
        return _("no new chats"), "chip--info", _why_draining(seat)
    if standing == "full":
        return _("full"), "chip--line", ""
    return _("free"), "chip--ok", ""


def _why_draining(seat: Seat) -> str:
    words = {
        Seat.DrainReason.SHIFT: _("the shift ends"),
        Seat.DrainReason.MANAGER: _("a manager said so"),
        Seat.DrainReason.OWN: _("by their own choice"),
    }
    return words.get(Seat.DrainReason(seat.drain_reason), "") if seat.drain_reason else ""


def _time(at: datetime) -> str:
    return str(formats.date_format(timezone.localtime(at), "H:i"))
