"""The day happens: events in order of time, and after each whatever became possible."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from random import Random
from typing import Any
from uuid import UUID

from agency.domain.pool.capacity import LEVEL_CAPACITY, load_limit
from agency.domain.pool.routing import OFFER_SECONDS
from agency.domain.simulation.day import SimulatedChat, draw_chats, share_of_each
from agency.domain.simulation.desks import SimulatedDesk, Used
from agency.domain.simulation.plan import Plan, PolicyName
from agency.domain.simulation.policies import Policy, policy_of
from agency.domain.simulation.team import certify, separate

# Chats of each promise that are ordered first when a slot comes free: of a queue of thousands only the oldest can be
# next.
AHEAD = 16

# When, a number that keeps simultaneous events in the order they were made, what happens, and to what.
_Event = tuple[float, int, Callable[..., None], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class SimulatedOutcome:
    """The results of the chats that count, by arrival, and of the operators' time."""

    chats: list[SimulatedChat]
    spent: Used


def simulate(plan: Plan, policy: PolicyName, *, replication: int = 0) -> SimulatedOutcome:
    """Let one day happen under a policy.

    Args:
        replication: another day of the same plan; each has its own visitors, the same for every policy.

    Raises:
        ValueError: the plan can't give each company an operator.
    """
    chats = draw_chats(plan, replication)
    run = _Run(plan, policy_of(policy, plan), chats, _seat(plan, policy, replication), replication)
    run.go()
    spent = Used()
    for desk in run.desks:
        spent.add(desk.spent)
    return SimulatedOutcome([chat for chat in chats if chat.arrived >= plan.warmup_s], spent)


def _seat(plan: Plan, policy: PolicyName, replication: int) -> list[SimulatedDesk]:
    """The operators with their companies, slots and shifts, in an order that says nothing about their companies."""
    shares = share_of_each(plan.companies, plan.shares)
    stream = Random(f"{plan.seed}/{replication}/team")
    if policy == "silo":
        pools = plan.pools or min(plan.companies, plan.operators)
        team = separate(shares=shares, operators=plan.operators, pools=pools)
    else:
        team = certify(shares=shares, operators=plan.operators, breadth=plan.breadth, stream=stream)
    stream.shuffle(team)
    hours = [shift for shift in plan.crew for _ in range(shift.operators)]
    beginners = round(plan.beginners * plan.operators)
    desks = []
    for number, (companies, shift) in enumerate(zip(team, hours, strict=True)):
        level = "beginner" if number < beginners else "trained"
        desks.append(
            SimulatedDesk(
                number=number,
                operator_id=UUID(int=number + 1),
                companies=frozenset(companies),
                slots=min(plan.concurrency, LEVEL_CAPACITY[level]),
                load_limit=load_limit(level),
                factors=plan.factors,
                starts=shift.start,
                ends=min(shift.end, plan.seconds),
                counted_from=plan.warmup_s,
            )
        )
    return desks


