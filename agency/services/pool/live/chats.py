"""The chats of all companies that live now, as a manager sees them: facts of the pool, never a word of a chat."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db.models import (
    Case,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from agency.domain.pool import reasons, routing
from agency.domain.pool.reasons import PoolReason
from agency.domain.pool.refusals import Crowd
from agency.domain.promise import sla
from agency.models import Assignment, PoolEntry
from agency.services.pool import queue
from agency.services.pool.refusal_counts import list_crowds
from tenants.models import Site

State = PoolEntry.State
WAITING = (State.WAITING, State.OFFERED)
HELD = (State.OPEN, State.WRAP_UP)
# Chats that one page shows at most. The number of all is counted by `live/version.py`.
SHOWN_WAITING, SHOWN_HELD, SHOWN_BOUNCES = 300, 25, 3

# Stages of a held chat, the most pressing first.
Turn = Literal["open", "first", "answer", "visitor", "wrap_up", "moving"]


@dataclass(frozen=True, slots=True)
class Bounce:
    """Somebody let the chat go: who, and why."""

    name: str
    reason: PoolReason


@dataclass(frozen=True, slots=True)
class LiveLine:
    """One unfinished chat.

    Args:
        since: when it arrived; when it closed where it is wrapped up.
        operator: the name of who holds it, or whom it rings at; "" for nobody. `asked`: only whom it rings at.
        crowd: who is here for it, of a chat that waits and doesn't ring.
        bounced: who let it go last, the first first, at most 3; of waiting chats only. `passed_on` counts all of them.
    """

    chat_id: UUID
    company_id: UUID
    company: str
    monogram: str
    site: str
    language: str
    state: str
    operator_id: UUID | None
    asked_id: UUID | None
    operator: str
    asked: str
    arrived_at: datetime
    promise_seconds: int
    answered_at: datetime | None
    since: datetime
    turn: str
    turn_at: datetime
    transfer: str
    called_at: datetime | None
    bounces: int
    at_head: bool
    crowd: Crowd | None = None
    bounced: tuple[Bounce, ...] = ()
    passed_on: int = 0

    @property
    def due_at(self) -> datetime:
        """When its promise ends."""
        return self.arrived_at + timedelta(seconds=self.promise_seconds)

    def urgency(self, now: datetime) -> sla.Urgency:
        """How pressing its first answer is, or was when it came."""
        promise = sla.PromiseTerms(self.promise_seconds)
        return sla.urgency(promise, self.arrived_at, self.answered_at or now)


def list_queue(now: datetime) -> list[LiveLine]:
    """List the chats that nobody has, in the order in which they are offered, at most 300. Three queries at most."""
    rows = _lines(PoolEntry.objects.filter(state__in=WAITING).order_by("arrived_at"))
    lines = {row["chat_id"]: row for row in rows[:SHOWN_WAITING]}
    asking = {row["company_id"] for row in lines.values() if row["state"] == State.WAITING}
    crowds = list_crowds(asking, now) if asking else {}
    bounced = _list_bounces(lines.values())
    shown = []
    for entry in routing.order(map(_place, lines.values()), now):
        row, gone = lines[entry.chat_id], bounced[entry.chat_id]
        crowd = None
        if row["state"] == State.WAITING:
            crowd = crowds[entry.company_id, entry.language]
        shown.append(_line(row, crowd=crowd, bounced=_last(gone), passed_on=len(gone)))
    return shown


@dataclass(frozen=True, slots=True)
class LiveChat:
    """Some of the held chats, and the number of all that were asked for. `first` came before these."""

    lines: list[LiveLine]
    total: int
    first: int


def list_held(
    *,
    operator_id: UUID | None = None,
    name: str = "",
    company_id: UUID | None = None,
    turn: Turn | None = None,
    start: int = 0,
) -> LiveChat:
    """Chats that somebody holds, 25 of them: those whose visitor waits for an answer longest first. Three queries.

    Args:
        operator_id: only this one's. `name`: only of operators whose name holds this, in capitals or not.
        company_id: only this company's.
        turn: only those at this; None for all.
        start: how many to leave out.
    """
    asked: dict[str, Any] = {
        "operator": operator_id,
        "operator__public_name__icontains": name,
        "company": company_id,
    }
    rows = PoolEntry.objects.filter(state__in=HELD, **{key: v for key, v in asked.items() if v})
    if turn is not None:
        rows = rows.filter(_TURNS[turn])
    total = rows.count()
    start = min(start, max(0, (total - 1) // SHOWN_HELD * SHOWN_HELD))
    pressing = Case(
        When(state=State.WRAP_UP, then=Value(2)),
        When(turn="visitor", then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    # Which they are first: what is shown of each comes from four tables, and 2,200 would be joined to sort them.
    ids = rows.order_by(pressing, "turn_at", "chat_id").values_list("pk", flat=True)
    page = list(ids[start : start + SHOWN_HELD])
    lines = {row["chat_id"]: _line(row) for row in _lines(PoolEntry.objects.filter(pk__in=page))}
    return LiveChat([lines[pk] for pk in page if pk in lines], total, start)


_TURNS: Mapping[Turn, Q] = {
    "open": Q(state=State.OPEN),
    "first": Q(state=State.OPEN, turn="operator", first_human_at=None),
    "answer": Q(state=State.OPEN, turn="operator"),
    "visitor": Q(state=State.OPEN, turn="visitor"),
    "wrap_up": Q(state=State.WRAP_UP),
    "moving": ~Q(transfer=""),
}


def find_line(chat_id: UUID) -> LiveLine | None:
    """One of them, or None if that chat is over."""
    row = _lines(PoolEntry.objects.filter(pk=chat_id)).first()
    return _line(row) if row is not None else None


def facts_of(row: PoolEntry, bounced: Mapping[UUID, int]) -> routing.Entry:
    """Facts of one waiting chat for the router, read with its company's rule."""
    rule = getattr(row.company, "pool_rule", None)
    limit = rule.load_limit if rule is not None else None
    return queue.facts_of(row, bounced, load_limit=None if limit is None else float(limit))


