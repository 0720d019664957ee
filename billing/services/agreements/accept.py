"""Accepting an agreement by name: the document is made, kept and never changed."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agency.domain.addresses import shown_address
from agency.models import User
from agency.services.audit import Subject, note_change
from agency.services.documents.pdf import render_pdf
from billing.models import Acceptance
from billing.services.agreements.proposals import AgreementProposal, list_proposals
from tenants.models import Company


class CannotAccept(Exception):
    """Why nothing was accepted: `code` is gone, details or changed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Consent:
    """A yes to one agreement, under a name. `seen` is the `sum` of the text that they read."""

    kind: str
    price_id: str
    seen: str
    name: str


@transaction.atomic
def accept(*, company: Company, consent: Consent, by: User, now: datetime) -> Acceptance:
    """Keep that an owner accepts an agreement, with the document itself. What was accepted already stays as it is.

    The document is in the language of the page. It says who accepted it, by which account and when.

    Raises:
        CannotAccept: gone (no such agreement or price), details (nobody said whom it is with) or changed (text, terms,
            party or price aren't those that were read).
    """
    # One at a time; also waits for a change of the terms that is being saved.
    company = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    proposals = list_proposals(company, now)
    proposal = next((one for one in proposals if (one.kind, one.price_id) == (consent.kind, consent.price_id)), None)
    if proposal is None:
        raise CannotAccept("gone")
    if proposal.accepted is not None:
        return proposal.accepted
    if proposal.missing:
        raise CannotAccept(proposal.missing)
    if proposal.sum != consent.seen:
        raise CannotAccept("changed")
    acceptance = _written(company, proposal, consent, by, now)
    acceptance.save(force_insert=True)
    about = Subject(acceptance, f"{acceptance.get_kind_display()}, {consent.name}")
    note_change(actor=by, action="agreement.accepted", now=now, company=company, about=about)
    return acceptance


def typeset(facts: dict[str, Any], at: datetime) -> bytes:
    """Return the document of these facts: the same bytes each time."""
    return render_pdf("agreement", facts, at=at)


def find_acceptance(company: Company, acceptance_id: UUID) -> Acceptance | None:
    """Return one of the company's acceptances with its document, or None."""
    return Acceptance.objects.filter(company=company, pk=acceptance_id).first()


def _written(company: Company, proposal: AgreementProposal, consent: Consent, by: User, now: datetime) -> Acceptance:
    at = now.astimezone(ZoneInfo(company.zone))
    accepted = [
        [_("Accepted by"), consent.name],
        [_("Account"), shown_address(by.email)],
        [_("At"), f"{date_format(at, 'j F Y, H:i:s')} ({company.zone})"],
    ]
    facts = {**proposal.facts, "accepted": accepted}
    document = typeset(facts, now)
    price = proposal.price
    return Acceptance(
        company=company,
        kind=proposal.kind,
        edition=proposal.edition,
        name=consent.name,
        user=by,
        accepted_at=now,
        price_id=price.pk if price else None,
        amount=price.amount if price else None,
        valid_from=price.valid_from if price else None,
        facts=facts,
        document=document,
        sha256=hashlib.sha256(document).hexdigest(),
    )
