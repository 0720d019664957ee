"""Policies that decide who gets which chat. Balie's is `agency.domain.pool.routing` itself, the others are plain
queues.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from agency.domain.pool import capacity, routing
from agency.domain.simulation.day import SimulatedChat, company_id
from agency.domain.simulation.desks import SimulatedDesk
from agency.domain.simulation.plan import Plan, PolicyName

# A day like any other; only differences count.
_BEGIN = datetime(2026, 1, 5, 7, 0, tzinfo=UTC)
_LANGUAGE = "nl"
# One of so many operators is a lead, who is called for a chat that others let pass.
_OPERATORS_A_LEAD = 10
_LANGUAGES = frozenset({_LANGUAGE})


class Policy(Protocol):
    """In which order the waiting chats are tried, and who is offered one."""

    def order(self, waiting: Iterable[SimulatedChat], now: float) -> list[SimulatedChat]:
        """The waiting chats, the next one first."""
        ...

    def choose(self, chat: SimulatedChat, desks: Sequence[SimulatedDesk], now: float) -> SimulatedDesk | None:
        """Return which of these operators, all certified, is offered the chat."""
        ...

    def let_pass(self, chat: SimulatedChat, desk: SimulatedDesk) -> None:
        """This operator let the chat pass."""
        ...


def policy_of(name: PolicyName, plan: Plan) -> Policy:
    """Make a fresh policy for one run. "silo" is Balie's own within each team."""
    if name == "round_robin":
        return RoundRobin()
    if name == "longest_idle":
        return LongestIdle()
    return Balie(plan)


class Balie:
    """The rules of the pool, on facts in the pool's own form."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._entries: dict[int, routing.Entry] = {}
        self._candidates: dict[int, tuple[int, routing.Candidate]] = {}
        self._certified: dict[int, frozenset[UUID]] = {}

    def order(self, waiting: Iterable[SimulatedChat], now: float) -> list[SimulatedChat]:
        """As `routing.order` says."""
        chats = {_chat_id(chat): chat for chat in waiting}
        if len(chats) == 1:
            return list(chats.values())
        entries = routing.order([self._entry(chat) for chat in chats.values()], _moment(now))
        return [chats[entry.chat_id] for entry in entries]

    def choose(self, chat: SimulatedChat, desks: Sequence[SimulatedDesk], now: float) -> SimulatedDesk | None:
        """As `routing.choose` says."""
        candidates = [self._candidate(desk, now) for desk in desks if desk.here]
        choice = routing.choose(self._entry(chat), candidates, _moment(now))
        if choice.operator_id is None:
            return None
        return next(desk for desk in desks if desk.operator_id == choice.operator_id)

    def let_pass(self, chat: SimulatedChat, desk: SimulatedDesk) -> None:
        """Note it in the chat's facts. After two of them the chat is called."""
        entry = self._entry(chat)
        counts = dict(entry.bounced_by)
        counts[desk.operator_id] = counts.get(desk.operator_id, 0) + 1
        self._entries[chat.number] = replace(
            entry,
            bounced_by=counts,
            bounces=entry.bounces + 1,
            called=entry.bounces + 1 >= routing.CALL_AFTER_BOUNCES,
        )

    def _entry(self, chat: SimulatedChat) -> routing.Entry:
        entry = self._entries.get(chat.number)
        if entry is None:
            promises = self.plan.promises
            entry = self._entries[chat.number] = routing.Entry(
                chat_id=_chat_id(chat),
                company_id=company_id(chat.company),
                language=_LANGUAGE,
                arrived_at=_moment(chat.arrived),
                promise_seconds=promises[chat.company % len(promises)],
            )
        return entry

    def _candidate(self, desk: SimulatedDesk, now: float) -> routing.Candidate:
        # Whose turn it is changes with time, but weighs nothing at an empty desk or a full one.
        known = self._candidates.get(desk.number)
        if known is not None and known[0] == desk.version and desk.used in {0, desk.slots}:
            return known[1]
        silent = self.plan.silent
        held = [("open", chat.turn(now, silent)) for chat in desk.chats.values()]
        candidate = routing.Candidate(
            operator_id=desk.operator_id,
            certified=self._companies(desk),
            languages=_LANGUAGES,
            capacity=desk.slots,
            used=desk.used,
            load=capacity.weighted_load(held + [("offered", "operator")] * desk.offers),
            idle_since=_moment(desk.idle_since),
            draining=desk.draining,
            load_limit=desk.load_limit,
            is_lead=desk.number % _OPERATORS_A_LEAD == 0,
        )
        self._candidates[desk.number] = (desk.version, candidate)
        return candidate

    def _companies(self, desk: SimulatedDesk) -> frozenset[UUID]:
        if desk.number not in self._certified:
            self._certified[desk.number] = frozenset(map(company_id, desk.companies))
        return self._certified[desk.number]


class _InOrderOfArrival:
    """A queue that knows no promises. Nobody is asked again while somebody else can be."""

    def __init__(self) -> None:
        self._passes: dict[tuple[int, int], int] = {}

    def order(self, waiting: Iterable[SimulatedChat], _now: float) -> list[SimulatedChat]:
        return sorted(waiting, key=lambda chat: chat.number)

    def let_pass(self, chat: SimulatedChat, desk: SimulatedDesk) -> None:
        self._passes[chat.number, desk.number] = self.passes(chat, desk) + 1

    def passes(self, chat: SimulatedChat, desk: SimulatedDesk) -> int:
        return self._passes.get((chat.number, desk.number), 0)


class RoundRobin(_InOrderOfArrival):
    """Each in turn, whoever is free next after the last one."""

    def __init__(self) -> None:
        super().__init__()
        self._last = -1

    def choose(self, chat: SimulatedChat, desks: Sequence[SimulatedDesk], _now: float) -> SimulatedDesk | None:
        """The next free one after whoever was offered the chat before this."""
        free = [desk for desk in desks if desk.is_free]
        if not free:
            return None

        def turn(desk: SimulatedDesk) -> tuple[int, bool, int]:
            return (self.passes(chat, desk), desk.number <= self._last, desk.number)

        chosen = min(free, key=turn)
        self._last = chosen.number
        return chosen


class LongestIdle(_InOrderOfArrival):
    """The operator who neither got nor ended a chat for the longest time goes first, as call centres do it."""

    def choose(self, chat: SimulatedChat, desks: Sequence[SimulatedDesk], _now: float) -> SimulatedDesk | None:
        """The free one whose last change is the longest ago."""
        free = [desk for desk in desks if desk.is_free]
        if not free:
            return None

        def since(desk: SimulatedDesk) -> tuple[int, float, int]:
            return (self.passes(chat, desk), desk.changed_at, desk.number)

        return min(free, key=since)


def _chat_id(chat: SimulatedChat) -> UUID:
    return UUID(int=chat.number + 1)


def _moment(at: float) -> datetime:
    return _BEGIN + timedelta(seconds=at)