def find_waiting(chat_id: UUID) -> PoolEntry | None:
    """A chat that waits or rings, with what `facts_of` needs, or None."""
    rows = PoolEntry.objects.select_related("company__pool_rule")
    return rows.filter(pk=chat_id, state__in=WAITING).first()


def _lines(rows: QuerySet[PoolEntry]) -> QuerySet[PoolEntry, dict[str, Any]]:
    """Only the columns a line is made of: a row of models costs five times as much."""
    site = Site.objects.filter(pk=OuterRef("site_id")).values("name")
    lines: QuerySet[PoolEntry, dict[str, Any]] = rows.values(
        *_COLUMNS,
        company_name=F("company__name"),
        monogram=F("company__monogram"),
        site=Subquery(site[:1]),
        asked_id=F("offered_to_id"),
        holder=F("operator__public_name"),
        asked=F("offered_to__public_name"),
        answered_at=F("first_human_at"),
    )
    return lines


_COLUMNS: Sequence[str] = (
    "chat_id",
    "company_id",
    "language",
    "state",
    "operator_id",
    "arrived_at",
    "promise_seconds",
    "turn",
    "turn_at",
    "transfer",
    "called_at",
    "bounces",
    "at_head",
    "wrap_up_at",
)


def _line(row: dict[str, Any], **more: Any) -> LiveLine:
    closed_at = row.pop("wrap_up_at")
    holder, asked = row.pop("holder"), row.pop("asked") or ""
    return LiveLine(
        company=row.pop("company_name"),
        site=row.pop("site") or "",
        operator=holder or asked,
        asked=asked,
        since=closed_at or row["arrived_at"],
        promise_seconds=max(1, row.pop("promise_seconds")),
        **row,
        **more,
    )


def _place(row: Mapping[str, Any]) -> routing.Entry:
    """Return the key of a chat's place in the queue."""
    return routing.Entry(
        chat_id=row["chat_id"],
        company_id=row["company_id"],
        language=row["language"],
        arrived_at=row["arrived_at"],
        promise_seconds=row["promise_seconds"],
        at_head=row["at_head"],
    )


def _list_bounces(rows: Iterable[Mapping[str, Any]]) -> defaultdict[UUID, list[Bounce]]:
    bounces: defaultdict[UUID, list[Bounce]] = defaultdict(list)
    passed = [row["chat_id"] for row in rows if row["bounces"] or row["at_head"]]
    if not passed:
        return bounces
    gone = Assignment.objects.filter(chat_id__in=passed, kind__in=("bounce", "requeue"))
    steps = gone.order_by("fence").values_list("chat_id", "operator__public_name", "code", "facts")
    for chat_id, name, code, facts in steps:
        bounces[chat_id].append(Bounce(name, reasons.read(code, facts)))
    return bounces


def _last(bounced: Sequence[Bounce]) -> tuple[Bounce, ...]:
    """The last few of them, each person and reason once."""
    newest_first = dict.fromkeys(reversed(bounced))
    return tuple(reversed(list(newest_first)[:SHOWN_BOUNCES]))
