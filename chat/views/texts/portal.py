"""A company's texts for its own people: owners and editors write and approve, readers read."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from agency.models import PortalMember
from agency.services.companies import text_rule
from agency.views.doors import FORM, POST, READ, portal_page
from chat.views.texts import pages, write
from chat.views.texts.place import members_place
from tenants import clock


@portal_page(READ)
def text_list(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """List every text in force, by kind and language, what is coming, and which greeting a page gets."""
    return pages.show_list(request, members_place(member))


@portal_page(FORM, writes=PortalMember.Role.EDITOR)
def text_new(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """Write a text that isn't there yet. The kind is in the address."""
    return write.new(request, members_place(member))


@portal_page(READ)
def text_one(request: HttpRequest, member: PortalMember, text_id: UUID) -> HttpResponse:
    """One version: its words, what changed since the one before (or another), and all versions."""
    return pages.show_one(request, members_place(member), text_id)


@portal_page(FORM, writes=PortalMember.Role.EDITOR)
def text_edit(request: HttpRequest, member: PortalMember, text_id: UUID) -> HttpResponse:
    """Write the next version, beginning with the words of the one in the address."""
    return write.edit(request, members_place(member), text_id)


@portal_page(FORM, writes=PortalMember.Role.EDITOR)
def text_publish(request: HttpRequest, member: PortalMember, text_id: UUID) -> HttpResponse:
    """Approve and publish a draft, now or at a moment."""
    return write.publish_draft(request, members_place(member), text_id)


@portal_page(POST, writes=PortalMember.Role.EDITOR)
def text_act(request: HttpRequest, member: PortalMember, text_id: UUID) -> HttpResponse:
    """Approve a draft or put it away, or make one again of what waits for its moment."""
    return write.act(request, members_place(member), text_id)


@portal_page(FORM, writes=PortalMember.Role.EDITOR)
def text_withdraw(request: HttpRequest, member: PortalMember, text_id: UUID) -> HttpResponse:
    """Ask whether to take a text out of force, saying what that does, then do it."""
    return write.withdraw_text(request, members_place(member), text_id)


@portal_page(POST, writes=PortalMember.Role.OWNER)
def text_rule_set(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """Say whether managers of the agency may publish what the company didn't approve."""
    if request.POST.get("managers_publish") not in {"0", "1"}:
        raise Http404
    free = request.POST["managers_publish"] == "1"
    if text_rule.let_managers_publish(company=member.company, free=free, by=member.user, now=clock.now()):
        done = _("From now on the agency may publish without your approval.")
        messages.success(request, done if free else _("From now on nothing is published without your approval."))
    return redirect("portal_texts")
