"""A company's texts for managers."""

from uuid import UUID

from django.http import HttpResponse

from agency.views.doors import FORM, POST, READ, SignedInRequest, company_page
from chat.views.texts import pages, write
from chat.views.texts.place import managers_place
from tenants.models import Company


@company_page(READ)
def text_list(request: SignedInRequest, company: Company) -> HttpResponse:
    """List every text in force, by kind and language, what is coming, and which greeting a page gets."""
    return pages.show_list(request, managers_place(company, request.user))


@company_page(FORM)
def text_new(request: SignedInRequest, company: Company) -> HttpResponse:
    """Write a text that isn't there yet. The kind is in the address."""
    return write.new(request, managers_place(company, request.user))


@company_page(READ)
def text_one(request: SignedInRequest, company: Company, text_id: UUID) -> HttpResponse:
    """One version: its words, what changed since the one before (or another), and all versions."""
    return pages.show_one(request, managers_place(company, request.user), text_id)


@company_page(FORM)
def text_edit(request: SignedInRequest, company: Company, text_id: UUID) -> HttpResponse:
    """Write the next version, beginning with the words of the one in the address."""
    return write.edit(request, managers_place(company, request.user), text_id)


@company_page(FORM)
def text_publish(request: SignedInRequest, company: Company, text_id: UUID) -> HttpResponse:
    """Publish a draft, now or at a moment."""
    return write.publish_draft(request, managers_place(company, request.user), text_id)


@company_page(POST)
def text_act(request: SignedInRequest, company: Company, text_id: UUID) -> HttpResponse:
    """Put a draft away, or make one again of what waits for its moment."""
    return write.act(request, managers_place(company, request.user), text_id)


@company_page(FORM)
def text_withdraw(request: SignedInRequest, company: Company, text_id: UUID) -> HttpResponse:
    """Ask whether to take a text out of force, saying what that does, then do it."""
    return write.withdraw_text(request, managers_place(company, request.user), text_id)
