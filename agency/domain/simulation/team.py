"""The team: each operator's companies."""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from random import Random


def certify(*, shares: Sequence[float], operators: int, breadth: float, stream: Random) -> list[set[int]]:
    """Certify everybody for about `breadth` of the companies.

    A company gets people by its share of the chats, as an agency would: one at least, everybody at most. Who is drawn,
    each time among those with the fewest companies.

    Raises:
        ValueError: too few certifications for each company to have one.
    """
    companies = len(shares)
    wanted = max(1, round(breadth * companies)) * operators
    if wanted < companies:
        raise ValueError(
            f"breadth: {operators} operators need {1 / operators:.3f} or more for each of {companies} "
            f"companies to have one"
        )
    team: list[set[int]] = [set() for _ in range(operators)]
    for company, people in enumerate(_seats_by_share(shares, seats=wanted, most=operators)):
        drawn = sorted(range(operators), key=lambda one: (len(team[one]), stream.random()))
        for operator in drawn[:people]:
            team[operator].add(company)
    return team


def separate(*, shares: Sequence[float], operators: int, pools: int) -> list[set[int]]:
    """Divide companies and operators into so many teams that share nobody, each with work by its operators."""
    companies: list[set[int]] = [set() for _ in range(pools)]
    work = [0.0] * pools
    for company in sorted(range(len(shares)), key=lambda one: (-shares[one], one)):
        lightest = min(range(pools), key=lambda pool: (work[pool], pool))
        companies[lightest].add(company)
        work[lightest] += shares[company]
    people = _seats_by_share(work, seats=operators, most=operators)
    return [set(companies[pool]) for pool in range(pools) for _ in range(people[pool])]


def _seats_by_share(shares: Sequence[float], *, seats: int, most: int) -> list[int]:
    """One each, then each further one to whoever has the most work for one (the method of D'Hondt)."""
    given = [1] * len(shares)
    neediest = [(-share, one) for one, share in enumerate(shares) if most > 1]
    heapify(neediest)
    for _ in range(seats - len(shares)):
        if not neediest:
            break
        _, one = heappop(neediest)
        given[one] += 1
        if given[one] < most:
            heappush(neediest, (-shares[one] / given[one], one))
    return given
