"""Routing: which chat is next, and which operator gets it. Facts in, a choice with its reasons out.

**No chat is passed over for ever.** Chats of a dead console may go before others, but only until a
chat has waited `STARVED_AFTER` seconds beyond its own promise. From that moment `order` puts only
chats before it whose promise ended earlier. A chat that arrives from then on with a promise of s
seconds ends its promise s seconds later still, so all that can ever be served before it are chats
that had begun and were promised an earlier moment: a finite list to which none can be added. It is
offered at the latest after the last of those, as soon as somebody who may have it has a free slot
(`choose` never leaves a chat while one has).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from agency.domain.pool import reasons
from agency.domain.pool.reasons import PoolReason
from agency.domain.promise.sla import PromiseTerms, seconds_left

# After so long an offer that nobody takes is taken back. Half of the default promise (20 s) leaves time for a second
# operator.
OFFER_SECONDS = 10
# For so long before the end of a shift an operator is asked last.
DRAIN_SECONDS = 20 * 60
# Seconds beyond its promise after which nothing but an earlier promise goes before a chat.
STARVED_AFTER = 60
# So many offers let pass, and the lead operators are called.
CALL_AFTER_BOUNCES = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """A chat that waits for somebody.

    Args:
        bounced_by: how often each operator let it pass.
        earlier_operator: who helped this visitor last.
        called: it was let pass so often that the lead operators are called.
        load_limit: the weighted load from which its company has others asked first.
    """

    chat_id: UUID
    company_id: UUID
    language: str
    arrived_at: datetime
    promise_seconds: int
    at_head: bool = False
    bounced_by: Mapping[UUID, int] = field(default_factory=dict, hash=False)
    bounces: int = 0
    earlier_operator: UUID | None = None
    called: bool = False
    load_limit: float | None = None

    @property
    def due_at(self) -> datetime:
        """When its promise ends."""
        return self.arrived_at + timedelta(seconds=self.promise_seconds)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An operator with a seat: what they may do and how busy they are.

    Args:
        certified: ids of the companies they may be offered chats of.
        capacity: slots, whole and hard; `used` of them are taken.
        load: the weighted one; from `load_limit` on others are asked first (None: no limit).
        chat_limits: most chats at once of a company, where the certification sets one.
        chats: chats and offers held of each company, wrap-ups left out; needed for `chat_limits`.
        unread: companies whose newest instruction they haven't read.
        seat_version: of the seat's row that this was read from; the rules don't look at it.
    """

    operator_id: UUID
    certified: frozenset[UUID]
    languages: frozenset[str]
    capacity: int
    used: int
    load: float
    idle_since: datetime
    paused: bool = False
    draining: bool = False
    leased: bool = True
    is_lead: bool = False
    load_limit: float | None = None
    chat_limits: Mapping[UUID, int] = field(default_factory=dict, hash=False)
    chats: Mapping[UUID, int] = field(default_factory=dict, hash=False)
    unread: frozenset[UUID] = frozenset()
    seat_version: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The operator who is offered the chat (None: nobody can be), why, and why each other was not."""

    operator_id: UUID | None
    reasons: tuple[PoolReason, ...]
    refused: dict[UUID, PoolReason]


def order(entries: Iterable[Entry], now: datetime) -> list[Entry]:
    """Put the waiting chats in the order in which they are to be offered.

    First those that waited their promise and `STARVED_AFTER` seconds, the earliest promise first.
    Then chats of a dead console, then all others, each by the seconds left on their own promise.
    Equal ones go by arrival, then by id, so that two dispatchers always agree.
    """

    def key(entry: Entry) -> tuple[bool, bool, datetime, datetime, UUID]:
        starved = is_starved(entry, now)
        behind = not (starved or entry.at_head)
        return (not starved, behind, entry.due_at, entry.arrived_at, entry.chat_id)

    return sorted(entries, key=key)


def is_starved(entry: Entry, now: datetime) -> bool:
    """Whether it waited so long that only an earlier promise goes before it."""
    return now >= entry.due_at + timedelta(seconds=STARVED_AFTER)


def why_next(entry: Entry, now: datetime) -> tuple[PoolReason, ...]:
    """Say what gave a chat its place in the queue."""
    left = round(seconds_left(PromiseTerms(entry.promise_seconds), entry.arrived_at, now))
    clock = reasons.seconds_left(n=left) if left >= 0 else reasons.seconds_late(n=-left)
    if is_starved(entry, now):
        return clock, reasons.starved()
    return (reasons.at_head(), clock) if entry.at_head else (clock,)


def choose(entry: Entry, candidates: Sequence[Candidate], now: datetime) -> Choice:
    """Choose the operator who is offered this chat.

    Among those who may have it, the first by: isn't draining (who is, is the last resort); let it
    pass least often (so that it goes round and never rings at one who ignores it while a colleague
    is free); a lead operator, once they are called; has read the newest instruction; is below the
    soft limit of load; helped this visitor last; lowest weighted load; longest idle; lowest id.
    Every candidate who is not chosen gets a reason.
    """
    refused: dict[UUID, PoolReason] = {}
    possible: list[Candidate] = []
    for candidate in candidates:
        refusal = _refusal(entry, candidate)
        if refusal is None:
            possible.append(candidate)
        else:
            refused[candidate.operator_id] = refusal
    if not possible:
        return Choice(None, (reasons.nobody(), *_tally(refused)), refused)

    ranked = sorted(((_rank(entry, one), one) for one in possible), key=lambda pair: pair[0])
    rank, best = ranked[0]
    for other_rank, other in ranked[1:]:
        refused[other.operator_id] = _why_after(other_rank, other, rank, best, now)
    return Choice(best.operator_id, _reasons(entry, ranked, now), refused)


def _refusal(entry: Entry, candidate: Candidate) -> PoolReason | None:
    """Say why this operator can't be offered the chat now."""
    if not candidate.leased:
        return reasons.no_lease()
    if candidate.paused:
        return reasons.paused()
    if entry.company_id not in candidate.certified:
        return reasons.not_certified()
    if entry.language not in candidate.languages:
        return reasons.no_language(language=entry.language)
    if candidate.used >= candidate.capacity:
        return reasons.full(n=candidate.used, of=candidate.capacity)
    limit = candidate.chat_limits.get(entry.company_id)
    held = candidate.chats.get(entry.company_id, 0)
    if limit is not None and held >= limit:
        return reasons.company_limit(n=held, of=limit)
    return None


