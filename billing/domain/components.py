"""The price of a chat, with a line of the ledger for each component: one function each.

`chat` is the price of the chat itself; whether it is billed at all is a verdict (billing/domain/pricing.py). Another
component, such as a surcharge, is a function under `@component` that answers for a billed chat what comes on top.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from agency.domain.words import gettext_noop
from billing.domain.money import NOTHING, rounded
from billing.domain.pricing import ChargeFacts, ChargeVerdict, Rate

CHAT = "chat"

# The price of a billed chat by this component, rounded by the caller. None: no line.
Priced = Callable[[ChargeFacts, Rate], Decimal | None]


@dataclass(frozen=True, slots=True)
class Component:
    """`name`: as an English msgid."""

    name: str
    priced: Priced


@dataclass(frozen=True, slots=True)
class PriceLine:
    """The price of a chat by one component, in whole cents."""

    component: str
    amount: Decimal


COMPONENTS: dict[str, Component] = {}


def component(key: str, name: str) -> Callable[[Priced], Priced]:
    """Register a component. Its key, of at most 20 letters, stands on the ledger for good."""

    def register(priced: Priced) -> Priced:
        COMPONENTS[key] = Component(name, priced)
        return priced

    return register


@component(CHAT, gettext_noop("Chat"))
def of_chat(facts: ChargeFacts, rate: Rate) -> Decimal | None:
    """The rate of the day on which the chat ended."""
    return rate.amount


def price(verdict: ChargeVerdict, facts: ChargeFacts, rate: Rate) -> list[PriceLine]:
    """Price the chat, its own line first. A chat that isn't billable has that one alone, of 0.00."""
    if not verdict.billable:
        return [PriceLine(CHAT, NOTHING)]
    amounts = ((key, one.priced(facts, rate)) for key, one in COMPONENTS.items())
    return [PriceLine(key, rounded(amount)) for key, amount in amounts if amount is not None]
