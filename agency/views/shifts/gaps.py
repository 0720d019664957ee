"""Half hours for which too few certified people are planned."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agency.domain.shifts.cover import Shortage
from agency.services.shifts import gaps as shifts_gaps
from agency.templatetags.days import day as written_day
from agency.views.doors import READ, manager_page
from agency.views.table import Column, Table
from tenants import clock

# The number of a company's stretches that are shown at once.
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class ShortageWords:
    """A stretch of half hours in words. `planned` "": nobody is."""

    when: str
    planned: str


@dataclass(frozen=True, slots=True)
class GapRow:
    """A company's row: its gap, and when too few are planned. The first few are shown at once."""

    gap: shifts_gaps.Gap
    shortages: list[ShortageWords]

    @property
    def first(self) -> list[ShortageWords]:
        """The stretches that are shown at once."""
        return self.shortages[:_SHOWN]

    @property
    def more(self) -> list[ShortageWords]:
        """The stretches that aren't shown at once."""
        return self.shortages[_SHOWN:]


class _Words:
    """Stretches in words, each once: companies with the same hours are short at the same times."""

    def __init__(self) -> None:
        self._known: dict[Shortage, ShortageWords] = {}

    def of(self, shortage: Shortage) -> ShortageWords:
        """Return the words of one stretch."""
        if shortage not in self._known:
            self._known[shortage] = shortage_words(shortage)
        return self._known[shortage]


def shortage_words(shortage: Shortage) -> ShortageWords:
    """Return a stretch in words, in the active time zone."""
    starts, ends = (timezone.localtime(at) for at in (shortage.starts_at, shortage.ends_at))
    first, last = written_day(starts), written_day(ends)
    day = "" if last == first else f"{last} "
    planned = ngettext("one planned", "%(n)s planned", shortage.planned) % {"n": shortage.planned}
    return ShortageWords(f"{first} {starts:%H:%M}-{day}{ends:%H:%M}", planned if shortage.planned else "")


@manager_page(READ)
def gaps(request: HttpRequest) -> HttpResponse:
    """List companies with the half hours for which too few certified people are planned."""
    found = shifts_gaps.list_gaps(clock.now())
    table: Table[shifts_gaps.Gap] = Table(
        request,
        Column(_("Company"), "company"),
        Column(_("When")),
        Column(_("Half hours"), "half_hours", is_figure=True, falls=True),
        Column(_("Needed"), "needed", is_figure=True, falls=True),
        Column(_("Certified"), "certified", is_figure=True),
        sort="-half_hours",
    )
    by: dict[str, Callable[[shifts_gaps.Gap], Any]] = {
        "company": lambda line: line.company.name.casefold(),
        "needed": lambda line: line.needed,
        "certified": lambda line: line.certified,
    }
    table.fill(found.lines, words=lambda line: line.company.name, by=by)
    words = _Words()
    rows = [GapRow(line, [words.of(one) for one in line.shortages]) for line in table.rows]
    context = {"gaps": found, "table": table, "rows": rows, "pages": table.pages}
    return render(request, "manage/shifts/gaps.html", context)