# Places in a rank, in the order in which they count.
_DRAINING, _BOUNCED, _LEAD, _UNREAD, _OVER, _EARLIER, _LOAD, _IDLE = range(8)
Rank = tuple[bool, int, bool, bool, bool, bool, float, datetime, UUID]


def _rank(entry: Entry, candidate: Candidate) -> Rank:
    return (
        candidate.draining,
        entry.bounced_by.get(candidate.operator_id, 0),
        entry.called and not candidate.is_lead,
        entry.company_id in candidate.unread,
        candidate.load >= _soft_limit(entry, candidate),
        candidate.operator_id != entry.earlier_operator,
        candidate.load,
        candidate.idle_since,
        candidate.operator_id,
    )


def _soft_limit(entry: Entry, candidate: Candidate) -> float:
    limits = (entry.load_limit, candidate.load_limit)
    return min((limit for limit in limits if limit is not None), default=float("inf"))


def _reasons(entry: Entry, ranked: Sequence[tuple[Rank, Candidate]], now: datetime) -> tuple[PoolReason, ...]:
    """Say why the first of the ranked is chosen, down to the point that decided it."""
    rank, best = ranked[0]
    found = [reasons.certified(), reasons.free(n=best.capacity - best.used, of=best.capacity)]
    if entry.called and best.is_lead:
        found.append(reasons.lead_called(bounces=entry.bounces))
    if not rank[_EARLIER]:
        found.append(reasons.helped_before())
    lightest = all(best.load <= other.load for _, other in ranked)
    found.append(reasons.lowest_load(load=best.load) if lightest else reasons.some_load(load=best.load))
    if len(ranked) > 1 and ranked[1][0][:_IDLE] == rank[:_IDLE]:
        tied = ranked[1][1].idle_since == best.idle_since
        found.append(reasons.lowest_id() if tied else reasons.longest_idle(n=_idle(best, now)))
    if rank[_DRAINING]:
        found.append(reasons.draining_alone())
    if rank[_BOUNCED]:
        found.append(reasons.bounced_alone() if len(ranked) == 1 else reasons.bounced_by_all())
    if rank[_UNREAD]:
        found.append(reasons.unread())
    if rank[_OVER]:
        found.append(reasons.all_at_soft_limit(limit=_soft_limit(entry, best)))
    return tuple(found)


def _why_after(rank: Rank, other: Candidate, best_rank: Rank, best: Candidate, now: datetime) -> PoolReason:
    """Name the first point at which a possible operator lost to the best one."""
    lost_at = next(place for place, value in enumerate(rank) if value != best_rank[place])
    if lost_at == _DRAINING:
        return reasons.draining()
    if lost_at == _BOUNCED:
        return reasons.bounced_more() if best_rank[_BOUNCED] else reasons.bounced()
    if lost_at == _LEAD:
        return reasons.not_lead()
    if lost_at == _UNREAD:
        return reasons.unread()
    if lost_at == _OVER:
        return reasons.at_soft_limit(load=other.load)
    if lost_at == _EARLIER:
        return reasons.another_helped()
    if lost_at == _LOAD:
        return reasons.higher_load(load=other.load, best=best.load)
    if lost_at == _IDLE:
        return reasons.less_idle(n=_idle(other, now), of=_idle(best, now))
    return reasons.higher_id()


def _idle(candidate: Candidate, now: datetime) -> int:
    return max(0, int((now - candidate.idle_since).total_seconds()))


def _tally(refused: dict[UUID, PoolReason]) -> tuple[PoolReason, ...]:
    """Count the refusals by reason, the most frequent first."""

    def key(item: tuple[PoolReason, int]) -> tuple[int, str, tuple[Any, ...]]:
        refusal, count = item
        return -count, refusal.code, tuple(refusal.facts.values())

    counts = sorted(Counter(refused.values()).items(), key=key)
    return tuple(reasons.tally(n=count, why=(refusal,)) for refusal, count in counts)
