"""The chats of all companies that live now, as a manager sees them: facts of the pool, never a word of a chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agency.domain.routing import Candidate
from agency.models import PoolEntry
from agency.services.candidates import list_candidates
from tenants.models import Company, Site

_SHOWN = 500


@dataclass(frozen=True, slots=True)
class LiveLine:
    """One unfinished chat. `seconds`: since it arrived, or since it closed where it is wrapped up.

    `why` says why nobody has it yet: nobody (no certified operator is here), away (all who are take a break or end their
    shift), full, or soon (the next round offers it); empty where it doesn't wait.
    """

    chat_id: UUID
    company: Company
    site: str
    state: str
    arrived_at: datetime
    seconds: float
    late: bool
    bounces: int
    operator: str
    why: str


def list_live(now: datetime) -> list[LiveLine]:
    """Every unfinished chat: those without an answer first, each group the oldest first; at most 500. Six queries."""
    rows = PoolEntry.objects.select_related("company", "operator", "offered_to")
    entries = list(rows.order_by("arrived_at")[:_SHOWN])
    sites = dict(
        Site.objects.filter(pk__in={entry.site_id for entry in entries}).values_list("pk", "name")
    )
    candidates = list_candidates(now)
    lines = [_line(entry, sites.get(entry.site_id, ""), candidates, now) for entry in entries]
    return sorted(lines, key=lambda line: _ORDER[line.state])


def find_line(chat_id: UUID, now: datetime) -> LiveLine | None:
    """One of them, or None if that chat is over."""
    entry = (
        PoolEntry.objects.select_related("company", "operator", "offered_to")
        .filter(pk=chat_id)
        .first()
    )
    if entry is None:
        return None
    site = Site.objects.filter(pk=entry.site_id).values_list("name", flat=True).first()
    return _line(entry, site or "", list_candidates(now), now)


_ORDER = {state: place for place, state in enumerate(("waiting", "offered", "open", "wrap_up"))}


def _line(entry: PoolEntry, site: str, candidates: Sequence[Candidate], now: datetime) -> LiveLine:
    since = entry.wrap_up_at if entry.wrap_up_at is not None else entry.arrived_at
    answered_at = entry.first_human_at or now
    holder = entry.operator or entry.offered_to
    return LiveLine(
        chat_id=entry.chat_id,
        company=entry.company,
        site=site,
        state=str(entry.state),
        arrived_at=entry.arrived_at,
        seconds=max(0.0, (now - since).total_seconds()),
        late=(answered_at - entry.arrived_at).total_seconds() > entry.promise_seconds,
        bounces=entry.bounces,
        operator=holder.public_name if holder is not None else "",
        why=_why(entry, candidates) if entry.state == PoolEntry.State.WAITING else "",
    )


def _why(entry: PoolEntry, candidates: Sequence[Candidate]) -> str:
    certified = [
        one
        for one in candidates
        if entry.company_id in one.certified and entry.language in one.languages
    ]
    if not certified:
        return "nobody"
    present = [one for one in certified if not one.paused]
    if not present:
        return "away"
    # A draining operator takes it only where nobody else is left; then it is offered like any other.
    if all(one.used >= one.capacity for one in present):
        return "full"
    return "soon"
