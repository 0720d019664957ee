"""Shares as percentages to print: rounded so that none reads as the other side of the promise it is judged by."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

Number = Decimal | float | int


def percent(share: Number, *, decimals: int = 1, promise: Number | None = None) -> Decimal:
    """Round a share to a percentage, half up, unless that crosses the promise.

    Of a promise of 90 % a share of 89.96 % is 89.9, not 90.0: it was broken, and reads so.

    Args:
        share: 1 for all of it.
        promise: the share that it is judged by; None: by nothing.
    """
    exact, step = Decimal(str(share)) * 100, Decimal(1).scaleb(-decimals)
    rounded = exact.quantize(step, rounding=ROUND_HALF_UP)
    if promise is None:
        return rounded
    mark = Decimal(str(promise)) * 100
    if exact < mark <= rounded:
        return exact.quantize(step, rounding=ROUND_FLOOR)
    if rounded < mark <= exact:
        return exact.quantize(step, rounding=ROUND_CEILING)
    return rounded


def exact_percent(share: Number) -> Decimal:
    """A share as a percentage with all its decimals, and none to spare: a promise of 92.5 % is never called 93."""
    exact = Decimal(str(share)) * 100
    whole = exact == exact.to_integral_value()
    return exact.quantize(Decimal(1)) if whole else exact.normalize()
