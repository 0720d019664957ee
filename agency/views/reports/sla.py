"""The managers' service report: page and CSV, both print agency.services.reports.report.Report."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from agency.domain.promise.bounce_reasons import DEFINITIONS, NAMES
from agency.domain.promise.causes import CAUSE_DEFINITIONS, CAUSE_NAMES
from agency.domain.promise.figure_registry import UNIT_SIGNS, Figure
from agency.domain.promise.figures import FIGURES
from agency.services.constants import say
from agency.services.reports.bounces import Bounces
from agency.services.reports.chats_behind import WHAT
from agency.services.reports.first_response import Speed
from agency.services.reports.report import Report, read_report
from agency.services.reports.service_level import CompanyLevel, ServiceLevel
from agency.services.reports.table import COMPANIES, DAYS, TableCell, cells, columns_of
from agency.services.spreadsheets.csv_file import Cell as Plain
from agency.services.spreadsheets.csv_file import csv_response
from agency.templatetags.amounts import promised
from agency.templatetags.days import day as written_day
from agency.views.doors import READ, manager_page
from agency.views.query import asked_choice, for_file, say_errors
from agency.views.reports import charts
from agency.views.reports.companies import company_table
from agency.views.reports.period import PeriodForm, name_of
from agency.views.reports.worst import worst_row
from tenants import clock


@dataclass(frozen=True, slots=True)
class SlaRow:
    """One row of a table: its name in a file and on the page, where it leads, its cells."""

    name: Plain
    label: str
    url: str
    cells: list[TableCell]


@manager_page(READ)
def sla(request: HttpRequest) -> HttpResponse:
    """Show whether the promise was kept and, when it wasn't, how late and why. Of one company or of all."""
    form = PeriodForm(request.GET, clock.now())
    company, period = form.company, form.period
    found = read_report(**_asked(form), before=(period.before.since, period.before.until))
    report, total = found.level, found.level.total
    companies = company_table(request, form, found.companies) if company is None else None
    context = {
        "form": form,
        "company": company,
        "period": period,
        "report": report,
        "total": total,
        "is_few": total.is_few,
        "links": _links(form),
        "before_query": form.month_address(form.months[0]),
        "after_query": form.month_address(form.months[1]) if form.months[1] else "",
        "promise_words": promised(report.promise.share),
        "heat": charts.heat(found.half_hours, report.promise.share, _listed(form, "base")),
        "histogram": charts.histogram(found.responses, report.promise.seconds),
        "speeds": _speeds(form, found),
        "worst": [worst_row(row) for row in found.worst],
        "bounces": _bounces(found.bounces),
        "causes": _causes(form, report),
        "day_blocks": DAYS,
        "day_total": cells(DAYS, total, report.promise.share),
        "day_rows": _day_rows(form, report),
        "company_blocks": COMPANIES,
        "company_table": companies,
        "company_rows": _company_rows(form, companies.rows) if companies else [],
        **_glossaries(),
    }
    return render(request, "report/sla.html", context)


def _causes(form: PeriodForm, report: ServiceLevel) -> list[tuple[str, int, str]]:
    """Count how often each cause left a chat without an answer, with the list of those chats."""
    return [
        (CAUSE_NAMES[cause], n, f"{_listed(form, 'missed')}&cause={cause}")
        for cause, n in report.total.missed_by.items()
        if n
    ]


@manager_page(READ)
@for_file
def sla_csv(request: HttpRequest) -> HttpResponse:
    """Write the page's table of days as a file, or with ?table= that of companies or bounces."""
    form = PeriodForm(request.GET, clock.now())
    say_errors(request, form)
    table = asked_choice(request, "table", ("companies", "bounces"))
    if table == "bounces":
        return _bounces_csv(form)
    by_company = table == "companies" and form.company is None
    blocks = COMPANIES if by_company else DAYS
    found = read_report(**_asked(form), chapters={"companies" if by_company else "days"})
    if by_company:
        first, rows = _("Company"), _company_rows(form, found.companies)
    else:
        report = found.level
        first = _("Day")
        rows = [
            *_day_rows(form, report),
            SlaRow(_("Total"), "", "", cells(DAYS, report.total, report.promise.share)),
        ]
    header = [first, *(_heading(column) for column in columns_of(blocks))]
    lines = [[row.name, *(cell.plain for cell in row.cells)] for row in rows]
    return csv_response(_filename(form, table="companies" if by_company else ""), header, lines)


