"""A company's month on the ledger, for its own people and for managers, and the same cells as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import cast, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import PortalMember
from agency.services.spreadsheets.csv_file import Cell, csv_response
from agency.views.doors import READ, company_page, portal_page
from agency.views.query import asked_choice, asked_id, asked_month, for_file
from agency.views.table import Table
from billing.domain.pricing import charge_month
from billing.services import ledger
from billing.services.ledger import LedgerLine, Only
from billing.services.reasons import WAITS, list_definitions
from tenants import clock
from tenants.models import Company

PAGE = 50


@dataclass(frozen=True, slots=True)
class _Shown:
    """A line with the addresses of its chats, empty where there is no such page."""

    line: LedgerLine
    url: str
    repeat_url: str


@portal_page(READ)
def portal_charges(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """Show what the company's chats of a month cost, line by line. Readers may look too."""
    return _show(request, member.company, member=member)


@portal_page(READ)
@for_file
def portal_charges_csv(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """The month as a file."""
    return _as_csv(request, member.company)


@company_page(READ, also_left=True)
def manage_charges(request: HttpRequest, company: Company) -> HttpResponse:
    """Any company's month, for managers."""
    return _show(request, company)


@company_page(READ, also_left=True)
@for_file
def manage_charges_csv(request: HttpRequest, company: Company) -> HttpResponse:
    """Any company's month as a file, for managers."""
    return _as_csv(request, company)


def _show(request: HttpRequest, company: Company, **more: object) -> HttpResponse:
    line_url = _line_url(request, company)
    if line_url:
        return redirect(line_url)
    months = ledger.list_months(company, clock.now())
    month = asked_month(request, months)
    total = ledger.month_total(company, month)
    only = _only(request)
    count = total.count(only)
    table: Table[LedgerLine] = Table(request, size=PAGE, kept={"month": f"{month:%Y-%m}", "only": only})
    window = table.window(count)
    lines = ledger.list_month(company, month, only=only, offset=window.start, count=window.stop - window.start)
    waiting = [one for one in ledger.list_uncharged(company) if charge_month(one.closed_at) == month]
    context = {
        "company": company,
        "months": months,
        "month": month,
        "total": total,
        "rows": [_shown(request, company, line) for line in lines],
        "waiting": [(one, WAITS[one.wait]) for one in waiting[:PAGE]],
        "more_waiting": max(0, len(waiting) - PAGE),
        "definitions": list_definitions(),
        "only": only,
        "pages": table.pages,
        "csv": f"{_csv_url(request, company)}?month={month:%Y-%m}",
        "is_manager_page": not getattr(request, "company", None),
        **more,
    }
    with timezone.override(ZoneInfo(company.zone)):
        return render(request, "billing/charges.html", context)


def _line_url(request: HttpRequest, company: Company) -> str:
    """The line of `?chat=`, on its page of its month, or nothing where none is asked for or there is none."""
    chat_id = asked_id(request, "chat")
    found = ledger.find_place(company, chat_id) if chat_id else None
    if found is None:
        return ""
    page = found.before // PAGE + 1
    return f"{request.path}?month={found.month:%Y-%m}&page={page}#n{found.number}"


def _as_csv(request: HttpRequest, company: Company) -> HttpResponse:
    month = asked_month(request, ledger.list_months(company, clock.now()))
    header = [
        _("Chat"),
        _("Ended"),
        _("Line"),
        _("Reason"),
        _("Repeat of chat"),
        _("Said on"),
        _("Amount in euro, without VAT"),
    ]
    return csv_response(f"charges-{company.slug}-{month:%Y-%m}.csv", header, _cells(company, month))


def _cells(company: Company, month: date) -> Iterator[list[Cell]]:
    zone = ZoneInfo(company.zone)
    for line in ledger.list_month(company, month):
        yield [
            line.number,
            line.closed_at.astimezone(zone),
            _(line.name),
            str(line.words),
            line.repeat_of_number,
            line.said_at.astimezone(zone) if line.said_at else None,
            line.amount,
        ]


def _only(request: HttpRequest) -> Only:
    return cast(Only, asked_choice(request, "only", [one for one in get_args(Only) if one]))


def _shown(request: HttpRequest, company: Company, line: LedgerLine) -> _Shown:
    return _Shown(
        line,
        _chat_url(request, company, line.chat_id),
        _chat_url(request, company, line.repeat_of) if line.repeat_of else "",
    )


def _chat_url(request: HttpRequest, company: Company, chat_id: UUID) -> str:
    if not company.ready:
        return ""  # it left, and took its words along
    # The transcript is another app's page, known here by its name alone.
    try:
        if getattr(request, "company", None):
            return reverse("portal_chat", args=[chat_id])
        return reverse("manage_company_chat", args=[company.pk, chat_id])
    except NoReverseMatch:
        return ""


def _csv_url(request: HttpRequest, company: Company) -> str:
    if getattr(request, "company", None):
        return reverse("portal_charges_csv")
    return reverse("manage_charges_csv", args=[company.pk])
