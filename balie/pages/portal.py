"""A company's own pages that draw on several apps: overview, chats, satisfaction. Every role reads and none changes.

Membership of the host's company is read on every request.
"""

from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from agency.domain.hours.hours_as_text import days_ahead
from agency.domain.hours.periods import local_day
from agency.domain.promise.figures import Level
from agency.models import PortalMember, Promise
from agency.services.certification.valid_certificates import public_names
from agency.services.companies import overview
from agency.services.companies.install import checks_of
from agency.services.companies.saved_filters import filters_of
from agency.services.hours.agreement import dated_of, hours_from, windows_of
from agency.services.reports import service_level
from agency.services.reports.levels import count_by
from agency.views.doors import READ, portal_page
from agency.views.query import asked_month, for_file
from balie.pages import chats as pages_chats
from balie.pages.chats import ListPlace
from balie.pages.day_bars import day_bars
from balie.pages.onboarding.checklist import read_progress
from billing.services import ledger
from billing.services.agreements.proposals import NO_PRICE, waiting_from, waiting_reads
from chat.services.finished import archive, ratings
from chat.services.leads.find import counts_from, lead_counts
from tenants import clock
from tenants.context import in_company
from tenants.models import Company
from tenants.round_trip import read_together

_LAST_CHATS = 8
_DAYS_AHEAD = 7


@portal_page(READ)
def home(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """A month and today in numbers, chats per day, the last chats, what is agreed, who answers, the
    code for each site.
    """
    company = member.company
    today = local_day(clock.now(), company.zone)
    # In the company's schema once for all, as each way in is a round trip.
    with in_company(company):
        year = _months(None, today)
        asked = next((one for one in year if f"{one:%Y-%m}" == request.GET.get("month")), year[0])
        standing = _standing(company, asked, today)
        months = _months(standing.pop("first"), today)
        month = asked_month(request, months)
        if month != asked:  # one from before the first chat, which is said
            standing["cost"] = ledger.month_total(company, month)
        until = min(_last_of(month), today)
        level, compared = _levels(company, month, until, standing["promises"])
        is_now = until == today
        context = {
            "member": member,
            **standing,
            # Owners alone accept what waits. Before the company is live the steps say it.
            "waiting": standing["waits"] and company.live_at and member.may(PortalMember.Role.OWNER),
            "today": today,
            "months": months,
            "month": month,
            "until": until,
            "is_now": is_now,
            "level": level,
            "now": level.days[-1].level if is_now else _level_of(company, today),
            "more": compared,
            "last_month": _same_days_before(until)[0],
            "bars": day_bars(level.days),
            "progress": read_progress(company, is_manager=False) if company.live_at is None else None,
            "rows": pages_chats.list_newest(_place(member), _LAST_CHATS),
        }
    context["is_new"] = not context["rows"] and not context["live"].total + context["live"].wrap_up
    return _in_zone(request, company, "portal/home.html", context)


def _standing(company: Company, month: date, today: date) -> dict[str, Any]:
    """The facts beside the month's numbers, in one query: who waits now, leads, sites, what is agreed, the cost."""
    now = clock.now()
    first, live, leads, sites, checks, windows, dated, promises, names, sums, *agreed = read_together(
        archive.arrivals(company)[:1],
        overview.live_states(company),
        lead_counts(),
        overview.seen_sites(company),
        checks_of(company),
        windows_of([company]),
        dated_of([company]),
        Promise.objects.filter(company=company).order_by("-version"),
        public_names(company, now),
        ledger.month_sums(company, month),
        *waiting_reads(company),
    )
    hours = hours_from([company], windows, dated)[company.pk]
    return {
        "first": local_day(first[0], company.zone) if first else today,
        "live": overview.count_states(live),
        "leads": counts_from(leads),
        "sites": overview.site_lines(sites, checks),
        "days": days_ahead(hours, today, _DAYS_AHEAD),
        "promises": promises,
        "promise": service_level.promise_among(promises, company, today),
        "names": names,
        "cost": ledger.total_from(sums),
        "waits": bool(set(waiting_from(company, now, agreed)) - {NO_PRICE}),
    }


def _levels(
    company: Company, month: date, until: date, promises: list[Promise]
) -> tuple[service_level.ServiceLevel, int | None]:
    """The month, and how many chats more it had than the same days of the month before, None if those had none. Two
    queries.
    """
    since, last = _same_days_before(until)
    level = service_level.by_days(
        count_by("day", company=company, zone=company.zone, since=month, until=until),
        company=company,
        since=month,
        until=until,
        promise=service_level.promise_among(promises, company, until),
    )
    before = count_by("day", company=company, zone=company.zone, since=since, until=last).get(None)
    return level, level.total.offered - before.offered if before and before.offered else None


@portal_page(READ)
def chats(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """The list of finished chats with search and filters."""
    return pages_chats.show(request, _place(member), **_reader(member))


@portal_page(READ)
def chat(request: HttpRequest, member: PortalMember, chat_id: UUID) -> HttpResponse:
    """The list with one chat's transcript beside it."""
    return pages_chats.show(
        request, _place(member), chat_id=chat_id, member=member, may_share=member.may(PortalMember.Role.EDITOR)
    )


@portal_page(READ)
def chat_pdf(request: HttpRequest, member: PortalMember, chat_id: UUID) -> HttpResponse:
    """One chat as a document."""
    return pages_chats.as_pdf(member.company, chat_id)


@portal_page(READ)
@for_file
def chats_csv(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """The list, as it is narrowed, as a file."""
    return pages_chats.as_csv(request, _place(member))


@portal_page(READ)
def satisfaction(request: HttpRequest, member: PortalMember) -> HttpResponse:
    """How many were content, of how many who said so, and in which words."""
    company = member.company
    today = local_day(clock.now(), company.zone)
    first = archive.arrivals(company).first()
    months = _months(local_day(first, company.zone) if first else today, today)
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


def _reader(member: PortalMember) -> dict[str, Any]:
    """The reader of the list, and whether they decide on filters of the whole company."""
    return {"member": member, "may_share": member.may(PortalMember.Role.EDITOR)}


def _place(member: PortalMember) -> ListPlace:
    return ListPlace(
        company=member.company,
        saved=filters_of(member),
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
    return count_by("day", company=company, zone=company.zone, since=day, until=day).get(None, Level())


def _same_days_before(today: date) -> tuple[date, date]:
    """The same days of the month before, as far as it has them: the first and the last."""
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), min(last, last.replace(day=min(today.day, last.day)))


def _months(first: date | None, today: date) -> list[date]:
    """This month and the eleven before it, as far back as the day of the first chat."""
    months = [today.replace(day=1)]
    while len(months) < 12 and (first is None or months[-1] > first):
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months


def _last_of(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
