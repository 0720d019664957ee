"""The chats behind a number of the managers' report, of one company or of all: when, where, how
long, by whom and why.
"""

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from agency.domain.promise.causes import CAUSE_NAMES, Cause
from agency.services.reports import chats_behind
from agency.services.reports.chats_behind import SHOWN, WHAT, Selection
from agency.views.doors import READ, manager_page
from agency.views.query import asked_choice, asked_number, say_errors
from agency.views.reports.charts import half_hour_words
from agency.views.reports.period import PeriodForm
from agency.views.table import Column, Table
from tenants import clock

# The name of each list. Its number stands in the report under the same words.
NAMES = {
    "offered": gettext_noop("Offered"),
    "answered": gettext_noop("Answered"),
    "within": gettext_noop("Answered within the promise"),
    "late": gettext_noop("Answered late"),
    "missed": gettext_noop("Missed"),
    "abandoned": gettext_noop("Abandoned"),
    "closed": gettext_noop("Closed without an answer"),
    "short": gettext_noop("Short visits"),
    "base": gettext_noop("Counted for the promise"),
    "out_of_hours": gettext_noop("Outside opening hours"),
    "spam": gettext_noop("Spam"),
    "rated": gettext_noop("Rated"),
    "rated_good": gettext_noop("Rated good"),
    "rated_bad": gettext_noop("Rated bad"),
}


@manager_page(READ)
def report_chats(request: HttpRequest) -> HttpResponse:
    """List the chats of the report's company and days that `what` counts, by `cause`, `weekday` or half hour
    (`minute`).
    """
    form = PeriodForm(request.GET, clock.now())
    say_errors(request, form)
    asked = _read(request)
    period, name = form.period, NAMES[asked.what]
    query = form.address(**{name: str(one) for name, one in asdict(asked).items() if one is not None})
    table: Table[chats_behind.Reported] = Table(
        request,
        Column(_("When")),
        Column(_("Company")),
        Column(_("Wait"), is_figure=True),
        Column(_("Promise")),
        Column(_("Cause")),
        Column(_("Operator")),
        Column(_("Outcome")),
        size=SHOWN,
        kept=dict(parse_qsl(query)),
    )
    days: dict[str, Any] = {"company": form.company, "since": period.since, "until": period.until}
    page = _read_page(table, partial(chats_behind.list_reported, **days, selection=asked))
    context = {
        "company": form.company,
        "period": period,
        "page": page,
        "name": _(name),
        "narrowed": _narrowed(asked),
        "report_url": f"{reverse('manage_sla')}?{form.address()}",
        "table": table,
        "pages": table.pages,
    }
    return render(request, "report/chats.html", context)


def _read_page(
    table: Table[chats_behind.Reported], read: Callable[..., chats_behind.ReportedPage]
) -> chats_behind.ReportedPage:
    """Read the page that is asked for, in one reading. A second one is made where there is no such page."""
    guess = table.guess
    page = read(window=guess)
    total = page.total or (read(window=slice(0, 1)).total if guess.start else 0)
    window = table.window(total)
    is_same = page.total and window.start == guess.start and len(page.lines) <= table.size
    return page if is_same or table.is_whole else read(window=window)


def _read(request: HttpRequest) -> Selection:
    """Read which part of the report is asked for. What can't be read is reported, and narrows nothing."""
    cause = asked_choice(request, "cause", [one.value for one in Cause])
    return Selection(
        what=asked_choice(request, "what", list(WHAT), "offered"),
        cause=Cause(cause) if cause else None,
        weekday=asked_number(request, "weekday", range(7)),
        minute=asked_number(request, "minute", range(0, 24 * 60, 30)),
    )


def _narrowed(asked: Selection) -> list[str]:
    """Write the cause and the half hour of the week in words."""
    words = [half_hour_words(asked.weekday, asked.minute)]
    cause = CAUSE_NAMES[asked.cause] if asked.cause else ""
    if cause:
        words.append(_(cause))
    return [one for one in words if one]