def _bounces_csv(form: PeriodForm) -> HttpResponse:
    """Write the page's table of bounces as a file, the total last."""
    header = [_("Reason"), _("Offers let pass"), _("Chats")]
    found = read_report(**_asked(form), chapters={"bounces"})
    rows: list[list[Plain]] = [[row.name, row.count, row.chats] for row in _bounces(found.bounces)]
    return csv_response(_filename(form, table="bounces"), header, rows)


def _glossaries() -> dict[str, list[Any]]:
    """Explain the page's words: figures, causes, reasons."""
    return {
        "glossary": [figure for figure in FIGURES if figure.explained],
        "cause_glossary": [(CAUSE_NAMES[cause], CAUSE_DEFINITIONS[cause]) for cause in CAUSE_NAMES],
        "bounce_glossary": [(NAMES[one], DEFINITIONS[one]) for one in NAMES],
    }


def _asked(form: PeriodForm) -> dict[str, Any]:
    return {"company": form.company, "since": form.period.since, "until": form.period.until}


def _heading(column: Figure) -> str:
    """Return a column's name with its unit, as a spreadsheet's cells hold bare numbers."""
    return f"{say(column.name)}{UNIT_SIGNS[column.unit]}"


def _filename(form: PeriodForm, *, table: str = "") -> str:
    who = form.company.slug if form.company else "all"
    what = {"": who, "companies": table, "bounces": f"{table}-{who}"}[table]
    return f"sla-{what}-{form.period.since}-{form.period.until}.csv"


@dataclass(frozen=True, slots=True)
class BounceRow:
    """Offers let pass for one reason, and their `share` of all of them. The last row is of all."""

    name: str
    count: int
    share: float
    chats: int


def _bounces(lines: Sequence[Bounces]) -> list[BounceRow]:
    rows = []
    for line in [*lines[1:], *lines[:1]]:
        name = say(NAMES[line.reason]) if line.reason else _("Total")
        if line.said:
            name = f"{name}: {line.said}"
        rows.append(BounceRow(name, line.count, line.count / lines[0].count, line.chats))
    return rows


def _day_rows(form: PeriodForm, report: ServiceLevel) -> list[SlaRow]:
    """List each day. It opens its chats, or without a company its own report."""
    rows = []
    for day in report.days:
        said = {"from": str(day.day), "to": str(day.day)}
        url = f"?{form.address(**said)}"
        if form.company and form.company.ready:
            url = f"{_chats(form)}?{urlencode(said)}"
        rows.append(SlaRow(day.day, written_day(day.day), url, cells(DAYS, day.level, report.promise.share)))
    return rows


def _company_rows(form: PeriodForm, lines: Iterable[CompanyLevel]) -> list[SlaRow]:
    """List each company. It opens its own report of the same days."""
    return [
        SlaRow(
            line.company.name,
            name_of(line.company),
            f"?{form.address(company=str(line.company.pk))}",
            cells(COMPANIES, line.level, line.promise.share),
        )
        for line in lines
    ]


def _links(form: PeriodForm) -> dict[str, str]:
    """Link the chats behind each number: a company's own list, where it has a filter for it, else the list of all
    reports.
    """
    links = {name: _listed(form, name) for name in WHAT}
    if form.company is None or not form.company.ready:
        return links
    days = {"from": str(form.period.since), "to": str(form.period.until)}
    return links | {name: f"{_chats(form)}?{urlencode(days | query)}" for name, query in _FILTERS.items()}


# The filter of a company's own list that finds what each number counts.
_FILTERS = {
    "offered": {"verdict": "offered"},
    "base": {"verdict": "base"},
    "answered": {"verdict": "answered"},
    "within": {"verdict": "answered_within"},
    "late": {"verdict": "answered_late"},
    "missed": {"verdict": "unanswered"},
    "abandoned": {"verdict": "abandoned"},
    "closed": {"verdict": "missed"},
    "short": {"verdict": "short_abandon"},
    "out_of_hours": {"verdict": "outside_hours"},
    "spam": {"outcome": "spam"},
    "rated": {"rating": "any"},
    "rated_good": {"rating": "good"},
    "rated_bad": {"rating": "bad"},
}


def _listed(form: PeriodForm, what: str) -> str:
    """Return the address of the list of chats that these days count as `what`."""
    return f"{reverse('manage_sla_chats')}?{form.address(what=what)}"


def _chats(form: PeriodForm) -> str:
    assert form.company is not None
    return reverse("manage_company_chats", args=[form.company.pk])


def _speeds(form: PeriodForm, found: Report) -> list[tuple[str, Speed | None]]:
    """Put first responses beside those of the period before and, for one company, of all."""
    rows = [
        (form.period.words, Speed.of(found.level.total)),
        (form.period.before.words, found.before),
    ]
    if form.company:
        rows.append((_("All companies"), found.of_all))
    return rows
