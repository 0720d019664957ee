"""A company's leads as pages and files: the list, one lead beside it. For the portal and for managers alike.

Their doors have been passed before.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.domain.addresses import shown_address
from agency.models import ChatRecord
from agency.services.spreadsheets.csv_file import Cell, csv_response
from agency.services.spreadsheets.xlsx_file import xlsx_response
from agency.views.query import asked_choice
from agency.views.table import Table
from chat.domain.leads import REASON_LIMIT, LeadSource
from chat.models import Lead
from chat.services.leads.find import LATE, SHOWN, counts_from, find_lead, lead_counts, list_leads
from chat.services.leads.progress import list_events
from chat.services.leads.words import best_words, source_words, state_words, title
from tenants.context import in_company
from tenants.models import Company, Site
from tenants.round_trip import read_together

_LOOKS = {"new": "chip--u50", "acknowledged": "chip--info", "won": "chip--ok", "lost": ""}


@dataclass(frozen=True, slots=True)
class LeadPlace:
    """Where the pages are shown: whose leads, under which addresses, and whether the reader may deal with them."""

    company: Company
    list_url: str
    csv_url: str
    xlsx_url: str
    lead_url: Callable[[UUID], str]
    chat_url: Callable[[UUID], str]
    template: str
    may_write: bool = False


@dataclass(frozen=True, slots=True)
class LeadRow:
    """One line of the list."""

    lead: Lead
    title: str
    best: str
    site: str
    source: str
    state: str
    look: str
    url: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Tab:
    """A way to the leads of one state, with their number."""

    words: str
    count: int
    url: str
    is_here: bool


def show(
    request: HttpRequest, place: LeadPlace, *, lead_id: UUID | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    """Show the list, and with `lead_id` that lead beside it.

    Raises:
        Http404: no such lead of this company.
    """
    company = place.company
    shown = asked_choice(request, "show", SHOWN, "")
    table: Table[LeadRow] = Table(request, kept={"show": shown})
    # In the company's schema once for all, as each way in is a round trip.
    with timezone.override(ZoneInfo(company.zone)), in_company(company):
        names, counted = read_together(_sites(company), lead_counts())
        sites, counts = dict(names), counts_from(counted)
        opened = _opened(place, lead_id, sites)
        leads = list_leads(company, shown=shown, words=table.query, window=table.window)
        tail = table.address() if table.query or shown else ""
        table.rows = _rows(place, leads, sites, tail=tail, opened=lead_id)
        context = {
            "company": company,
            "place": place,
            "table": table,
            "shown": shown,
            "tabs": _tabs(place, counts, shown),
            "has_leads": counts["all"] > 0,
            "tail": tail,
            "back": f"{place.list_url}{tail}",
            "limit": REASON_LIMIT,
            **opened,
            **more,
        }
        return render(request, place.template, context, status=status)


def as_csv(request: HttpRequest, place: LeadPlace) -> HttpResponse:
    """The list as it is narrowed, at most 20,000 leads."""
    return csv_response(f"leads-{place.company.slug}.csv", *_sheet(request, place))


def as_xlsx(request: HttpRequest, place: LeadPlace) -> HttpResponse:
    """The same as a spreadsheet."""
    return xlsx_response(f"leads-{place.company.slug}.xlsx", *_sheet(request, place))


def _opened(place: LeadPlace, lead_id: UUID | None, sites: dict[UUID, str]) -> dict[str, Any]:
    if lead_id is None:
        return {"lead": None}
    lead = find_lead(place.company, lead_id)
    if lead is None:
        raise Http404
    # A chat can be read once it is over.
    is_chat = lead.source == LeadSource.CHAT and ChatRecord.objects.filter(pk=lead.source_id).exists()
    return {
        "lead": lead,
        "row": _rows(place, [lead], sites)[0],
        "events": list_events(place.company, lead.pk),
        "chat_url": place.chat_url(lead.source_id) if is_chat else "",
    }


def _sites(company: Company) -> QuerySet[Any]:
    return Site.objects.filter(company=company).values_list("pk", "name")


def _rows(
    place: LeadPlace, leads: list[Lead], sites: dict[UUID, str], *, tail: str = "", opened: UUID | None = None
) -> list[LeadRow]:
    return [
        LeadRow(
            lead=lead,
            title=title(lead),
            best=best_words(lead),
            site=sites.get(lead.site_id, ""),
            source=source_words(lead.source),
            state=state_words(lead.state),
            look="chip--u100" if lead.state == "new" and lead.escalated_at else _LOOKS[lead.state],
            url=f"{place.lead_url(lead.pk)}{tail}",
            is_open=lead.pk == opened,
        )
        for lead in leads
    ]


def _tabs(place: LeadPlace, counts: dict[str, int], here: str) -> list[Tab]:
    words = {"": _("All"), LATE: _("Too late"), **{state: state_words(state) for state in SHOWN[1:-1]}}
    return [
        Tab(
            words=words[shown],
            count=counts[shown or "all"],
            url=f"{place.list_url}?show={shown}" if shown else place.list_url,
            is_here=shown == here,
        )
        for shown in ("", "new", LATE, "acknowledged", "won", "lost")
    ]


def _sheet(request: HttpRequest, place: LeadPlace) -> tuple[list[str], Iterator[list[Cell]]]:
    company = place.company
    table: Table[LeadRow] = Table(request)
    leads = list_leads(company, shown=asked_choice(request, "show", SHOWN, ""), words=table.query)
    header = [
        _("Came in"), _("Source"), _("Name"), _("Telephone"), _("E-mail"), _("When"), _("Question"), _("State"),
        _("Reason"), _("To be taken up by"), _("Too late since"), _("Site"), _("Page"), _("Agreed to"),
    ]  # fmt: skip
    return header, _cells(place, leads)


def _cells(place: LeadPlace, leads: list[Lead]) -> Iterator[list[Cell]]:
    zone = ZoneInfo(place.company.zone)
    for row in _rows(place, leads, dict(_sites(place.company))):
        lead = row.lead
        yield [
            lead.created_at.astimezone(zone),
            row.source,
            lead.name,
            lead.phone,
            shown_address(lead.email),
            row.best,
            lead.question,
            row.state,
            lead.lost_reason,
            lead.due_at.astimezone(zone) if lead.due_at else None,
            lead.escalated_at.astimezone(zone) if lead.escalated_at else None,
            row.site,
            lead.page_url,
            lead.consent,
        ]
