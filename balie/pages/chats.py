"""A company's finished chats as pages: list, transcript beside it, and CSV. For the portal and for managers alike.

In the composition root because a line shows its charge, which is billing's. Whoever asks has passed their door before.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import SavedFilter
from agency.services.companies import overview
from agency.services.spreadsheets.csv_file import Cell, csv_response
from agency.views.query import asked_id, say_errors
from agency.views.table import Pages
from balie.pages.transcript_document import transcript_pdf
from billing.services import ledger
from chat.services.finished import archive, one_chat
from chat.services.finished.archive import ArchiveLine, ArchivePage, Filters
from chat.services.finished.one_chat import Archived
from chat.services.finished.search import Search, read_search
from chat.services.mail import transcripts
from chat.services.mail.deliveries import MailState
from chat.templatetags.chats import RATINGS, outcome_word, verdict_word, visitor_word
from chat.views.chat_filters import ChatFilters
from tenants.context import in_company
from tenants.models import Company
from tenants.round_trip import read_together

# A CSV of more would be a file nobody opens; the days in the filter part it.
MOST_ROWS = 20_000
_CSV_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class ListPlace:
    """Where the pages are shown: whose chats, to whom, under which addresses."""

    company: Company
    list_url: str
    csv_url: str
    chat_url: Callable[[UUID], str]
    pdf_url: Callable[[UUID], str]
    charges_url: str
    inside: bool
    template: str
    # Filters that the reader may choose from, none for managers.
    saved: QuerySet[SavedFilter]


@dataclass(frozen=True, slots=True)
class Charged:
    """The cost of a chat after all that was said of it, and why."""

    amount: Decimal
    words: str
    free: bool


@dataclass(frozen=True, slots=True)
class ChatRow:
    """One line of the table with its address and its charge."""

    chat: ArchiveLine
    url: str
    charge: Charged | None
    open: bool


def show(request: HttpRequest, place: ListPlace, *, chat_id: UUID | None = None, **more: Any) -> HttpResponse:
    """Show the list, and with `chat_id` that chat's transcript beside it.

    Raises:
        Http404: no such finished chat of this company.
    """
    company = place.company
    ids = [chat_id] if chat_id else []
    before, after = asked_id(request, "before"), asked_id(request, "after")
    # In the company's schema once for all, as each way in is a round trip.
    with in_company(company):
        sites, operators, states, saved, *mails = read_together(
            company.sites.order_by("name"),
            archive.operators_of(company),
            overview.live_states(company),
            place.saved,
            *transcripts.mails_of(ids),
        )
        form = ChatFilters(request.GET, sites, operators)
        search = read_search(form.filters.words)
        chat = _find(place, chat_id, search)
        page = archive.find_chats(company=company, filters=form.filters, search=search, before=before, after=after)
        charges = list_charged(company, [*(line.chat_id for line in page.lines), *ids])
        opened = _opened(place, chat, charges, transcripts.mails_from(ids, *mails))
    here = _tail(_and(form.query, before=before, after=after))
    context = {
        "company": company,
        "place": place,
        "form": form,
        "page": page,
        "search": search,
        "rows": _rows(place, page.lines, charges, tail=here, opened=chat_id),
        "saved": saved,
        "going_on": overview.count_states(states).total,
        **_addresses(place, form, page, here),
        **opened,
        **more,
    }
    with timezone.override(ZoneInfo(company.zone)):
        return render(request, place.template, context)


def _addresses(place: ListPlace, form: ChatFilters, page: ArchivePage, here: str) -> dict[str, Any]:
    """Where the list goes on, its other forms, and the way back to it: it stays there while its chats are read."""
    query, at = form.query, place.list_url
    return {
        "pages": Pages(
            before=f"{at}{_tail(_and(query, after=page.newer))}" if page.newer else "",
            after=f"{at}{_tail(_and(query, before=page.older))}" if page.older else "",
        ),
        "first_page": f"{at}{_tail(query)}",
        "all_days": f"{at}{_tail(form.query_all_days)}",
        "csv": f"{place.csv_url}{_tail(query)}",
        "back": f"{at}{here}",
    }


def _find(place: ListPlace, chat_id: UUID | None, search: Search) -> Archived | None:
    """The chat beside the list, if one is open.

    Raises:
        Http404: no such finished chat of this company.
    """
    if chat_id is None:
        return None
    chat = one_chat.find_chat(company=place.company, chat_id=chat_id, inside=place.inside, search=search)
    if chat is None:
        raise Http404
    return chat


def _opened(
    place: ListPlace,
    chat: Archived | None,
    charges: Mapping[UUID, Charged],
    mails: Mapping[UUID, list[MailState]],
) -> dict[str, Any]:
    """The chat beside the list, if one is open, with its charge and its mails."""
    if chat is None:
        return {"chat": None, "charge": None, "charge_url": "", "pdf_url": "", "mails": []}
    chat_id = chat.record.pk
    return {
        "chat": chat,
        "charge": charges.get(chat_id),
        "charge_url": f"{place.charges_url}?chat={chat_id}",
        "pdf_url": place.pdf_url(chat_id),
        "mails": mails[chat_id],
    }


def as_pdf(company: Company, chat_id: UUID) -> HttpResponse:
    """One chat as a document, with what its company may read: managers get the same bytes as the company.

    Raises:
        Http404: no such finished chat of this company.
    """
    chat = one_chat.find_chat(company=company, chat_id=chat_id, inside=False)
    if chat is None:
        raise Http404
    name = f"{company.slug}-{chat.record.number}.pdf"
    return HttpResponse(
        transcript_pdf(chat, company),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


def list_newest(place: ListPlace, size: int) -> list[ChatRow]:
    """The newest chats alone, for a page that shows a few. To be read inside the company."""
    lines = archive.list_newest(place.company, size)
    return _rows(place, lines, list_charged(place.company, [line.chat_id for line in lines]))


def as_csv(request: HttpRequest, place: ListPlace) -> HttpResponse:
    """The list as a file, with the same filters, at most 20,000 chats."""
    company = place.company
    form = ChatFilters(request.GET, *read_together(company.sites.order_by("name"), archive.operators_of(company)))
    filters = form.filters
    say_errors(request, form)
    header = [
        _("Chat"), _("Arrived"), _("Closed"), _("Site"), _("Visitor"), _("First words"), _("Operator"), _("Outcome"),
        _("Promise"), _("First response (s)"), _("Rating"), _("Charged (€)"), _("Reason"),
    ]  # fmt: skip
    return csv_response(f"chats-{company.slug}.csv", header, _csv_rows(company, filters))


def _rows(
    place: ListPlace,
    lines: Iterable[ArchiveLine],
    charges: Mapping[UUID, Charged],
    *,
    tail: str = "",
    opened: UUID | None = None,
) -> list[ChatRow]:
    return [
        ChatRow(
            line,
            # The anchor keeps the line in sight on a wide screen; on a small one there is no list to scroll to.
            f"{place.chat_url(line.chat_id)}{tail}#c{line.number}",
            charges.get(line.chat_id),
            line.chat_id == opened,
        )
        for line in lines
    ]


def list_charged(company: Company, chat_ids: Iterable[UUID]) -> dict[UUID, Charged]:
    """The sum and the last reason of each of these chats that is on the ledger."""
    return {
        chat_id: Charged(
            sum((line.amount for line in lines), Decimal(0)),
            str(lines[-1].words),
            not any(line.amount for line in lines),
        )
        for chat_id, lines in ledger.find_lines(company, chat_ids).items()
    }


def _csv_rows(company: Company, filters: Filters) -> Iterator[list[Cell]]:
    zone = ZoneInfo(company.zone)
    edge: UUID | None = None
    search: Search | None = None
    for _round in range(MOST_ROWS // _CSV_PAGE):
        with in_company(company):
            search = search or read_search(filters.words)
            page = archive.find_chats(company=company, filters=filters, search=search, before=edge, size=_CSV_PAGE)
            charges = list_charged(company, {line.chat_id for line in page.lines})
        for line in page.lines:
            charge = charges.get(line.chat_id)
            rating = "none" if line.good is None else "good" if line.good else "bad"
            yield [
                line.number,
                line.arrived_at.astimezone(zone),
                line.closed_at.astimezone(zone),
                line.site,
                visitor_word(line),
                line.first_words,
                line.operator,
                _("Spam") if line.spam else outcome_word(line.outcome),
                "" if line.spam else verdict_word(line.verdict if line.in_hours else "outside_hours"),
                None if line.waited is None else round(line.waited, 3),
                _(RATINGS[rating]),
                charge.amount if charge else None,
                charge.words if charge else "",
            ]
        edge = page.older
        if edge is None:
            return


def _and(query: str, **edges: UUID | None) -> str:
    given = urlencode({name: value for name, value in edges.items() if value})
    return "&".join(part for part in (query, given) if part)


def _tail(query: str) -> str:
    return f"?{query}" if query else ""
