"""The answers of the sites as they are kept: who may write them, what changed, and one site's day read back."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Greatest

from agency.domain.facts.availability import Offered, fill_gaps
from agency.domain.hours.periods import day_bounds
from agency.models import AvailabilityWatch, SiteAvailability

# A writer that was silent for so long is followed by another.
LEASE = timedelta(seconds=5)
# Between two looks further apart nothing is known: the answers of before end with the first, those of now begin with
# the second. More than another dispatcher needs to take over, and than a restart of the only one.
GAP = timedelta(seconds=15)

# How full a site is swings in a rush, each 10 s at the fastest: a change of that alone waits until the answer stood for
# a minute, and isn't written if it is gone by then.
LEVEL_HOLD = timedelta(seconds=60)

# Mode, level and code: a site whose answer has the same ones gives the same answer.
Answer = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class HeldAnswer:
    """The answer that is written down as a site's, and since when."""

    answer: Answer
    since: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """A site's answer now, with the facts of its reason."""

    company_id: UUID
    answer: Answer
    facts: Mapping[str, Any]


def take_watch(*, writer: str, now: datetime) -> datetime | None:
    """Claim the writing of answers for this process, in its transaction.

    Returns:
        When somebody looked last, or None if another process writes, or the clock has not got there again.
    """
    watch = AvailabilityWatch.objects.select_for_update(skip_locked=True).first()
    if watch is None:
        AvailabilityWatch.objects.bulk_create([AvailabilityWatch(pk=1, seen_at=now)], ignore_conflicts=True)
        return None
    is_taken = watch.writer not in ("", writer) and now - watch.seen_at < LEASE
    if is_taken or now <= watch.seen_at:
        return None
    AvailabilityWatch.objects.update(writer=writer, seen_at=now)
    return watch.seen_at


def is_watched(now: datetime) -> bool:
    """Whether somebody writes the answers: a look not longer ago than is known."""
    return AvailabilityWatch.objects.filter(seen_at__gt=now - GAP).exists()


def list_open() -> dict[UUID, HeldAnswer]:
    """The answer of each site that has no end yet."""
    rows = SiteAvailability.objects.filter(ends_at=None).values_list("site_id", "mode", "level", "code", "starts_at")
    return {site_id: HeldAnswer((mode, level, code), since) for site_id, mode, level, code, since in rows}


def end_all(at: datetime) -> None:
    """End every answer: nobody looked for longer than is known."""
    SiteAvailability.objects.filter(ends_at=None).update(ends_at=Greatest(F("starts_at"), at))


def write_changes(held: MutableMapping[UUID, HeldAnswer], given: Mapping[UUID, Given], now: datetime) -> int:
    """Write which answers ended and which began. Two statements where something changed, none where nothing did.

    Args:
        held: the answers that have no end yet, before and after.
        given: the answers of now: a site that is missing is gone.

    Returns:
        How many sites changed.
    """
    began = [pk for pk, one in given.items() if pk not in held or _differs(held[pk], one.answer, now)]
    ended = [*(held.keys() - given.keys()), *(held.keys() & began)]
    if ended:
        SiteAvailability.objects.filter(ends_at=None, site_id__in=ended).update(ends_at=now)
    if began:
        SiteAvailability.objects.bulk_create([_row(pk, given[pk], now) for pk in began])
    for pk in ended:
        del held[pk]
    held.update({pk: HeldAnswer(given[pk].answer, now) for pk in began})
    return len({*ended, *began})


def read_day(*, site_id: UUID, day: date, zone: str, now: datetime) -> list[Offered]:
    """What a site offered on a local day, as far as it has passed: without a gap, `unknown` where nobody looked."""
    begin, end = day_bounds(day, zone)
    watch = AvailabilityWatch.objects.first()
    seen = watch.seen_at if watch else begin
    # Of today as far as somebody looked, not some seconds of nobody's yet.
    end = min(end, seen if now - seen < GAP else now)
    rows = SiteAvailability.objects.filter(Q(ends_at=None) | Q(ends_at__gt=begin), site_id=site_id, starts_at__lt=end)
    found = [
        Offered(row.mode, row.level, row.reason, row.starts_at, row.ends_at or max(seen, row.starts_at))
        for row in rows.order_by("starts_at")
    ]
    return fill_gaps(found, begin, end) if end > begin else []


def _differs(held: HeldAnswer, given: Answer, now: datetime) -> bool:
    (mode, level, code), (mode_now, level_now, code_now) = held.answer, given
    if (mode, code) != (mode_now, code_now):
        return True
    return level != level_now and now - held.since >= LEVEL_HOLD


def _row(site_id: UUID, one: Given, now: datetime) -> SiteAvailability:
    mode, level, code = one.answer
    return SiteAvailability(
        company_id=one.company_id,
        site_id=site_id,
        mode=mode,
        level=level,
        code=code,
        facts=one.facts,
        starts_at=now,
    )
