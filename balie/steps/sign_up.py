"""A company that signs up by itself: a mail with a link, and behind it, on a press, the company and its owner.

Nobody is told on the page whether an address has an account. The link opens an account, so it is in no table:
the stored letter lacks its signature, which is worked out when the mail is sent.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from agency.models import AgencyDelivery, PortalMember, User
from agency.services import access
from agency.services.companies.companies import free_monogram, propose_slug
from agency.services.mail import agency_mail
from balie.steps.onboard import Terms, start_company
from tenants.models import Company

LINK_WITHIN = timedelta(days=3)
KIND = "sign_up"


class NoneLeft(Exception):
    """Raised where no address or no letters for a company of this name are free, however often it is tried."""


@dataclass(frozen=True, slots=True)
class SignUp:
    """The form as typed, which the link carries. `id`: of the company to be, so that a link makes one only."""

    id: UUID
    at: datetime
    company: str
    name: str
    email: str
    language: str
    tone: str


@transaction.atomic
def mail_link(sign_up: SignUp) -> None:
    """Mail the link, or that the address has an account already."""
    known = User.objects.filter(email=sign_up.email.lower()).first()
    payload = base64.urlsafe_b64encode(msgspec.json.encode(sign_up)).rstrip(b"=").decode()
    path = reverse("sign_up_link", settings.ROOT_URLCONF, kwargs={"token": f"{payload}.{agency_mail.SECRET}"})
    context = {
        "agency": settings.AGENCY_NAME,
        "company": sign_up.company,
        "name": sign_up.name,
        "known": known,
        "places": access.list_places(known) if known else [],
        # `reverse` quotes the mark.
        "url": access.host_url(None, path.replace("%7Bsecret%7D", agency_mail.SECRET)),
        "days": LINK_WITHIN.days,
        "has_reply": bool(settings.AGENCY_EMAIL),
    }
    with translation.override(sign_up.language):
        subject = render_to_string("sign_up/mail_subject.txt", context)
        text = render_to_string("sign_up/mail.txt", context)
    agency_mail.queue(kind=KIND, recipient=sign_up.email, subject=subject, text=text, user=known, now=sign_up.at)


@agency_mail.fills(KIND)
def sign_link(delivery: AgencyDelivery) -> str:
    """Work out the signature of the link in a letter, "" in one without a link.

    The names that stand before the link are anybody's words, and may look like one.
    """
    if delivery.user_id is not None:
        return ""
    start = access.host_url(None, reverse("sign_up", settings.ROOT_URLCONF))
    links = re.findall(rf"{re.escape(start)}([\w-]+)\.{re.escape(agency_mail.SECRET)}", delivery.text)
    return _signer().signature(links[-1]) if links else ""


def read_link(token: str, now: datetime) -> SignUp | None:
    """Return what a link carries. None if it is forged, cut off, or over three days old."""
    try:
        payload = _signer().unsign(token)
        sign_up = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=SignUp)
    except (signing.BadSignature, binascii.Error, msgspec.MsgspecError, ValueError):
        return None
    return sign_up if sign_up.at > now - LINK_WITHIN else None


@transaction.atomic
def start_signed_up(sign_up: SignUp, *, now: datetime) -> Company:
    """Make the company of a link, not live, and its owner. A second time it is the same company.

    Raises:
        NoneLeft: see there.
        IntegrityError, ValidationError: somebody took the portal address or the letters a moment ago.
        CannotChangeMember: this address can't be an owner.
    """
    found = Company.objects.filter(pk=sign_up.id, ready=True).first()
    if found is not None:
        return found
    slug = propose_slug(sign_up.company) or propose_slug("company")
    monogram = free_monogram(sign_up.company)
    if not (slug and monogram):
        raise NoneLeft
    return start_company(
        id=sign_up.id,
        slug=slug,
        monogram=monogram,
        name=sign_up.company,
        language=sign_up.language,
        tone=sign_up.tone,
        terms=Terms(by=None, owner=(sign_up.name, sign_up.email), price=settings.SIGN_UP_PRICE),
        now=now,
    )


def find_unfinished(sign_up: SignUp) -> Company | None:
    """Return another company that the address owns already and that isn't live yet, or None."""
    owned = PortalMember.objects.select_related("company").filter(
        user__email=sign_up.email.lower(), role=PortalMember.Role.OWNER, company__ready=True, company__live_at=None
    )
    member = owned.exclude(company=sign_up.id).first()
    return member.company if member else None


def _signer() -> signing.Signer:
    return signing.Signer(sep=".", salt="balie.sign_up")
