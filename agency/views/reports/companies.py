"""The report's table of companies: those that are most chats short of their promise first."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest
from django.utils.translation import gettext as _

from agency.domain.promise.figure_registry import Figure
from agency.services.constants import say
from agency.services.reports.service_level import CompanyLevel
from agency.services.reports.table import COMPANIES, columns_of
from agency.services.reports.today import short_of
from agency.views import table
from agency.views.reports.period import PeriodForm, name_of

WORST = "worst"
# Rows of a page, worst first: those below are looked for by name, or all asked for.
SHOWN = 25


def company_table(
    request: HttpRequest, form: PeriodForm, companies: Iterable[CompanyLevel]
) -> table.Table[CompanyLevel]:
    """Return the page of these companies that is asked for."""
    columns = columns_of(COMPANIES)
    found: table.Table[CompanyLevel] = table.Table(
        request,
        table.Column(_("Company"), "company"),
        *(_headed(column) for column in columns),
        sort=WORST,
        size=SHOWN,
        kept=dict(parse_qsl(form.address())),
        name="companies",
    )
    by: dict[str, Callable[[CompanyLevel], Any]] = {column.key: _value_of(column) for column in columns}
    by["company"] = lambda line: line.company.name.casefold()
    # Companies without a chat to judge by are no worse and no better than others.
    lines = sorted(companies, key=lambda line: (not line.level.base, -short_of(line)))
    return found.fill(lines, words=lambda line: name_of(line.company), by=by)


def _headed(column: Figure) -> table.Column:
    name, about = say(column.name), say(column.definition)
    return table.Column(name, column.key, is_figure=True, falls=True, about=about)


def _value_of(column: Figure) -> Callable[[CompanyLevel], Any]:
    return lambda line: column.value(line.level)
