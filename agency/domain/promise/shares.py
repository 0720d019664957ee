"""The arithmetic of a report: shares, their interval, and ranks."""

import math
from collections.abc import Sequence

# The normal quantile of a two-sided 95 % interval.
Z_95 = 1.959963984540054


def ratio(part: int, whole: int) -> float | None:
    """Return `part` of `whole`, or None of nothing, which is no percentage."""
    return part / whole if whole else None


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """The 95 % score interval of a share, or None of nothing.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22 (1927), 209-212. Unlike the textbook interval it holds for few chats and near
    100 %.

    Raises:
        ValueError: `part` doesn't lie between 0 and `whole`.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no share")
    if whole == 0:
        return None
    share, spread = part / whole, Z_95**2 / whole
    middle = (share + spread / 2) / (1 + spread)
    half = Z_95 / (1 + spread) * math.sqrt(share * (1 - share) / whole + spread / (4 * whole))
    return max(0.0, middle - half), min(1.0, middle + half)


def nearest_rank(values: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least this share of the values doesn't exceed, or None of no values.

    The nearest-rank percentile: always a wait that really happened. PostgreSQL's percentile_disc is the same.

    Raises:
        ValueError: `share` isn't above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise ValueError(f"a share lies above 0 and at most at 1, not {share}")
    if not values:
        return None
    return sorted(values)[math.ceil(share * len(values)) - 1]
