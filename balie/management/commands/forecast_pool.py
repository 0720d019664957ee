from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from agency.domain.hours import hours_as_text
from agency.domain.hours.hours import Stretch, to_utc
from agency.domain.hours.periods import HALF_HOUR_MINUTES, local_day
from agency.domain.shifts.shift_times import WEEK, format_week, parse_week
from agency.services.shifts.shifts import ZONE
from agency.services.shifts.week_plan import PlannedDay, WeekPlan, plan_week
from tenants import clock
from tenants.models import Company

_HOUR = timedelta(hours=1)


class Command(BaseCommand):
    help = (
        "Write a week's forecast as the CSV that simulate_pool --arrivals reads, with the people needed "
        "and planned beside "
        "it; on the error output, the line that plays each day with the people who are planned. "
        "docs/forecast.md explains it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--week", help="such as 2026-W49; else the next one")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        written = options["week"] or format_week(local_day(now, ZONE) + WEEK)
        monday = parse_week(written)
        if monday is None:
            raise CommandError(f"--week: such as 2026-W49, not {written!r}")
        plan = plan_week(monday=monday, now=now)
        if not plan.days:
            reason = "is further away" if plan.outlook.is_far else "has no chats before it to learn from"
            raise CommandError(f"{written}: no forecast, the week {reason}")
        self.stdout.write("date,interval_start,offered,needed,planned")
        for day in plan.days:
            for half in day.halves:
                self.stdout.write(
                    f"{day.day},{hours_as_text.clock(half.minute)},{half.chats:.3f},{half.need},{half.planned}"
                )
        companies = Company.objects.filter(ready=True, live_at__isnull=False).count()
        for day in plan.days:
            self.stderr.write(_play(plan, day, companies))


def _play(plan: WeekPlan, day: PlannedDay, companies: int) -> str:
    """How to play one day with those who are planned for it."""
    if not any(half.chats for half in day.halves):
        return f"# {day.day}: no chats"
    crew = write_crew(plan.shifts, day)
    if not crew:
        return f"# {day.day}: nobody planned"
    pace = plan.outlook.pace
    return (
        f"manage.py simulate_pool --arrivals FILE.csv --date {day.day} --shifts {crew} "
        f"--aht {pace.alone_s:.0f} --promises {plan.promise.seconds} --companies {companies}"
    )


def write_crew(shifts: Iterable[Stretch], day: PlannedDay) -> str:
    """The shifts that lie in a day's half hours, as simulate_pool takes them: 3@0-8,2@4-12, hours after the first."""
    place = ZoneInfo(ZONE)
    first = to_utc(day.day, day.halves[0].minute, place)
    last = to_utc(day.day, day.halves[-1].minute + HALF_HOUR_MINUTES, place)
    found = Counter(
        ((max(start, first) - first) / _HOUR, (min(end, last) - first) / _HOUR)
        for start, end in shifts
        if start < last and end > first
    )
    return ",".join(f"{n}@{start:g}-{end:g}" for (start, end), n in sorted(found.items()))
