"""A new company from nothing, in order: schema, palette, instruction version, site, hours, promise, texts, price,
owner.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from agency.domain.hours.hours import Window
from agency.domain.hours.periods import local_day
from agency.models import DatedHours, InstructionVersion, PortalMember, User
from agency.services.audit import note_change
from agency.services.companies.companies import portal_host
from agency.services.companies.palette import make_palette
from agency.services.hours.weekly_hours import set_promise, write_week
from balie.steps.invite_member import invite
from billing.domain.pricing import ZONE
from billing.services.prices import set_price
from chat.models import Text
from chat.services.texts.texts import publish_text
from tenants.context import in_company
from tenants.models import Company, Site
from tenants.provisioning import create_company

# A dated exception that never ends in practice: for demo and load companies only.
_ALWAYS_FROM, _ALWAYS_TO = date(2020, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The agreement with a new company, beside how it looks and speaks.

    `promise` is (seconds, share of the chats); `price` is euro a chat, from today on; `owner` is (name, mail address).
    """

    by: User
    week: tuple[Window, ...]
    promise: tuple[int, Decimal]
    price: Decimal
    owner: tuple[str, str]


@transaction.atomic
def onboard(
    *,
    slug: str,
    brand: str,
    site: dict[str, Any],
    texts: Iterable[dict[str, Any]],
    now: datetime,
    terms: Terms | None = None,
    **fields: Any,
) -> tuple[Company, Site]:
    """Make a company that can chat, all of it or nothing: schema, look, first site and published texts.

    Args:
        terms: hours, promise, price and owner, each written down; None leaves the defaults, for commands and tests.
        fields: further fields of Company (name, monogram, ...).

    Raises:
        ValidationError, IntegrityError: see `create_company`. CannotChangeMember, CannotSetPrice: of the owner, the
        price.
    """
    company = create_company(
        slug=slug,
        portal_host=portal_host(slug),
        brand=brand,
        palette=make_palette(brand),
        **fields,
    )
    texts = list(texts)
    instructed = any(text["kind"] == Text.Kind.INSTRUCTION for text in texts)
    InstructionVersion.objects.create(company=company, published_at=now if instructed else None)
    made = Site.objects.create(company=company, **{"language": company.language, **site})
    with in_company(company):
        author = terms.by.name if terms else ""
        for text in texts:
            publish_text(language=company.language, now=now, author_name=author, **text)
    if terms is not None:
        _agree(company, terms, now)
    return company, made


def _agree(company: Company, terms: Terms, now: datetime) -> None:
    """Everything that has a door of its own goes through it, so that each is in the log."""
    note_change(actor=terms.by, action="company.made", now=now, company=company, about=company)
    write_week(company, terms.week)
    seconds, share = terms.promise
    set_promise(company=company, seconds=seconds, share=share, by=terms.by, now=now)
    today = local_day(now, ZONE)
    set_price(company=company, amount=terms.price, valid_from=today, by=terms.by, now=now)
    name, email = terms.owner
    role = PortalMember.Role.OWNER
    invite(company=company, name=name, email=email, role=role, by=terms.by, now=now)


def open_always(company: Company, note: str) -> None:
    """Open a company 24 hours a day, by a dated exception."""
    DatedHours.objects.get_or_create(
        company=company,
        starts_on=_ALWAYS_FROM,
        ends_on=_ALWAYS_TO,
        defaults={"opens": 0, "closes": 1440, "note": note},
    )
