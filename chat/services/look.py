"""How a company's chat looks: name, colour, tone, logo, and the corner of each of its sites."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from agency.models import User
from agency.services.audit import note_change
from agency.services.companies import companies
from chat.models import StoredFile
from chat.services.files import store
from chat.services.files.picture import CONTENT_TYPE, CleanPicture
from chat.services.files.store import NewFile
from tenants.models import Company

# Pixels of a logo's side: three for each that the widget shows.
LOGO_SIDE = 192


@dataclass(frozen=True, slots=True)
class NewLogo:
    """A picture that becomes a company's logo, and how whoever sent it called it."""

    name: str
    picture: CleanPicture


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenLook:
    """Everything that somebody chose.

    Args:
        facts: name, brand and tone. `sides`: the corner of each site, by its id.
        logo: a new one, None to leave what is there. `drop_logo`: whether letters take its place.
    """

    facts: Mapping[str, Any]
    sides: Mapping[UUID, str]
    logo: NewLogo | None = None
    drop_logo: bool = False


@transaction.atomic
def change_look(*, company: Company, look: ChosenLook, by: User, now: datetime) -> bool:
    """Save how a company's chat looks. Its pages show it within seconds. False if nothing differs.

    Raises:
        NoRoom: the company's files fill its quota.
    """
    changed = companies.change_facts(company=company, facts=dict(look.facts), by=by, now=now)
    for site in company.sites.all():
        facts = {name: getattr(site, name) for name in companies.SITE_FACTS}
        facts["side"] = look.sides.get(site.pk, site.side)
        changed = companies.change_site(site=site, facts=facts, by=by, now=now) or changed
    if look.logo is not None or look.drop_logo:
        changed = _change_logo(company, look.logo, by, now) or changed
    return changed


def find_logo(company: Company) -> StoredFile | None:
    """Return the file of a company's logo, or None."""
    if not company.logo:
        return None
    return store.find_file(company, UUID(company.logo["file"]), StoredFile.Kind.LOGO)


def _change_logo(company: Company, logo: NewLogo | None, by: User, now: datetime) -> bool:
    company = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    old = find_logo(company)
    if logo is None and not company.logo:
        return False
    kept: dict[str, Any] = {}
    if logo is not None:
        picture = logo.picture
        file = store.store(company, _new_file(logo), by=by.name, now=now)
        kept = {"file": str(file.pk), "is_light": picture.is_light, "colours": list(picture.colours)}
    company.logo = kept
    company.save(update_fields=["logo"])
    names = (old.name if old else None, logo.name if logo else None)
    note_change(actor=by, action="company.changed", now=now, company=company, about=company, changes={"logo": names})
    if old is not None:
        store.remove(company, [old.pk])
    return True


def _new_file(logo: NewLogo) -> NewFile:
    picture = logo.picture
    return NewFile(
        kind=StoredFile.Kind.LOGO,
        name=logo.name,
        content_type=CONTENT_TYPE,
        body=picture.body,
        size_in_pixels=(picture.width, picture.height),
    )
