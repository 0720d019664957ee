"""Which chats can be charged now, and which wait, so that the ledger doesn't depend on when anything was settled.

A company's chats are judged in order of arrival. One waits while an earlier chat that it could repeat isn't judged: not
finished, not settled, or without a price. Then any order of settling, and any number of sweeps, gives the same
verdicts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from billing.domain.pricing import (
    ChargeFacts,
    ChargeVerdict,
    Rate,
    judge,
    may_become_billable,
    may_repeat,
    own_reason,
)


class Wait(StrEnum):
    """Reasons why a settled chat isn't charged yet. Their words are in billing/services/reasons.py."""

    NO_PRICE = "no_price"
    EARLIER_UNCHARGED = "earlier_uncharged"
    EARLIER_UNFINISHED = "earlier_unfinished"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A chat that is still going on: its visitor is known, whether an address will be given isn't."""

    chat_id: UUID
    arrived_at: datetime
    visitor_key: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One chat's verdict and rate, or why it waits."""

    facts: ChargeFacts
    verdict: ChargeVerdict | None = None
    rate: Rate | None = None
    wait: Wait | None = None


class _People:
    """Chats by the keys of who they were with."""

    def __init__(self, chats: Iterable[ChargeFacts]) -> None:
        self._by_key: dict[tuple[str, str], dict[UUID, ChargeFacts]] = defaultdict(dict)
        for chat in chats:
            self.add(chat)

    def add(self, chat: ChargeFacts) -> None:
        for key in chat.keys:
            self._by_key[key][chat.chat_id] = chat

    def remove(self, chat: ChargeFacts) -> None:
        for key in chat.keys:
            self._by_key[key].pop(chat.chat_id, None)

    def same_as(self, chat: ChargeFacts) -> Iterator[ChargeFacts]:
        for key in chat.keys:
            yield from self._by_key[key].values()


class _GoingOn:
    """When the first unfinished chat of each visitor, and of all, arrived."""

    def __init__(self, chats: Iterable[Unfinished]) -> None:
        self._since: dict[str, datetime] = {}
        for chat in sorted(chats, key=lambda one: one.arrived_at):
            self._since.setdefault(chat.visitor_key, chat.arrived_at)

    def could_go_first(self, chat: ChargeFacts) -> bool:
        own = self._since.get(chat.visitor_key)
        if own is not None and own <= chat.arrived_at:
            return True
        # Any chat that goes on may still learn the address that this one knows.
        return bool(chat.address_key) and any(at <= chat.arrived_at for at in self._since.values())


def decide(
    due: Sequence[ChargeFacts],
    *,
    uncharged: Iterable[ChargeFacts],
    unfinished: Iterable[Unfinished],
    billed: Iterable[ChargeFacts],
    rate_of: Callable[[datetime], Rate | None],
) -> Iterator[Decision]:
    """Judge settled chats of one company in order of arrival. Each decision counts for those after it.

    Args:
        due: settled and not charged, of one company, in any order.
        uncharged: finished chats that aren't charged, settled or not, among them `due` or not.
        unfinished: chats that are still going on.
        billed: charged chats that are billed now, of the same people.
        rate_of: the rate for a chat that closed at an instant.
    """
    waiting, paid, going_on = _People((*uncharged, *due)), _People(billed), _GoingOn(unfinished)
    for chat in sorted(due, key=lambda one: one.order):
        rate = rate_of(chat.closed_at)
        wait = _reason_to_wait(chat, rate, waiting, going_on)
        if wait is not None:
            yield Decision(chat, wait=wait)
            continue
        verdict = judge(chat, paid.same_as(chat))
        waiting.remove(chat)
        if verdict.billable:
            paid.add(chat)
        yield Decision(chat, verdict=verdict, rate=rate)


def _reason_to_wait(chat: ChargeFacts, rate: Rate | None, waiting: _People, going_on: _GoingOn) -> Wait | None:
    if rate is None:
        return Wait.NO_PRICE
    if own_reason(chat) is not None:
        return None
    if any(_goes_first(other, chat) for other in waiting.same_as(chat)):
        return Wait.EARLIER_UNCHARGED
    if going_on.could_go_first(chat):
        return Wait.EARLIER_UNFINISHED
    return None


def _goes_first(other: ChargeFacts, chat: ChargeFacts) -> bool:
    """Whether the other one, not judged yet, could make this one a repeat."""
    if other.order >= chat.order or not may_become_billable(other):
        return False
    return may_repeat(chat.arrived_at, other.closed_at)
