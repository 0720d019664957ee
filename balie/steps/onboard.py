"""A new company from nothing, in order: schema, palette, instruction version, site, hours, promise, texts, price,
owner. `start_company` makes one that its owner then brings aboard, step by step.
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
from chat.domain.texts.templates import starter_texts
from chat.models import Text
from chat.services.texts.texts import publish_text
from tenants.context import in_company
from tenants.models import Company, Site
from tenants.provisioning import create_company

# A dated exception that never ends in practice: for demo and load companies only.
_ALWAYS_FROM, _ALWAYS_TO = date(2020, 1, 1), date(2099, 12, 31)


# The hours with which a company begins: its owner says which they are.
OFFICE_WEEK = tuple(Window(weekday, 9 * 60, 17 * 60) for weekday in range(5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The agreement with a new company, beside how it looks and speaks.

    Args:
        by: the manager who makes it, None for one that signs up by itself.
        owner: name and mail address.
        promise: seconds and share of the chats, None for what holds when nothing is agreed.
        price: euro a chat, from today on, None as long as a manager sets none.
    """

    by: User | None
    owner: tuple[str, str]
    promise: tuple[int, Decimal] | None = None
    price: Decimal | None = None
    week: tuple[Window, ...] = OFFICE_WEEK


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
        author = terms.by.name if terms and terms.by else ""
        for text in texts:
            publish_text(**{"language": company.language, **text}, now=now, author_name=author)
    if terms is not None:
        _agree(company, terms, now)
    return company, made


def start_company(*, terms: Terms, now: datetime, name: str, language: str, tone: str, **fields: Any) -> Company:
    """Make a company that isn't live, with its usual beginning, and invite its owner, all of it or nothing.

    Its first site has no address yet, so its code answers nowhere.

    Args:
        fields: further fields of Company (slug, monogram, ...).

    Raises:
        ValidationError, IntegrityError, CannotChangeMember, CannotSetPrice: see `onboard`.
    """
    company, _site = onboard(
        name=name,
        language=language,
        tone=tone,
        brand=Company._meta.get_field("brand").get_default(),
        site={"name": name},
        texts=starter_texts(language, tone, name),
        now=now,
        terms=terms,
        # A manager says later when it goes live.
        live_at=None,
        **fields,
    )
    return company


def _agree(company: Company, terms: Terms, now: datetime) -> None:
    """Everything that has a door of its own goes through it, so that each is in the log."""
    action = "company.made" if terms.by else "company.signed_up"
    note_change(actor=terms.by, action=action, now=now, company=company, about=company)
    write_week(company, terms.week)
    if terms.promise is not None:
        seconds, share = terms.promise
        set_promise(company=company, seconds=seconds, share=share, by=terms.by, now=now)
    if terms.price is not None:
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
