"""All that a company is asked to accept: the processing agreement, and each price that holds now or later."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from agency.domain.hours.periods import local_day
from agency.templatetags.amounts import money
from billing.domain.agreement_text import Facts, Passage
from billing.domain.pricing import ZONE
from billing.models import Acceptance, InvoiceDetails, Price
from billing.services.agreements.editions import Kind, agreement, document_facts, newest
from billing.services.invoice_details import find_details
from billing.services.prices import list_prices
from tenants.models import Company
from tenants.round_trip import read_together

# Billed chats a month whose cost is shown beside a price.
EXAMPLES = (100, 500, 2_000)
NO_PRICE = "no_price"
# Of the invoice details: what stands in an agreement.
PARTY = ("legal_name", "street", "postcode", "city", "country", "registration")


@dataclass(frozen=True, slots=True)
class AgreementProposal:
    """An agreement as it would be accepted now.

    `accepted` is the acceptance of just this one, None as long as it waits. `before` is the newest one of the same
    edition or price on other terms, as long as it waits. `missing` says what must be there first: `details` (whom the
    agreement is with), or nothing.
    """

    kind: str
    edition: int
    blocks: list[Passage]
    facts: dict[str, Any]
    price: Price | None = None
    missing: str = ""
    accepted: Acceptance | None = None
    before: Acceptance | None = None

    @property
    def sum(self) -> str:
        """Return what tells this text from any other: who accepts says which one they read."""
        return hashlib.sha256(json.dumps(self.facts, sort_keys=True).encode()).hexdigest()

    @property
    def title(self) -> str:
        """Return the heading of the text."""
        return self.blocks[0].lines[0][0]

    @property
    def price_id(self) -> str:
        """Return the id of the price that it is about, "" for none."""
        return str(self.price.pk) if self.price else ""

    def among(self, known: Iterable[Any]) -> "AgreementProposal":
        """Return this with who accepted it, or who did so on other terms."""
        same = [one for one in known if _is_of(one, self.kind, self.price)]
        accepted = next((one for one in same if one.terms == self.facts["terms"]), None)
        return replace(self, accepted=accepted, before=None if accepted else next(iter(same), None))


def list_proposals(company: Company, now: datetime) -> list[AgreementProposal]:
    """List what there is to accept, the processing agreement first, then prices by their first day."""
    known = list_acceptances(company)
    details = find_details(company)
    party = _company_party(company, details)
    missing = "" if details else "details"
    prices = _current(list_prices(company), now)
    proposals = [_processing(company, party), *(_of_price(company, party, price) for price in prices)]
    sums = {kind: terms_of(company, kind, details) for kind in Kind}
    return [
        replace(one, missing=missing, facts={**one.facts, "terms": sums[Kind(one.kind)]}).among(known)
        for one in proposals
    ]


def list_acceptances(company: Company) -> list[Acceptance]:
    """List what was accepted, newest first, each with the sum of its `terms` but without the document itself."""
    return list(_acceptances(company))


def list_waiting(company: Company, now: datetime) -> list[str]:
    """List the kinds of what nobody accepted yet, a price with each amount, and `no_price` where none was set.

    One query, and no text is read.
    """
    return waiting_from(company, now, read_together(*waiting_reads(company)))


def waiting_reads(company: Company) -> tuple[QuerySet[Any], ...]:
    """Return what `waiting_from` is told from, for a page that reads it together with more."""
    prices = Price.objects.filter(company=company).order_by("-valid_from")
    return _acceptances(company), prices, InvoiceDetails.objects.filter(company=company)


def waiting_from(company: Company, now: datetime, read: list[list[Any]]) -> list[str]:
    """List what waits, as `list_waiting` does, from what `waiting_reads` asks for."""
    known, all_prices, found = read
    details = found[0] if found else None
    prices = _current(all_prices, now)
    asked: list[tuple[Kind, Price | None]] = [(Kind.PROCESSING, None), *((Kind.PRICE, price) for price in prices)]
    waits = [
        str(kind)
        for kind, price in asked
        if not any(_is_of(one, kind, price) and one.terms == terms_of(company, kind, details) for one in known)
    ]
    return [*waits, *([] if prices else [NO_PRICE])]


def terms_of(company: Company, kind: str, details: InvoiceDetails | None) -> str:
    """Return a sum of the facts in an agreement's text that can change under it, the same in each language."""
    party = [getattr(details, name) for name in PARTY] if details else []
    kept = [company.chat_months, company.lead_months, settings.SUBPROCESSORS] if kind == Kind.PROCESSING else []
    return hashlib.sha256(json.dumps([settings.AGENCY_PARTY, party, kept]).encode()).hexdigest()


def _acceptances(company: Company) -> QuerySet[Any]:
    return Acceptance.objects.filter(company=company).annotate(terms=KT("facts__terms")).defer("document", "facts")


def _is_of(acceptance: Acceptance, kind: str, price: Price | None) -> bool:
    """Whether it was this edition, or of a price this amount from this day on, be it on other terms."""
    if acceptance.kind != kind:
        return False
    if price is None:
        return acceptance.edition == newest(kind)
    agreed = (acceptance.price_id, acceptance.amount, acceptance.valid_from)
    return agreed == (price.pk, price.amount, price.valid_from)


def _current(prices: list[Price], now: datetime) -> list[Price]:
    """The price of today and those that come after it, by day. Given newest first."""
    today = local_day(now, ZONE)
    found: list[Price] = []
    for price in prices:
        found.append(price)
        if price.valid_from <= today:
            break
    return found[::-1]


def _processing(company: Company, party: str) -> AgreementProposal:
    edition = newest(Kind.PROCESSING)
    facts: Facts = {
        "company_party": party,
        "agency_party": settings.AGENCY_PARTY,
        "chat_months": str(company.chat_months),
        "lead_months": str(company.lead_months),
        "subprocessors": [(one,) for one in settings.SUBPROCESSORS] or [(_("None at present."),)],
    }
    return _proposal(company, Kind.PROCESSING, edition, agreement(Kind.PROCESSING, edition, facts))


def _of_price(company: Company, party: str, price: Price) -> AgreementProposal:
    edition = newest(Kind.PRICE)
    facts: Facts = {
        "company_party": party,
        "agency_party": settings.AGENCY_PARTY,
        "valid_from": date_format(price.valid_from, "j F Y"),
        "amount": money(price.amount),
        "examples": [(number_format(count, force_grouping=True), money(count * price.amount)) for count in EXAMPLES],
    }
    proposal = _proposal(company, Kind.PRICE, edition, agreement(Kind.PRICE, edition, facts))
    return replace(proposal, price=price)


def _proposal(company: Company, kind: Kind, edition: int, blocks: list[Passage]) -> AgreementProposal:
    title = f"{kind.label}, {company.name}"
    foot = _("{title}, edition {n}").format(title=title, n=edition)
    return AgreementProposal(kind=kind, edition=edition, blocks=blocks, facts=document_facts(title, foot, blocks))


def _company_party(company: Company, details: InvoiceDetails | None) -> str:
    if details is None:
        return company.name
    number = _("trade register {number}").format(number=details.registration) if details.registration else ""
    place, abroad = f"{details.postcode} {details.city}", "" if details.country == "NL" else details.country
    return ", ".join(part for part in (details.legal_name, details.street, place, abroad, number) if part)
