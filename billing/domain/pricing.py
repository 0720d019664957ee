"""Whether a finished chat is billed, and why or why not.

A chat is billed if its visitor and a person both wrote, it is no spam, test or other site's, it was no repeat and it
came in hours. `RULES` is the order in which reasons go before one another: the first that applies is the one that is
printed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from agency.domain.hours.periods import local_day, local_month
from tenants.zone import AGENCY_ZONE

# Months and days of the ledger follow the agency's calendar, whatever the company's own zone.
ZONE = AGENCY_ZONE
# From the end of the billed chat, its last instant included. A repeat doesn't extend it.
REPEAT_WINDOW = timedelta(hours=24)


class Reason(StrEnum):
    """Reasons why a chat is billed or not. Their words are in billing/services/reasons.py."""

    BILLABLE = "billable"
    SPAM = "spam"
    TEST = "test"
    WRONG_SITE = "wrong_site"
    NO_VISITOR_TEXT = "no_visitor_text"
    NO_HUMAN_TEXT = "no_human_text"
    REPEAT = "repeat"
    OUTSIDE_HOURS = "outside_hours"
    # Of corrections only: it was charged as spam and wasn't.
    NOT_SPAM = "not_spam"


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """The facts of one finished chat when it is charged."""

    chat_id: UUID
    arrived_at: datetime
    closed_at: datetime
    outcome: str = ""
    spam: bool = False
    visitor_texts: int = 1
    operator_texts: int = 1
    in_hours: bool = True
    visitor_key: str = ""
    address_key: str = ""

    @property
    def order(self) -> tuple[datetime, UUID]:
        """Sort key: chats are charged by arrival, and the id parts those of one instant."""
        return self.arrived_at, self.chat_id

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """The keys of the visitor and of their address, each only if known."""
        named = (("visitor", self.visitor_key), ("address", self.address_key))
        return tuple((kind, key) for kind, key in named if key)


@dataclass(frozen=True, slots=True)
class ChargeVerdict:
    """One chat's reason, and the billed chat that it repeats."""

    reason: Reason
    repeat_of: UUID | None = None

    @property
    def billable(self) -> bool:
        return self.reason is Reason.BILLABLE


@dataclass(frozen=True, slots=True)
class Rate:
    """A price of one chat from a day on, by the Amsterdam calendar."""

    price_id: UUID
    valid_from: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class _Rule:
    reason: Reason
    applies: Callable[[ChargeFacts], bool]


# Rules that one chat decides by itself. A contract's own exclusions come in here, after `wrong_site`.
OWN_RULES = (
    _Rule(Reason.SPAM, lambda chat: chat.spam),
    _Rule(Reason.TEST, lambda chat: chat.outcome == "test"),
    _Rule(Reason.WRONG_SITE, lambda chat: chat.outcome == "wrong_site"),
    _Rule(Reason.NO_VISITOR_TEXT, lambda chat: chat.visitor_texts < 1),
    _Rule(Reason.NO_HUMAN_TEXT, lambda chat: chat.operator_texts < 1),
)
# Rules that count only once it is known that the chat is no repeat.
LAST_RULES = (_Rule(Reason.OUTSIDE_HOURS, lambda chat: not chat.in_hours),)
# The whole order, for pages and tests.
PRECEDENCE = (
    *(rule.reason for rule in OWN_RULES),
    Reason.REPEAT,
    *(rule.reason for rule in LAST_RULES),
    Reason.BILLABLE,
)


def judge(facts: ChargeFacts, earlier: Iterable[ChargeFacts]) -> ChargeVerdict:
    """Decide on one chat.

    Args:
        facts: the chat.
        earlier: billed chats of the same company; those of other people and other days don't matter.
    """
    own = own_reason(facts)
    if own is not None:
        return ChargeVerdict(own)
    first = min((one for one in earlier if repeats(facts, one)), key=_order, default=None)
    if first is not None:
        return ChargeVerdict(Reason.REPEAT, first.chat_id)
    return ChargeVerdict(_first_reason(LAST_RULES, facts) or Reason.BILLABLE)


def own_reason(facts: ChargeFacts) -> Reason | None:
    """The reason that a chat isn't billed whatever went before it, or None."""
    return _first_reason(OWN_RULES, facts)


def may_become_billable(facts: ChargeFacts) -> bool:
    """Whether any outcome, flag or window could still have it billed: what was written doesn't change any more."""
    return facts.visitor_texts > 0 and facts.operator_texts > 0


def repeats(facts: ChargeFacts, other: ChargeFacts) -> bool:
    """Whether two chats of one company are one person's within the window, so that only one of them is billed.

    Overlapping chats do. Usually `other` came first; a chat that turns out later to be no spam may find the billed one
    after it.
    """
    if facts.chat_id == other.chat_id or not is_same_person(facts, other):
        return False
    first, second = sorted((facts, other), key=_order)
    return may_repeat(second.arrived_at, first.closed_at)


def may_repeat(arrived_at: datetime, first_closed_at: datetime) -> bool:
    """Whether a chat that arrived then lies in the window of one that ended then."""
    return arrived_at - first_closed_at <= REPEAT_WINDOW


def is_same_person(one: ChargeFacts, other: ChargeFacts) -> bool:
    """True for the same visitor key or the same address key. Unknown keys match nobody."""
    return not set(one.keys).isdisjoint(other.keys)


def find_rate(rates: Iterable[Rate], closed_at: datetime) -> Rate | None:
    """Return the newest rate that had begun on the Amsterdam day of the close, or None before the first."""
    day = local_day(closed_at, ZONE)
    begun = [rate for rate in rates if rate.valid_from <= day]
    return max(begun, key=lambda rate: rate.valid_from, default=None)


def charge_month(at: datetime) -> date:
    """First day of the Amsterdam month of an instant: of a close, or of what a correction follows."""
    return local_month(at, ZONE)


def _first_reason(rules: Iterable[_Rule], facts: ChargeFacts) -> Reason | None:
    return next((rule.reason for rule in rules if rule.applies(facts)), None)


def _order(facts: ChargeFacts) -> tuple[datetime, UUID]:
    return facts.order
