"""Is every company staffed by the plan? Its hours, who is certified for it, and when they are planned, side by side."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agency.domain.hours.hours import DAY, DEFAULT_ZONE, Hours, Stretch, stretches
from agency.domain.hours.periods import day_bounds, local_day
from agency.domain.shifts.cover import CoverFrame, Shortage, covered, frame_of, shortages, touched
from agency.models import PoolRule, Shift
from agency.services.certification.rules import DEFAULT_MIN_CERTIFIED
from agency.services.certification.valid_certificates import certifications
from agency.services.hours.agreement import list_hours
from tenants.models import Company

# How far ahead gaps are looked for: a week is what a plan is made for.
DAYS = 7


@dataclass(frozen=True, slots=True)
class Gap:
    """A company and the half hours for which too few people are planned. `certified`: of all
    operators, planned or not.
    """

    company: Company
    needed: int
    certified: int
    shortages: list[Shortage]

    @property
    def half_hours(self) -> int:
        """How many half hours are short."""
        return sum(one.half_hours for one in self.shortages)


@dataclass(frozen=True, slots=True)
class Gaps:
    """Gaps that the plan leaves from `since` to `until`, companies with most of them first. `companies`: looked at.

    `until` None: nothing is planned, so nothing was looked at.
    """

    since: datetime
    until: datetime | None
    companies: int
    lines: list[Gap]

    @property
    def half_hours(self) -> int:
        """Half hours of all companies together."""
        return sum(line.half_hours for line in self.lines)


def list_gaps(now: datetime, days: int = DAYS) -> Gaps:
    """Find the half hours in which a company is open with fewer certified people planned than it needs. Six queries.

    Looks from the half hour of `now` on over so many days, but not past the last day for which anybody is planned: what
    has not been planned yet is no gap. A certification counts as it does now.
    """
    shifts = list_stretches(frame_of(now, now).start, now + days * DAY)
    if not shifts:
        return Gaps(now, None, 0, [])
    companies = list(
        Company.objects.filter(ready=True, live_at__isnull=False)
        .only("name", "slug", "monogram", "zone")
        .order_by("name")
    )
    last = max(start for planned in shifts.values() for start, _ in planned)
    end_of_day = day_bounds(local_day(last, DEFAULT_ZONE), DEFAULT_ZONE)[1]
    until = min(now + days * DAY, end_of_day)
    frame = frame_of(now, until)
    masks = {operator_id: covered(frame, planned) for operator_id, planned in shifts.items()}
    certified = _certified(now)
    needs = dict(PoolRule.objects.values_list("company", "min_certified"))
    open_ = open_masks(list_hours(companies), frame, until)
    lines = []
    for company in companies:
        people = certified[company.pk]
        needed = needs.get(company.pk, DEFAULT_MIN_CERTIFIED)
        planned = [masks[operator_id] for operator_id in people if operator_id in masks]
        short = shortages(frame, open_[company.pk], planned, needed)
        if short:
            lines.append(Gap(company, needed, len(people), short))
    lines.sort(key=lambda line: -line.half_hours)
    return Gaps(now, until, len(companies), lines)


def find_gap(company: Company, now: datetime) -> Gap:
    """Find the half hours of the next seven days in which one company is open with too few certified people planned.

    Those that nobody has planned for yet are among them: this asks whether it can go live.
    """
    until = now + DAYS * DAY
    frame = frame_of(now, until)
    people = list(certifications(now).filter(company=company).values_list("operator_id", flat=True))
    shifts = list_stretches(frame.start, until)
    planned = [covered(frame, shifts[operator_id]) for operator_id in people if operator_id in shifts]
    rule = PoolRule.objects.filter(company=company).values_list("min_certified", flat=True)
    needed = rule.first() or DEFAULT_MIN_CERTIFIED
    open_ = open_masks(list_hours([company]), frame, until)[company.pk]
    return Gap(company, needed, len(people), shortages(frame, open_, planned, needed))


def list_stretches(since: datetime, until: datetime) -> dict[UUID, list[Stretch]]:
    """List each operator's shifts that lie in this time, wholly or in part. One query."""
    shifts: defaultdict[UUID, list[Stretch]] = defaultdict(list)
    rows = Shift.objects.filter(ends_at__gt=since, starts_at__lt=until)
    for operator_id, start, end in rows.values_list("operator_id", "starts_at", "ends_at"):
        shifts[operator_id].append((start, end))
    return dict(shifts)


def open_masks(hours: dict[UUID, Hours], frame: CoverFrame, until: datetime) -> dict[UUID, int]:
    """Return the quarters of an hour in which each company is open. Those with the same hours share the arithmetic."""
    known: dict[Hours, int] = {}
    for own in hours.values():
        if own not in known:
            known[own] = touched(frame, stretches(own, frame.start, until)) & frame.all
    return {company_id: known[own] for company_id, own in hours.items()}


def _certified(now: datetime) -> defaultdict[UUID, list[UUID]]:
    certified: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for company_id, operator_id in certifications(now).values_list("company_id", "operator_id"):
        certified[company_id].append(operator_id)
    return certified
