"""Which chat is next, and who gets it. Facts in; a choice with its reasons out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from agency.domain.sla import Promise, seconds_left


@dataclass(frozen=True, slots=True)
class Entry:
    """A chat that nobody holds; `bounced_by`: how often each operator let it pass."""

    chat_id: UUID
    company_id: UUID
    language: str
    arrived_at: datetime
    promise_seconds: int
    at_head: bool = False
    bounced_by: Mapping[UUID, int] = field(default_factory=dict, hash=False)
    bounces: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An operator with a seat: what they may do and how busy they are.

    `certified` holds company ids; `used` and `capacity` count slots; `load` is the weighted one.
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


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is offered the chat (None: nobody can be), why, and why each other was not."""

    operator_id: UUID | None
    reasons: tuple[str, ...]
    refused: dict[UUID, str]


def order(entries: Iterable[Entry], now: datetime) -> list[Entry]:
    """Put the waiting chats in the order in which they are to be offered.

    Chats of a dead console first, then by the seconds left on each chat's own promise, then by
    arrival, then by id so that two dispatchers always agree.
    """

    def key(entry: Entry) -> tuple[bool, float, datetime, UUID]:
        left = seconds_left(Promise(entry.promise_seconds), entry.arrived_at, now)
        return (not entry.at_head, left, entry.arrived_at, entry.chat_id)

    return sorted(entries, key=key)


def choose(entry: Entry, candidates: Sequence[Candidate], now: datetime) -> Choice:
    """Choose the operator who is offered this chat.

    Among those who may have it: whoever bounced it least, so that it goes round and never rings at
    one who ignores it while a colleague is free; then the lowest weighted load, then the longest
    idle, then the lowest id. Every candidate who is not chosen gets a reason.
    """
    staffed = any(not c.draining and _bar(entry, c) is None for c in candidates)
    refused: dict[UUID, str] = {}
    possible: list[Candidate] = []
    for candidate in candidates:
        reason = _refusal(entry, candidate, staffed=staffed)
        if reason is None:
            possible.append(candidate)
        else:
            refused[candidate.operator_id] = reason
    if not possible:
        return Choice(None, ("nobody possible", *_tally(refused)), refused)

    ranked = sorted(possible, key=lambda candidate: _rank(entry, candidate))
    best = ranked[0]
    for other in ranked[1:]:
        refused[other.operator_id] = _why_after(entry, other, best, now)
    return Choice(best.operator_id, _reasons(entry, ranked, now), refused)


def _bar(entry: Entry, candidate: Candidate) -> str | None:
    """Say why this operator could not have the chat even with every slot free."""
    if not candidate.leased:
        return "no lease"
    if candidate.paused:
        return "paused"
    if entry.company_id not in candidate.certified:
        return "not certified"
    if entry.language not in candidate.languages:
        return f"no language {entry.language}"
    return None


def _refusal(entry: Entry, candidate: Candidate, *, staffed: bool) -> str | None:
    """Say why this operator can't be offered the chat now.

    Args:
        staffed: somebody who isn't draining could have it. Without them a draining operator still
            takes it: a shift that ends must not leave a company alone.
    """
    bar = _bar(entry, candidate)
    if bar is not None:
        return bar
    if candidate.draining and staffed:
        return "draining"
    if candidate.used >= candidate.capacity:
        return f"full {candidate.used}/{candidate.capacity}"
    return None


def _rank(entry: Entry, candidate: Candidate) -> tuple[int, float, datetime, UUID]:
    bounced = entry.bounced_by.get(candidate.operator_id, 0)
    return (bounced, candidate.load, candidate.idle_since, candidate.operator_id)


def _reasons(entry: Entry, ranked: Sequence[Candidate], now: datetime) -> tuple[str, ...]:
    """Say why the first of the ranked is chosen, down to the point that decided it."""
    best = ranked[0]
    reasons = [
        "certified",
        f"free {best.capacity - best.used}/{best.capacity}",
        f"lowest load {best.load:.1f}",
    ]
    if len(ranked) > 1 and _rank(entry, ranked[1])[:2] == _rank(entry, best)[:2]:
        tied = ranked[1].idle_since == best.idle_since
        reasons.append("lowest id" if tied else f"longest idle {_idle(best, now)} s")
    if best.draining:
        reasons.append("draining, nobody else certified")
    if best.operator_id in entry.bounced_by:
        alone = len(ranked) == 1
        reasons.append(f"bounced it, {'nobody else possible' if alone else 'so did all others'}")
    return tuple(reasons)


def _why_after(entry: Entry, other: Candidate, best: Candidate, now: datetime) -> str:
    """Name the first point at which a possible operator lost to the best one."""
    if entry.bounced_by.get(other.operator_id, 0) > entry.bounced_by.get(best.operator_id, 0):
        return "bounced it" if best.operator_id not in entry.bounced_by else "bounced it more often"
    if other.load != best.load:
        return f"load {other.load:.1f} above {best.load:.1f}"
    if other.idle_since != best.idle_since:
        return f"idle {_idle(other, now)} s, best {_idle(best, now)} s"
    return "equal, higher id"


def _idle(candidate: Candidate, now: datetime) -> int:
    return max(0, int((now - candidate.idle_since).total_seconds()))


def _tally(refused: dict[UUID, str]) -> tuple[str, ...]:
    """Count the refusals by reason, the most frequent first: "2 not certified"."""
    counts = Counter(refused.values())
    return tuple(
        f"{count} {reason}"
        for reason, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
