"""A company's finished chats for managers: the same list and transcript, with what only the agency may see."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from agency.domain.promise import causes
from agency.models import ChatRecord, SavedFilter
from agency.services import spam as spam_marks
from agency.services.verdict import verdict_of
from agency.views.doors import POST, READ, SignedInRequest, company_page
from agency.views.query import for_file
from balie.pages import chats as pages_chats
from balie.pages.chats import ListPlace
from tenants import clock
from tenants.models import Company


@company_page(READ)
def chats(request: HttpRequest, company: Company) -> HttpResponse:
    """The list, with the portal's filters. Reports link here with `day`, `month` and `verdict`."""
    return pages_chats.show(request, _place(company))


@company_page(READ)
def chat(request: HttpRequest, company: Company, chat_id: UUID) -> HttpResponse:
    """One chat beside the list, with notes, who held it, why its promise broke, and the flag for spam."""
    record = ChatRecord.objects.filter(pk=chat_id, company=company).first()
    return pages_chats.show(
        request,
        _place(company),
        chat_id=chat_id,
        cause=_cause(record) if record else None,
        spam_url=reverse("manage_company_chat_spam", args=[company.pk, chat_id]),
    )


@company_page(READ)
def chat_pdf(request: HttpRequest, company: Company, chat_id: UUID) -> HttpResponse:
    """One chat as a document, as its company has it."""
    return pages_chats.as_pdf(company, chat_id)


@company_page(READ)
@for_file
def chats_csv(request: HttpRequest, company: Company) -> HttpResponse:
    """The list, as it is narrowed, as a file."""
    return pages_chats.as_csv(request, _place(company))


@company_page(POST)
def flag_spam(request: SignedInRequest, company: Company, chat_id: UUID) -> HttpResponse:
    """Call a finished chat spam, or take that back. Logged. Saying it twice changes nothing."""
    record = ChatRecord.objects.filter(pk=chat_id, company=company).first()
    if record is None or request.POST.get("spam") not in {"0", "1"}:
        raise Http404
    spam = request.POST["spam"] == "1"
    note = " ".join(request.POST.get("note", "").replace("\x00", " ").split())[: spam_marks.NOTE_LIMIT]
    if spam_marks.flag_spam(chat_id=chat_id, spam=spam, by=request.user, note=note, now=clock.now()):
        done = _("Marked as spam. It counts in nothing any more.")
        messages.success(request, done if spam else _("Not spam any more. It counts again."))
    else:
        messages.info(request, _("It was so already; nothing changed."))
    query = request.POST.get("back", "")
    address = reverse("manage_company_chat", args=[company.pk, chat_id])
    return redirect(f"{address}?{query}" if query else address)


def _cause(record: ChatRecord) -> dict[str, str] | None:
    """Return why the promise broke, as the reports name it. None if it was kept or the visitor left at once."""
    chat = causes.FinishedChat(
        arrived_at=record.arrived_at,
        assigned_at=record.assigned_at,
        promise_seconds=record.promise_seconds,
        close_reason=record.close_reason,
        seats=record.seats,
        free_slots=record.free_slots,
        bounces=record.bounces,
    )
    found = causes.cause(verdict_of(record), chat)
    if found is None:
        return None
    return {
        "name": _(causes.CAUSE_NAMES[found]),
        "definition": _(causes.CAUSE_DEFINITIONS[found]),
    }


def _place(company: Company) -> ListPlace:
    return ListPlace(
        company=company,
        list_url=reverse("manage_company_chats", args=[company.pk]),
        csv_url=reverse("manage_company_chats_csv", args=[company.pk]),
        chat_url=lambda chat_id: reverse("manage_company_chat", args=[company.pk, chat_id]),
        pdf_url=lambda chat_id: reverse("manage_company_chat_pdf", args=[company.pk, chat_id]),
        charges_url=reverse("manage_charges", args=[company.pk]),
        saved=SavedFilter.objects.none(),
        inside=True,
        template="manage/companies/chats.html",
    )
