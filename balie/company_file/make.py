"""A company made of a file: everything of it, or nothing."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agency.models import PortalMember, User
from agency.services.companies.companies import FACTS, SITE_FACTS, add_site, is_slug_free
from agency.services.hours.dated_hours import OtherHours, add_dated
from agency.services.people.portal_members import CannotChangeMember
from agency.views.companies.forms import member_words
from balie.company_file.company_file import CompanyFile
from balie.steps.invite_member import invite
from balie.steps.onboard import Terms, onboard
from billing.services.invoice_details import change_details
from chat.domain.texts.templates import starter_texts
from tenants.models import Company


class FileRefused(Exception):
    """Raised where what a file says is refused only now: by somebody who was faster, or by an account elsewhere."""


@transaction.atomic
def make_company(found: CompanyFile, *, by: User, now: datetime) -> Company:
    """Make a company of a file without problems, not live, and mail its owners how to come in.

    Raises:
        FileRefused: the words say which part and why. Nothing was made.
    """
    try:
        company = _begin(found, by, now)
    except (ValidationError, IntegrityError):
        field = "monogram" if is_slug_free(found.facts["slug"]) else "slug"
        raise FileRefused(f"{field}: {_('Somebody else took this a moment ago.')}") from None
    except CannotChangeMember as problem:
        raise FileRefused(f"owners[0].email: {member_words(problem.code)}") from None
    for site in found.sites[1:]:
        add_site(company=company, facts=_site(site), by=by, now=now)
    if found.invoice is not None:
        change_details(company=company, facts=found.invoice, expected=0, by=by, now=now)
    for one in found.exceptions:
        hours = OtherHours(one["starts_on"], one["ends_on"], one["hours"], one["note"])
        add_dated(company=company, hours=hours, by=by, now=now)
    for n, owner in enumerate(found.owners[1:], 1):
        try:
            invite(company=company, role=PortalMember.Role.OWNER, by=by, now=now, **owner)
        except CannotChangeMember as problem:
            raise FileRefused(f"owners[{n}].email: {member_words(problem.code)}") from None
    return company


def _begin(found: CompanyFile, by: User, now: datetime) -> Company:
    facts, owner = found.facts, found.owners[0]
    if found.week is None or found.promise is None:
        raise TypeError("a file with problems makes no company")
    promise = (found.promise.cleaned_data["seconds"], found.promise.share())
    company, _made = onboard(
        slug=facts["slug"],
        site=_site(found.sites[0]),
        texts=_texts(found),
        now=now,
        terms=Terms(
            by=by,
            week=found.week.week(),
            promise=promise,
            price=Decimal(found.price["amount"]),
            owner=(owner["name"], owner["email"]),
        ),
        # A manager says later when it goes live.
        live_at=None,
        **{name: facts[name] for name in FACTS if name in facts},
    )
    return company


def _site(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in SITE_FACTS}


def _texts(found: CompanyFile) -> list[dict[str, Any]]:
    """Return the file's texts, and of each kind that it has none of the usual ones to begin with."""
    facts = found.facts
    kinds = {text["kind"] for text in found.texts}
    usual = starter_texts(facts["language"], facts["tone"], facts["name"])
    return [*found.texts, *(text for text in usual if text["kind"] not in kinds)]
