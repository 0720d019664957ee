"""The chats of all companies that live now, as a manager sees them: facts of the pool, never a word of a chat."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from agency.domain import routing, sla, waiting
from agency.domain.routing import Candidate
from agency.models import Assignment, PoolEntry
from agency.services import pool, queue
from agency.services.candidates import list_candidates
from tenants.models import Company, Site

State = PoolEntry.State
WAITING = (State.WAITING, State.OFFERED)
# What one page shows at most; its counts are of all.
SHOWN_WAITING, SHOWN_HELD, SHOWN_BOUNCES = 300, 60, 3


@dataclass(frozen=True, slots=True)
class Bounce:
    """Somebody let the chat go: who, and why as the trail has it."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class LiveLine:
    """One unfinished chat.

    Args:
        seconds: since it arrived; since it closed where it is wrapped up.
        left: seconds until its promise ends, negative after it; `passed` is the share that is gone, `urgency` names it.
        late: no person answered within the promise.
        why: why it waits, where it does; None elsewhere.
        bounced: who let it go last, the first first, at most 3; of waiting chats only. `passed_on` counts all of them.
        offer_left: seconds that the offer still rings.
    """

    entry: PoolEntry
    company: Company
    site: str
    state: str
    seconds: float
    left: float
    passed: float
    urgency: sla.Urgency
    late: bool
    operator: str
    why: waiting.Why | None = None
    bounced: tuple[Bounce, ...] = ()
    passed_on: int = 0
    offer_left: int = 0

    @property
    def chat_id(self) -> UUID:
        """The chat's id."""
        return self.entry.pk


@dataclass(frozen=True, slots=True)
class Queue:
    """The chats that nobody has, in the order in which they are offered, and how pressing they are."""

    lines: list[LiveLine]
    total: int
    by_urgency: Mapping[str, int] = field(default_factory=dict)

    @property
    def ringing(self) -> int:
        """How many of those shown ring at somebody."""
        return sum(line.state == State.OFFERED for line in self.lines)

    @property
    def late(self) -> int:
        """Past their promise."""
        return self.by_urgency.get("late", 0)

    @property
    def at_risk(self) -> int:
        """Past 80 % of the promised seconds, or past all of them."""
        return self.by_urgency.get("now", 0) + self.late


def list_queue(now: datetime) -> Queue:
    """The chats that wait or are offered, at most 300 of them; eight queries at most, however many companies there are."""
    entries = _entries().filter(state__in=WAITING).order_by("arrived_at")
    rows = list(entries[:SHOWN_WAITING])
    total = len(rows)
    if total == SHOWN_WAITING:
        total = PoolEntry.objects.filter(state__in=WAITING).count()
    by_id = {row.pk: row for row in rows}
    sites, bounced = _site_names(rows), _list_bounces(rows)
    counted = pool.bounced_by(row.pk for row in rows if row.bounces or row.at_head)
    facts = {row.pk: facts_of(row, counted.get(row.pk, {})) for row in rows}
    certified = _by_company(list_candidates(now, {row.company_id for row in rows}))
    lines = []
    for entry in routing.order(facts.values(), now):
        row = by_id[entry.chat_id]
        why = None
        if row.state == State.WAITING:
            here = certified[row.company_id]
            why = waiting.why(routing.choose(entry, here, now), here)
        lines.append(_line(row, sites, now, why=why, bounced=bounced[row.pk]))
    return Queue(lines, total, Counter(line.urgency for line in lines))


