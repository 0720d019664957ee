"""A company goes live, in order: what stands against it, its people per half hour, the moment, the log, the mail.

Until then its sites show visitors nothing. It can be paused and go live again, by the same gate.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from agency.domain.hours.hours import closes_at, opens_at
from agency.domain.refusal import Refusal
from agency.models import DatedHours, InstructionVersion, OpeningHours, PortalMember, User
from agency.services import access
from agency.services.audit import note_change
from agency.services.companies.install import has_code
from agency.services.hours.agreement import list_hours
from agency.services.shifts.gaps import Gap, find_gap
from balie.steps.letter import queue_letter
from billing.services.agreements.proposals import list_waiting
from chat.models import Text
from chat.services.texts.texts import list_texts
from tenants.context import in_company
from tenants.models import Company

REASON_LIMIT = 200
# The things that can stand against it, in the order in which they are done. The company itself does the first ones.
MISSING = ("site", "hours", "processing", "price", "code", "tested", "no_price", "texts", "instruction", "people")
OF_COMPANY = frozenset(MISSING[:6])
_TEXTS = (Text.Kind.GREETING, Text.Kind.SCRIPT)


class CannotGoLive(Refusal):
    """Raised where a company can't go live or ask for it. `code`: one of MISSING, already, not_live, reason."""


@dataclass(frozen=True, slots=True)
class Gate:
    """All that stands against going live, as codes of MISSING, and the half hours that lack people."""

    missing: tuple[str, ...]
    gap: Gap

    @property
    def is_open(self) -> bool:
        """Whether the company can go live."""
        return not self.missing

    @property
    def of_company(self) -> tuple[str, ...]:
        """Return what the company itself has still to do."""
        return tuple(one for one in self.missing if one in OF_COMPANY)


def read_gate(company: Company, now: datetime) -> Gate:
    """Read what stands against going live now."""
    gap = find_gap(company, now)
    found = {*list_waiting(company, now), *_of_texts(company, now)}
    if not _has_hours(company, now):
        found.add("hours")
    if not any(site.origins for site in company.sites.all()):
        found.add("site")
    if not Company.objects.filter(has_code(company.pk), pk=company.pk).exists():
        found.add("code")
    if company.tested_at is None:
        found.add("tested")
    if gap.shortages:
        found.add("people")
    return Gate(tuple(one for one in MISSING if one in found), gap)


@transaction.atomic
def go_live(*, company: Company, by: User, now: datetime) -> None:
    """Let visitors chat, from this commit on. The gate is read under the company's lock, so none is passed by halves.

    Raises:
        CannotGoLive: already, or the first of what is missing.
    """
    company = _locked(company)
    if company.live_at is not None:
        raise CannotGoLive("already")
    gate = read_gate(company, now)
    if gate.missing:
        raise CannotGoLive(gate.missing[0])
    company.live_at, company.live_asked_at = now, None
    company.save(update_fields=["live_at", "live_asked_at"])
    note_change(actor=by, action="company.live", now=now, company=company, about=company)
    owners = PortalMember.objects.filter(company=company, role=PortalMember.Role.OWNER, user__is_active=True)
    for owner in owners.select_related("user"):
        _mail(company, owner.user, now)


@transaction.atomic
def ask_live(*, company: Company, by: User, now: datetime) -> None:
    """Ask the agency to let the company go live. Asked twice is asked once.

    Raises:
        CannotGoLive: already, or the first of what the company itself has still to do.
    """
    company = _locked(company)
    if company.live_at is not None:
        raise CannotGoLive("already")
    missing = read_gate(company, now).of_company
    if missing:
        raise CannotGoLive(missing[0])
    if company.live_asked_at is None:
        company.live_asked_at = now
        company.save(update_fields=["live_asked_at"])
        note_change(actor=by, action="company.asked_live", now=now, company=company, about=company)


@transaction.atomic
def pause(*, company: Company, reason: str, by: User, now: datetime) -> None:
    """Offer visitors nothing more, from this commit on. Chats under way are finished.

    Raises:
        CannotGoLive: not_live, reason (none was given, or it is too long).
    """
    # The whole row: a chat that is being begun holds its key.
    company = Company.objects.select_for_update().get(pk=company.pk)
    if company.live_at is None:
        raise CannotGoLive("not_live")
    if not 0 < len(reason) <= REASON_LIMIT:
        raise CannotGoLive("reason")
    company.live_at = company.live_asked_at = None
    company.save(update_fields=["live_at", "live_asked_at"])
    changes = {"reason": (None, reason)}
    note_change(actor=by, action="company.paused", now=now, company=company, about=company, changes=changes)


def _locked(company: Company) -> Company:
    found: Company = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    return found


def _has_hours(company: Company, now: datetime) -> bool:
    """Whether somebody set its hours, and it opens in the coming weeks."""
    if not any(hours.objects.filter(company=company).exists() for hours in (OpeningHours, DatedHours)):
        return False
    hours = list_hours([company])[company.pk]
    return (closes_at(hours, now) or opens_at(hours, now)) is not None


def _of_texts(company: Company, now: datetime) -> set[str]:
    with in_company(company):
        kinds = {text.kind for text in list_texts(*_TEXTS, now=now)}
    found = set() if kinds.issuperset(_TEXTS) else {"texts"}
    if not InstructionVersion.objects.filter(company=company, published_at__isnull=False).exists():
        found.add("instruction")
    return found


def _mail(company: Company, owner: User, now: datetime) -> None:
    facts = {
        "name": owner.name,
        "sites": [origin for site in company.sites.all() for origin in site.origins],
        "url": access.host_url(company, reverse("portal_home", urlconf=settings.PORTAL_URLCONF)),
    }
    queue_letter("live", company=company, to=owner, sender=settings.AGENCY_NAME, facts=facts, now=now)
