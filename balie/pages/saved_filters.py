"""Filters of the chat list that people of a portal keep, rename and delete."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.models import PortalMember
from agency.services.companies import saved_filters
from agency.services.companies.saved_filters import MOST, NAME_LIMIT, CannotSave
from agency.views.doors import POST, SignedInRequest, portal_page
from agency.views.fields import LineField
from chat.services.finished import archive
from chat.views.chat_filters import ChatFilters
from tenants import clock
from tenants.round_trip import read_together


class NameForm(forms.Form):
    """The name of a filter, and for whom it is."""

    name = LineField(label=gettext_lazy("Name"), max_length=NAME_LIMIT)
    shared = forms.BooleanField(required=False)


@portal_page(POST, writes=PortalMember.Role.READER)
def save(request: SignedInRequest, member: PortalMember) -> HttpResponse:
    """Keep the filter that the list shows."""
    company = member.company
    lists = read_together(company.sites.order_by("name"), archive.operators_of(company))
    filters = ChatFilters(QueryDict(request.POST.get("query", "")[:2_000]), *lists)
    form = NameForm(request.POST)
    if not form.is_valid():
        _say_errors(request, form)
        return redirect(f"{_list()}?{filters.query}")
    name, shared = form.cleaned_data["name"], form.cleaned_data["shared"]
    try:
        saved_filters.save_filter(member=member, name=name, asked=filters.asked, shared=shared, now=clock.now())
    except CannotSave as refused:
        messages.error(request, _words(refused.code))
    else:
        messages.success(request, _("Saved: %(name)s.") % {"name": name})
    return redirect(f"{_list()}?{filters.query}")


@portal_page(POST, writes=PortalMember.Role.READER)
def change(request: SignedInRequest, member: PortalMember, filter_id: UUID) -> HttpResponse:
    """Give a filter another name, or delete it."""
    try:
        if request.POST.get("what") == "delete":
            saved_filters.delete_filter(member=member, filter_id=filter_id)
            messages.success(request, _("Deleted."))
            return redirect(_list())
        form = NameForm(request.POST)
        if not form.is_valid():
            _say_errors(request, form)
        else:
            saved_filters.rename_filter(member=member, filter_id=filter_id, name=form.cleaned_data["name"])
            messages.success(request, _("Saved: %(name)s.") % {"name": form.cleaned_data["name"]})
    except CannotSave as refused:
        messages.error(request, _words(refused.code))
    return redirect(_list())


def _list() -> str:
    return redirect("portal_chats").url


def _say_errors(request: SignedInRequest, form: NameForm) -> None:
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, f"{_('Name')}: {error}")


def _words(code: str) -> str:
    words = {
        "too_many": _("There are %(most)d saved filters already. Delete one first.") % {"most": MOST},
        "taken": _("There is a saved filter of this name already."),
        "nothing": _("The list isn't narrowed: filter first, then save."),
        "gone": _("This saved filter is gone."),
        "role": _("Owners and editors decide on filters of the whole company."),
    }
    return words[code]
