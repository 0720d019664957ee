"""Amounts of money: Decimal euros, and the one place where they are rounded."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")


def rounded(amount: Decimal) -> Decimal:
    """The amount in whole cents, half a cent away from zero: what Dutch invoices do and buyers recompute."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP) + NOTHING


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of amounts in whole cents. Rounded amounts add up exactly, so the sum isn't rounded again."""
    return sum(amounts, NOTHING)
