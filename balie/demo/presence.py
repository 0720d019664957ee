"""The demo's past at the desks: who was there, full and on a break, as the chats of each day have it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from agency.domain.facts.occupancy import Held
from agency.domain.facts.presence import BREAK, DRAIN, FREE, FULL, PresenceStretch
from agency.domain.hours.periods import local_day
from agency.domain.pool.capacity import LEVEL_CAPACITY
from agency.models import Operator, PresenceInterval
from agency.services.facts.holdings import list_held
from agency.services.pool.drains import DRAIN_BEFORE_END
from balie.demo.past import DAYS
from tenants.zone import AGENCY_ZONE

# They are there a little before their first chat and after their last, and eat when there is time for it.
_BEFORE, _AFTER = timedelta(minutes=6), timedelta(minutes=4)
_LUNCH = timedelta(minutes=30)


def write_presence(*, now: datetime) -> None:
    """Give each operator of the demo a presence on each day on which they held a chat."""
    for operator_id, held in list_held(now - timedelta(days=DAYS + 1), now).items():
        capacity = LEVEL_CAPACITY[Operator.objects.get(pk=operator_id).level]
        days: defaultdict[date, list[Held]] = defaultdict(list)
        for one in held:
            days[local_day(one.held_from, AGENCY_ZONE)].append(one)
        PresenceInterval.objects.bulk_create(
            PresenceInterval(
                operator_id=operator_id,
                state=stretch.state,
                reason=stretch.reason,
                capacity=stretch.capacity,
                starts_at=stretch.starts_at,
                ends_at=stretch.ends_at,
            )
            for chats in days.values()
            for stretch in stretches_of(chats, capacity=capacity, now=now)
        )


def stretches_of(chats: Sequence[Held], *, capacity: int, now: datetime) -> Iterator[PresenceStretch]:
    """Yield a day at the desk around these chats: full where they take every slot, a lunch in the first gap that has
    room for it, and the drain before the end.
    """
    begin = min(one.held_from for one in chats) - _BEFORE
    end = min(max(_end(one) for one in chats) + _AFTER, now)
    drains_at = max(end - DRAIN_BEFORE_END, begin)
    cuts = {begin, end, drains_at} | {cut for one in chats for cut in (one.held_from, _end(one))}
    lunch = _find_lunch(chats, drains_at)
    if lunch is not None:
        cuts |= {lunch, lunch + _LUNCH}
    for starts_at, ends_at in pairwise(sorted(cuts)):
        count = sum(one.held_from <= starts_at < _end(one) for one in chats)
        if lunch is not None and lunch <= starts_at < lunch + _LUNCH:
            yield PresenceStretch(BREAK, starts_at, ends_at, "lunch", capacity)
        elif starts_at >= drains_at:
            yield PresenceStretch(DRAIN, starts_at, ends_at, "shift", capacity)
        else:
            yield PresenceStretch(FULL if count >= capacity else FREE, starts_at, ends_at, "", capacity)


def _find_lunch(chats: Sequence[Held], latest: datetime) -> datetime | None:
    """The beginning of the first hour without a chat."""
    reached = min(one.held_from for one in chats)
    for one in sorted(chats, key=lambda one: one.held_from):
        if one.held_from - reached >= 2 * _LUNCH and reached + _LUNCH < latest:
            return reached
        reached = max(reached, _end(one))
    return None


def _end(one: Held) -> datetime:
    return one.wrap_up_to or one.held_to or one.held_from
