"""The mails about a lead to its company: when it comes in, and when nobody took it up in time."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from agency.domain.addresses import shown_address
from agency.services.companies.palette import make_palette
from chat.domain.leads import LeadSource, call_window
from chat.models import Lead
from chat.services.leads.link import LINK_WITHIN, lead_url
from chat.services.leads.words import best_of, best_words, title
from chat.services.mail import deliveries
from chat.services.mail.deliveries import OutgoingMail
from tenants.models import Company, Site
from tenants.origins import shown_url


def mail_lead(lead: Lead, company: Company, now: datetime) -> None:
    """Write the mail that brings a lead to its company, if it gave an address, in the running transaction."""
    _mail(lead, company, kind="lead", recipient=company.question_email, now=now)


def mail_late_lead(lead: Lead, company: Company, now: datetime) -> None:
    """Write the mail about a lead that wasn't taken up in time, in the running transaction."""
    recipient = company.lead_escalation_email or company.question_email
    _mail(lead, company, kind="late_lead", recipient=recipient, now=now)


def _mail(lead: Lead, company: Company, *, kind: str, recipient: str, now: datetime) -> None:
    if not recipient:
        return
    with translation.override(company.language), timezone.override(ZoneInfo(company.zone)):
        words = title(lead)
        is_late = kind == "late_lead"
        context = {
            "lead": lead,
            "company": company,
            "heading": words,
            "is_late": is_late,
            "facts": _facts(lead),
            "url": lead_url(company, lead.pk),
            "days": LINK_WITHIN.days,
            "colours": make_palette(company.brand),
            "language": company.language,
        }
        mail = OutgoingMail(
            kind=kind,
            object_id=lead.pk,
            recipient=recipient,
            reply_to=lead.email,
            subject=_("Not taken up yet. %(lead)s") % {"lead": words} if is_late else words,
            text=render_to_string("email/lead.txt", context).strip() + "\n",
            html=render_to_string("email/lead.html", context),
            calendar=appointment(lead, company),
            chat_id=lead.source_id if lead.source == LeadSource.CHAT else None,
        )
    deliveries.queue(mail, company=company, now=now)


def _facts(lead: Lead) -> list[tuple[str, str, str]]:
    """List what is known: its name, its value, and the address that a press on it opens."""
    site = Site.objects.filter(pk=lead.site_id).values_list("name", flat=True).first() or ""
    facts: list[tuple[Any, str, str]] = [
        (_("Name"), lead.name, ""),
        (_("Telephone"), lead.phone, f"tel:{''.join(lead.phone.split())}"),
        (_("E-mail"), shown_address(lead.email), f"mailto:{lead.email}"),
        (_("When"), best_words(lead), ""),
        (_("Site"), site, ""),
        (_("Page"), shown_url(lead.page_url) if lead.page_url else "", ""),
        (_("Agreed to"), lead.consent, ""),
    ]
    return [fact for fact in facts if fact[1]]


def appointment(lead: Lead, company: Company) -> str:
    """Return the call as an appointment for a diary, in the active language, "" where no day was named."""
    if lead.best_day is None or not lead.phone:
        return ""
    start, end = call_window(best_of(lead), company.zone)
    event = Event()
    event.add("uid", f"{lead.pk}@{settings.AGENCY_HOST}")
    event.add("dtstamp", lead.created_at)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", title(lead))
    event.add("location", lead.phone)
    event.add("description", lead.question)
    calendar = Calendar()
    calendar.add("prodid", "-//Balie//Leads//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return str(calendar.to_ical().decode())
