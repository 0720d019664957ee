"""A company's own pages that draw on several apps: overview, chats, satisfaction. Every role reads and none changes.

Membership of the host's company is read on every request.
"""

from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from agency.domain.hours.hours_as_text import days_ahead
from agency.domain.hours.periods import local_day
from agency.domain.promise.figures import Level
from agency.models import PortalMember
from agency.services.certification.valid_certificates import list_public_names
from agency.services.companies import overview
from agency.services.hours.agreement import list_hours
from agency.services.reports import service_level
from agency.views.doors import READ, portal_page
from agency.views.query import asked_month, for_file
from balie.pages import chats as pages_chats
from balie.pages.chats import ListPlace
from balie.pages.day_bars import day_bars
from balie.pages.onboarding.checklist import read_progress
from billing.services import ledger
from billing.services.agreements.proposals import is_waiting
from chat.services.finished import archive, ratings
from chat.services.finished.archive import Filters
from chat.services.leads.find import count_leads
from tenants import clock
from tenants.models import Company

_LAST_CHATS = 8
_DAYS_AHEAD = 7


@portal_page(READ)
def home(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """A month and today in numbers, chats per day, the last chats, what is agreed, who answers, the
    code for each site.
    """
    company = member.company
    now = clock.now()
    today = local_day(now, company.zone)
    months = _months(company, today)
    month = asked_month(request, months)
    until = min(_last_of(month), today)
    level = service_level.service_level(company=company, since=month, until=until)
    before = service_level.service_level(company=company, **_same_days_before(until))
    is_now = until == today
    context = {
        "member": member,
        "live": overview.count_live(company),
        "leads": count_leads(company),
        # Owners alone accept what waits. Before the company is live the steps say it.
        "waiting": bool(company.live_at) and member.may(PortalMember.Role.OWNER) and is_waiting(company, now),
        "is_new": not overview.has_had_chats(company),
        "sites": overview.list_sites(company),
        "today": today,
        "months": months,
        "month": month,
        "until": until,
        "is_now": is_now,
        "level": level,
        "now": level.days[-1].level if is_now else _level_of(company, today),
        "promise": service_level.promise_at_end(company, today),
        "days": days_ahead(list_hours([company])[company.pk], today, _DAYS_AHEAD),
        "names": list_public_names(company, now),
        "more": level.total.offered - before.total.offered if before.total.offered else None,
        "last_month": before.since,
        "bars": day_bars(level.days),
        "cost": ledger.month_total(company, month),
        "progress": read_progress(company, is_manager=False) if company.live_at is None else None,
        "rows": pages_chats.list_rows(_place(company), Filters(), size=_LAST_CHATS),
    }
    return _in_zone(request, company, "portal/home.html", context)


@portal_page(READ)
def chats(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """The list of finished chats with search and filters."""
    return pages_chats.show(request, _place(member.company), member=member)


@portal_page(READ)
def chat(request: HttpRequest, member: PortalMember, chat_id: UUID) -> HttpResponse:
    """The list with one chat's transcript beside it."""
    return pages_chats.show(request, _place(member.company), chat_id=chat_id, member=member)


@portal_page(READ)
def chat_pdf(request: HttpRequest, member: PortalMember, chat_id: UUID) -> HttpResponse:
    """One chat as a document."""
    return pages_chats.as_pdf(member.company, chat_id)


@portal_page(READ)
@for_file
def chats_csv(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """The list, as it is narrowed, as a file."""
    return pages_chats.as_csv(request, _place(member.company))


@portal_page(READ)
def satisfaction(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """How many were content, of how many who said so, and in which words."""
    company = member.company
    today = local_day(clock.now(), company.zone)
    months = _months(company, today)
    month = asked_month(request, months)
    until = min(_last_of(month), today)
    level = service_level.service_level(company=company, since=month, until=until)
    context = {
        "member": member,
        "months": months,
        "month": month,
        "until": until,
        "level": level.total,
        "said": ratings.list_words(company=company, since=month, until=until),
        "most": ratings.MOST,
    }
    return _in_zone(request, company, "portal/satisfaction.html", context)


def _place(company: Company) -> ListPlace:
    return ListPlace(
        company=company,
        list_url=reverse("portal_chats"),
        csv_url=reverse("portal_chats_csv"),
        chat_url=lambda chat_id: reverse("portal_chat", args=[chat_id]),
        pdf_url=lambda chat_id: reverse("portal_chat_pdf", args=[chat_id]),
        charges_url=reverse("portal_charges"),
        inside=False,
        template="portal/chats.html",
    )


def _in_zone(request: HttpRequest, company: Company, template: str, context: dict[str, object]) -> HttpResponse:
    with timezone.override(ZoneInfo(company.zone)):
        return render(request, template, context)


def _level_of(company: Company, day: date) -> Level:
    return service_level.service_level(company=company, since=day, until=day).total


def _same_days_before(today: date) -> dict[str, date]:
    """The same days of the month before, as far as it has them."""
    last = today.replace(day=1) - timedelta(days=1)
    return {
        "since": last.replace(day=1),
        "until": min(last, last.replace(day=min(today.day, last.day))),
    }


def _months(company: Company, today: date) -> list[date]:
    """This month and the eleven before it, as far back as there are chats."""
    first = archive.first_arrival(company)
    oldest = local_day(first, company.zone).replace(day=1) if first else today.replace(day=1)
    months = [today.replace(day=1)]
    while months[-1] > oldest and len(months) < 12:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months


def _last_of(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
