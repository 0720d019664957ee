"""The robots' own account of their time at the desk, beside the presence that was written down."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from agency.domain.facts.presence import AWAY, PresenceStretch, timeline
from agency.domain.hours.hours import Stretch
from agency.domain.shifts.shift_times import merged
from agency.services.facts.presence import list_stretches
from agency.services.pool.seats import LEASE
from balie.bench.replay.robots.operator import RENEW_S
from balie.bench.replay.setup import Stage
from tenants import clock

# A robot's lease and the presence of its seat are written from one reading of the clock.
EXACT_S = 0.001


def count_wrong(stage: Stage, leases: Sequence[Sequence[str]], *, lost_lines: int) -> dict[str, float]:
    """Count the seconds between each robot's first and last lease in which presence and leases say different things.

    Args:
        leases: of each robot, until when it heard that its seat is held.
        lost_lines: how often a robot lost its connection. The answer to its last renewal may have gone with it, and
            with that the word of at most 5 s of presence.
    """
    missing = beyond = timedelta()
    now = clock.now()
    for operator, heard in zip(stage.operators, leases, strict=True):
        leased = merged((at - LEASE, at) for at in map(datetime.fromisoformat, heard))
        if not leased:
            continue
        begin, end = leased[0][0], leased[-1][1] - LEASE
        stretches = list_stretches(begin, now, now=now, operators=[operator.pk]).get(operator.pk, [])
        # Raises where two overlap.
        here = merged(_span(one) for one in timeline(stretches, begin, max(begin, end)) if one.state != AWAY)
        both = overlap(leased, here)
        missing += overlap(leased, [(begin, end)]) - both
        beyond += sum((until - since for since, until in here), timedelta()) - both
    return {
        "presence_missing_s": round(missing.total_seconds(), 6),
        "presence_unheard_s": round(max(0.0, beyond.total_seconds() - RENEW_S * lost_lines), 6),
    }


def overlap(some: Sequence[Stretch], others: Sequence[Stretch]) -> timedelta:
    """The time that is in a span of each."""
    parts = (min(one[1], other[1]) - max(one[0], other[0]) for one in some for other in others)
    return sum((part for part in parts if part > timedelta()), timedelta())


def _span(stretch: PresenceStretch) -> Stretch:
    return stretch.starts_at, stretch.ends_at
