"""A new company from nothing, in order: schema, palette, instruction version, site, texts, hours."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings

from agency.domain.colour import palette
from agency.models import DatedHours, InstructionVersion
from chat.services.texts import publish_text
from tenants.context import in_company
from tenants.models import Company, Site
from tenants.provisioning import create_company

# A dated exception that never ends in practice: for demo and load companies only.
_ALWAYS_FROM, _ALWAYS_TO = date(2020, 1, 1), date(2099, 12, 31)


def onboard(
    *,
    slug: str,
    name: str,
    monogram: str,
    brand: str,
    site: dict[str, Any],
    texts: Iterable[dict[str, Any]],
    now: datetime,
    language: str = "nl",
    **fields: Any,
) -> tuple[Company, Site]:
    """Make a company that can chat: schema, look, first site and published texts.

    Raises:
        ValidationError, IntegrityError: see `create_company`.
    """
    company = create_company(
        slug=slug,
        portal_host=f"{slug}.{settings.PORTAL_SUFFIX}",
        name=name,
        monogram=monogram,
        brand=brand,
        palette={"light": palette(brand, dark=False), "dark": palette(brand, dark=True)},
        language=language,
        **fields,
    )
    InstructionVersion.objects.create(company=company)
    made = Site.objects.create(company=company, language=language, **site)
    with in_company(company):
        for text in texts:
            publish_text(language=language, now=now, **text)
    return company, made


def open_always(company: Company, note: str) -> None:
    """Open a company 24 hours a day, by a dated exception."""
    DatedHours.objects.get_or_create(
        company=company,
        starts_on=_ALWAYS_FROM,
        ends_on=_ALWAYS_TO,
        defaults={"opens": 0, "closes": 1440, "note": note},
    )
