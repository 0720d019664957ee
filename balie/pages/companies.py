"""Manager's pages that span the apps: all companies, and a new one."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agency.services.companies import overview
from agency.services.reports.today import list_today
from agency.views.doors import FORM, READ, SignedInRequest, manager_page
from agency.views.form_status import status_of
from agency.views.query import asked_choice
from agency.views.table import Column, Table
from balie.pages import company_list
from balie.pages.new_company import NewCompany
from tenants import clock
from tenants.models import Company


@manager_page(READ)
def home(request: HttpRequest) -> HttpResponse:
    """Show how today's promises are kept, then each company: its needs, the people there for it, its chats now."""
    now = clock.now()
    show = asked_choice(request, "show", company_list.LISTS).replace("all", "")
    table = _companies_table(request, show)
    found = company_list.list_companies(
        show=show, choose=lambda rows: table.fill(rows, words=_words_of, by=_ORDERS).rows, now=now
    )
    context = {
        "found": found,
        "table": table,
        "query": table.query,
        "show": show or "all",
        "live": company_list.count_live_everywhere(),
        "seats": overview.count_seats(now),
        # First of all; whoever pages or searches has seen it.
        "kept": None if request.GET else list_today(now),
        "pages": table.pages,
    }
    return render(request, "manage/home.html", context)


def _companies_table(request: HttpRequest, show: str) -> Table[Any]:
    return Table(
        request,
        Column(_("Company"), "company"),
        Column(_("Needs"), "needs", falls=True),
        Column(_("Now")),
        Column(_("Waiting"), is_figure=True),
        Column(_("In conversation"), is_figure=True),
        Column(_("At the desk"), "here", is_figure=True, falls=True),
        Column(_("Certified"), "certified", is_figure=True),
        Column(_("Sites"), is_figure=True),
        sort="company",
        size=company_list.PAGE,
        kept={"show": show},
    )


def _words_of(row: Any) -> str:
    """Return the texts a company is found by: its name, the name of its portal and its monogram."""
    return f"{row.name}\n{row.slug}\n{row.monogram}"


_ORDERS: dict[str, Callable[[Any], Any]] = {
    "needs": lambda row: len(row.needs),
    "here": lambda row: row.here_now,
    "certified": lambda row: row.certified_now - row.at_least,
}


@manager_page(FORM)
def company_new(request: SignedInRequest) -> HttpResponse:
    """Make a company. Sent twice, it is made once."""
    new = NewCompany(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        made = _made(new) or (new.is_valid() and new.save(by=request.user, now=clock.now()))
        # The other of two that were sent at once may have been faster.
        made = made or _made(new)
        if made:
            return redirect("manage_company_start", made.pk)
    context = {
        "new": new,
        "first": new.forms[0],
        "others": new.forms[1:],
        "suffix": settings.PORTAL_SUFFIX,
    }
    return render(request, "manage/companies/new.html", context, status=status_of(request))


def _made(new: NewCompany) -> Company | None:
    return Company.objects.filter(pk=new.id, ready=True).first()
