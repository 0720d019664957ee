"""The rows of the pool's page as they are written: words, looks and numbers, nothing left to decide."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agency.models import Seat
from agency.services.livelist import LiveLine
from agency.services.presence import LEASE
from agency.services.seatlist import SeatLine
from agency.templatetags.amounts import seconds as written_seconds
from chat.views.pool_words import why_waiting
from tenants.models import Company

_STATES = {"calm": "u0", "attention": "u50", "now": "u80", "late": "u100"}


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A waiting chat: what stands in its arc, how full that is, and why it waits."""

    line: LiveLine
    state: str
    clock: str
    spoken: str
    percent: int
    why: str


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A chat that somebody holds."""

    line: LiveLine
    look: str
    state: str
    more: str


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A desk. `more` says since when or why it stands as it does; `drain` is what can be done about new chats."""

    id: UUID
    name: str
    level: str
    standing: str
    look: str
    more: str
    used: int
    capacity: int
    slots: str
    load: str
    chats: tuple[tuple[Company, int], ...]
    shift: str
    heard: str
    is_silent: bool
    drain: str


def queue_rows(lines: Iterable[LiveLine], names: Mapping[UUID, str]) -> list[QueueRow]:
    """Each waiting chat, in order.

    Args:
        names: of everybody who is here, by operator.
    """
    return [
        QueueRow(
            line=line,
            state=_STATES[line.urgency],
            clock=_clock(line.left),
            spoken=_spoken(line.left),
            percent=round(line.passed * 100),
            why=why_waiting(line, names),
        )
        for line in lines
    ]


def held_rows(lines: Iterable[LiveLine], now: datetime) -> list[HeldRow]:
    """Each chat that somebody holds."""
    return [_held_row(line, now) for line in lines]


def seat_rows(lines: Iterable[SeatLine], now: datetime) -> list[SeatRow]:
    """Each desk."""
    return [_seat_row(line, now) for line in lines]


def _clock(left: float) -> str:
    """Seconds left, or `+0:03` past the promise."""
    if left >= 0:
        return str(int(left) + (left % 1 > 0))
    minutes, seconds = divmod(int(-left), 60)
    return f"+{minutes}:{seconds:02}"


def _spoken(left: float) -> str:
    if left >= 0:
        n = int(left) + (left % 1 > 0)
        return ngettext("{n} second to the promise", "{n} seconds to the promise", n).format(n=n)
    n = int(-left)
    return ngettext("{n} second past the promise", "{n} seconds past the promise", n).format(n=n)


def _held_row(line: LiveLine, now: datetime) -> HeldRow:
    entry = line.entry
    if entry.transfer and entry.offered_to is not None:
        rings = _("rings at {name}").format(name=entry.offered_to.public_name)
        return HeldRow(line, "chip--info", _("being moved"), rings)
    if line.state == "wrap_up":
        return HeldRow(line, "", _("wrapping up"), "")
    quiet = written_seconds(int(max(0.0, (now - entry.turn_at).total_seconds())))
    if entry.turn == "visitor":
        return HeldRow(line, "chip--ok", _("visitor's turn"), quiet)
    if entry.first_human_at is None:
        look = {"late": "chip--late", "now": "chip--u80"}.get(line.urgency, "chip--u50")
        return HeldRow(line, look, _("no answer yet"), quiet)
    return HeldRow(line, "chip--u50", _("waits for an answer"), quiet)


def _seat_row(line: SeatLine, now: datetime) -> SeatRow:
    seat, operator = line.seat, line.operator
    standing, look, more = _standing(line, now)
    level = operator.get_level_display()
    return SeatRow(
        id=seat.pk,
        name=operator.public_name,
        level=f"{level}, {_('lead')}" if operator.is_lead else level,
        standing=standing,
        look=look,
        more=more,
        used=seat.used,
        capacity=seat.capacity,
        slots=_("{used} of {of}").format(used=seat.used, of=seat.capacity),
        load=str(formats.number_format(line.load, decimal_pos=1)),
        chats=line.chats,
        shift=_time(seat.shift_ends_at) if seat.shift_ends_at else _("none"),
        heard=_("{n} s").format(n=int(line.renewed)),
        is_silent=line.standing in ("silent", "lost"),
        drain=_("New chats again") if seat.draining else _("No new chats"),
    )


def _standing(line: SeatLine, now: datetime) -> tuple[str, str, str]:
    """What a desk does, its look, and since when or why."""
    seat = line.seat
    if line.standing == "lost":
        return _("connection lost"), "chip--u100", _("its chats go to colleagues")
    if line.standing == "silent":
        left = max(0, round(LEASE.total_seconds() - line.renewed))
        gone = _("in {n} s its chats go to colleagues").format(n=left)
        return _("silent"), "chip--u80", gone
    if line.standing == "paused":
        since = _("since {at}").format(at=_time(seat.paused_at)) if seat.paused_at else ""
        more = ", ".join(part for part in (seat.pause_reason, since) if part)
        return _("break"), "chip--u50", more
    if line.standing == "draining":
        return _("no new chats"), "chip--info", _why_draining(seat)
    if line.standing == "full":
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