class _Run:
    def __init__(
        self,
        plan: Plan,
        policy: Policy,
        chats: Iterable[SimulatedChat],
        desks: list[SimulatedDesk],
        replication: int,
    ) -> None:
        self.plan = plan
        self.policy = policy
        self.desks = desks
        self.now = 0.0
        self._replication = replication
        # By arrival; offered chats aren't in it.
        self._waiting: list[SimulatedChat] = []
        self._offered: dict[int, SimulatedDesk] = {}
        self._certified: list[list[SimulatedDesk]] = [[] for _ in range(plan.companies)]
        for desk in desks:
            for company in desk.companies:
                self._certified[company].append(desk)
        self._made = 0
        self._events: list[_Event] = []
        for desk in desks:
            self._events.append((desk.starts, self._next(), self._start, (desk,)))
            drain = max(desk.starts, desk.ends - plan.drain_s)
            self._events.append((drain, self._next(), self._drain, (desk,)))
            self._events.append((desk.ends, self._next(), self._stop, (desk,)))
        self._events.extend((chat.arrived, self._next(), self._arrive, (chat,)) for chat in chats)
        heapify(self._events)

    def go(self) -> None:
        """Until nothing more can happen: who is in when the day ends is still helped."""
        events = self._events
        while events:
            self.now, _, happen, facts = heappop(events)
            happen(*facts)

    def _next(self) -> int:
        self._made += 1
        return self._made

    def _at(self, when: float, happen: Callable[..., None], *facts: Any) -> None:
        heappush(self._events, (when, self._next(), happen, facts))

    def _start(self, desk: SimulatedDesk) -> None:
        desk.here = True
        desk.idle_since = desk.changed_at = self.now
        desk.version += 1
        self._fill(desk)

    def _drain(self, desk: SimulatedDesk) -> None:
        desk.draining = True
        desk.version += 1

    def _stop(self, desk: SimulatedDesk) -> None:
        """End of shift: what they have they finish."""
        desk.pass_time(self.now)
        desk.here = self.now >= self.plan.seconds

    def _arrive(self, chat: SimulatedChat) -> None:
        insort(self._waiting, chat, key=_number)
        self._round([chat])
        if chat.answered_at is None and self.plan.patience_s is not None:
            self._at(chat.arrived + chat.patience, self._leave, chat)

    def _leave(self, chat: SimulatedChat) -> None:
        if chat.answered_at is not None:
            return
        chat.left_at = self.now
        desk = self._offered.pop(chat.number, None)
        if desk is None:
            self._unqueue(chat)
            return
        desk.take_back(self.now)
        self._fill(desk)

    def _end(self, desk: SimulatedDesk, pace: int) -> None:
        if desk.pace != pace:
            return
        desk.end_next(self.now)
        self._foresee(desk)
        self._fill(desk)

    def _fill(self, desk: SimulatedDesk) -> None:
        """Offer what waits to an operator who has room again."""
        if not (desk.is_free and self._waiting):
            return
        self._round(self._oldest(desk), freed=desk)
        if desk.is_free and len(self._waiting) > AHEAD:
            self._round([one for one in self._waiting if one.company in desk.companies], freed=desk)

    def _oldest(self, desk: SimulatedDesk) -> list[SimulatedChat]:
        """The oldest chats of each promise that this operator may have: among equal promises every policy keeps that
        order.
        """
        promises = self.plan.promises
        room = dict.fromkeys(promises, AHEAD)
        found = []
        for chat in self._waiting:
            promise = promises[chat.company % len(promises)]
            if chat.company in desk.companies and room[promise]:
                room[promise] -= 1
                found.append(chat)
                if len(found) == AHEAD * len(room):
                    break
        return found

    def _round(self, waiting: list[SimulatedChat], freed: SimulatedDesk | None = None) -> None:
        """Offer these chats in the policy's order. If only `freed` has room, stop once that is used."""
        if not waiting:
            return
        for chat in self.policy.order(waiting, self.now):
            if freed is not None and not freed.is_free:
                return
            desks = self._certified[chat.company]
            if not any(desk.is_free for desk in desks):
                continue
            chosen = self.policy.choose(chat, desks, self.now)
            if chosen is not None:
                self._offer(chat, chosen)

    def _offer(self, chat: SimulatedChat, desk: SimulatedDesk) -> None:
        self._unqueue(chat)
        for other in self._waiting:
            if other.number > chat.number:
                break
            if other.passed_at is None and other.company in desk.companies:
                other.passed_at = self.now
        desk.offer(self.now)
        self._offered[chat.number] = desk
        if self.plan.bounce and self._is_missed(chat):
            self._at(self.now + OFFER_SECONDS, self._lapse, chat, desk)
        elif self.plan.accept_s:
            self._at(self.now + self.plan.accept_s, self._accept, chat, desk)
        else:
            self._accept(chat, desk)

    def _is_missed(self, chat: SimulatedChat) -> bool:
        """Whether this offer is let pass: drawn for the chat's n-th offer, so alike under every policy."""
        drawn = Random(f"{self.plan.seed}/{self._replication}/{chat.number}/{chat.bounces}")
        return drawn.random() < self.plan.bounce

    def _accept(self, chat: SimulatedChat, desk: SimulatedDesk) -> None:
        if self._offered.pop(chat.number, None) is None:
            return
        chat.answered_at = self.now
        desk.begin(chat, self.now)
        self._foresee(desk)

    def _lapse(self, chat: SimulatedChat, desk: SimulatedDesk) -> None:
        if self._offered.pop(chat.number, None) is None:
            return
        chat.bounces += 1
        self.policy.let_pass(chat, desk)
        desk.take_back(self.now)
        insort(self._waiting, chat, key=_number)
        self._round([one for one in self._waiting if one.company in desk.companies])

    def _foresee(self, desk: SimulatedDesk) -> None:
        when = desk.next_end()
        if when is not None:
            self._at(when, self._end, desk, desk.pace)

    def _unqueue(self, chat: SimulatedChat) -> None:
        del self._waiting[bisect_left(self._waiting, chat.number, key=_number)]


def _number(chat: SimulatedChat) -> int:
    return chat.number
