"""The signed link in a lead's mail: whoever holds it can take up this one lead and say how it ended."""

import base64
import binascii
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from agency.services import access
from chat.models import Lead
from tenants.context import in_company
from tenants.models import Company

# As long as a company's words are kept unless it chose otherwise: a lead is won weeks after its mail.
LINK_WITHIN = timedelta(days=60)


def lead_token(company: Company, lead_id: UUID) -> str:
    """Return what lets its bearer deal with this one lead of this company, and nothing else."""
    plain = base64.urlsafe_b64encode(lead_id.bytes).rstrip(b"=").decode()
    return _signer(company).sign(plain)


def lead_url(company: Company, lead_id: UUID) -> str:
    """Return where the link of a lead's mail leads, "" where a company without a host can't offer it."""
    path = reverse("lead_link", settings.PORTAL_URLCONF, kwargs={"token": lead_token(company, lead_id)})
    try:
        return access.host_url(company, path)
    except LookupError:
        return ""


def find_linked_lead(company: Company, token: str, now: datetime) -> Lead | None:
    """Return the lead that a token names. None if it is forged, cut off, another company's, or 60 days old."""
    try:
        plain = _signer(company).unsign(token)
        lead_id = UUID(bytes=base64.urlsafe_b64decode(plain + "=="))
    except (signing.BadSignature, binascii.Error, ValueError):
        return None
    with in_company(company):
        lead: Lead | None = Lead.objects.filter(pk=lead_id, created_at__gt=now - LINK_WITHIN).first()
    return lead


def _signer(company: Company) -> signing.Signer:
    return signing.Signer(sep=".", salt=f"chat.lead:{company.pk}")