def list_held(now: datetime, *, operator_id: UUID | None = None) -> list[LiveLine]:
    """Chats that somebody holds, at most 60: those whose visitor waits for an answer longest first. Two queries.

    Args:
        operator_id: only this one's; None for all.
    """
    rows = _entries().filter(state__in=(State.OPEN, State.WRAP_UP))
    if operator_id is not None:
        rows = rows.filter(operator=operator_id)
    pressing = Case(
        When(state=State.WRAP_UP, then=Value(2)),
        When(turn="visitor", then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    found = list(rows.order_by(pressing, "turn_at", "chat_id")[:SHOWN_HELD])
    sites = _site_names(found)
    return [_line(row, sites, now) for row in found]


def count_held(*, operator_id: UUID | None = None) -> dict[str, int]:
    """How many chats are open and in wrap-up; one query."""
    rows = PoolEntry.objects.filter(state__in=(State.OPEN, State.WRAP_UP))
    if operator_id is not None:
        rows = rows.filter(operator=operator_id)
    counted = dict(rows.values_list("state").annotate(Count("pk")))
    return {str(state): counted.get(state, 0) for state in (State.OPEN, State.WRAP_UP)}


def find_line(chat_id: UUID, now: datetime) -> LiveLine | None:
    """One of them, or None if that chat is over."""
    row = _entries().filter(pk=chat_id).first()
    return _line(row, _site_names([row]), now) if row is not None else None


def facts_of(row: PoolEntry, bounced: Mapping[UUID, int]) -> routing.Entry:
    """What the router knows of one waiting chat, read with its company's rule."""
    rule = getattr(row.company, "pool_rule", None)
    limit = rule.load_limit if rule is not None else None
    return queue.facts_of(row, bounced, load_limit=None if limit is None else float(limit))


def find_waiting(chat_id: UUID) -> PoolEntry | None:
    """A chat that waits or rings, with what `facts_of` needs, or None."""
    return _entries().filter(pk=chat_id, state__in=WAITING).first()


def _entries() -> QuerySet[PoolEntry]:
    return PoolEntry.objects.select_related("company__pool_rule", "operator", "offered_to")


def _site_names(rows: Iterable[PoolEntry]) -> dict[UUID, str]:
    return dict(Site.objects.filter(pk__in={row.site_id for row in rows}).values_list("pk", "name"))


def _by_company(candidates: Sequence[Candidate]) -> defaultdict[UUID, list[Candidate]]:
    """The certified people of each company who are here: of 400 people a company knows a few."""
    found: defaultdict[UUID, list[Candidate]] = defaultdict(list)
    for one in candidates:
        for company_id in one.certified:
            found[company_id].append(one)
    return found


def _list_bounces(rows: Iterable[PoolEntry]) -> defaultdict[UUID, list[Bounce]]:
    found: defaultdict[UUID, list[Bounce]] = defaultdict(list)
    passed = [row.pk for row in rows if row.bounces or row.at_head]
    gone = Assignment.objects.filter(chat_id__in=passed, kind__in=("bounce", "requeue"))
    steps = gone.order_by("fence").values_list("chat_id", "operator__public_name", "reason")
    for chat_id, name, reason in steps:
        found[chat_id].append(Bounce(name, reason))
    return found


def _last(bounced: Sequence[Bounce]) -> tuple[Bounce, ...]:
    """The last few of them, each person and reason once."""
    newest_first = dict.fromkeys(reversed(bounced))
    return tuple(reversed(list(newest_first)[:SHOWN_BOUNCES]))


def _line(
    row: PoolEntry,
    sites: Mapping[UUID, str],
    now: datetime,
    *,
    why: waiting.Why | None = None,
    bounced: Sequence[Bounce] = (),
) -> LiveLine:
    promise = sla.Promise(max(1, row.promise_seconds))
    answered_at = row.first_human_at or now
    since = row.wrap_up_at or row.arrived_at
    left = sla.seconds_left(promise, row.arrived_at, answered_at)
    holder = row.operator or row.offered_to
    rings_until = row.offer_expires_at
    return LiveLine(
        entry=row,
        company=row.company,
        site=sites.get(row.site_id, ""),
        state=str(row.state),
        seconds=max(0.0, (now - since).total_seconds()),
        left=left,
        passed=min(1.0, 1 - left / promise.seconds),
        urgency=sla.urgency(promise, row.arrived_at, answered_at),
        late=left < 0,
        operator=holder.public_name if holder is not None else "",
        why=why,
        bounced=_last(bounced),
        passed_on=len(bounced),
        offer_left=max(0, round((rings_until - now).total_seconds())) if rings_until else 0,
    )
